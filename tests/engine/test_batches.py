"""Many services are looked at some at a time, and the answer is that of one look at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.services import LAZY, write
from turnstay_lint.engine.checking import run
from turnstay_lint.engine.checking.run import check
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing import repair as repairing
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.repairing.undo import undo
from turnstay_lint.engine.services.service import Services

OPTIONS = Options(Services(select=("TSL306", "TSL001")), jobs=1)


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("ab", "b", "c", "d"):
        files = {"pyproject.toml": "", "app/models.py": LAZY, "app/odd.py": "def f(:\n"}
        write(tmp_path / name, {**files})
    write(tmp_path, {"c/app/deep/pyproject.toml": "", "c/app/deep/x.py": LAZY, "c/z.py": LAZY})
    return tmp_path


@pytest.mark.parametrize("most", [1, 3, 5], ids=["a service each", "two at times", "some"])
def test_batches_of_services_find_what_one_look_finds(
    services: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    whole = check([services], OPTIONS)
    monkeypatch.setattr(run, "MANY_FILES", most)
    parted = check([services], OPTIONS)
    assert replace(parted, seconds=0) == replace(whole, seconds=0)
    assert whole.files == 10 and len(whole.findings) == 10


def test_a_service_that_is_larger_than_a_batch_is_looked_at_as_a_whole(
    services: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MANY_FILES", 1)
    holding: list[object] = []
    report = check([services / "ab"], replace(OPTIONS, holding=holding))
    assert report.files == 2
    (examined,) = holding
    assert isinstance(examined, run.Examined) and examined.projects


def test_each_file_of_each_batch_is_told(services: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [0, 0]

    def progress(count: int, what: str) -> object:
        told[0] += count
        return lambda: told.__setitem__(1, told[1] + 1)

    monkeypatch.setattr(run, "MANY_FILES", 3)
    check([services], replace(OPTIONS, progress=progress))
    assert told == [10, 10]


@pytest.mark.parametrize("dry", [False, True], ids=["fix", "diff"])
def test_batches_are_fixed_as_all_would_be_and_taken_back_together(
    services: Path, monkeypatch: pytest.MonkeyPatch, dry: bool
) -> None:
    before = {file: file.read_bytes() for file in services.rglob("*.py")}
    whole = repair([services], OPTIONS, dry=dry)
    fixed = {file: file.read_bytes() for file in before}
    undo([services])
    assert {file: file.read_bytes() for file in before} == before
    monkeypatch.setattr(repairing, "MANY_FILES", 3)
    parted = repair([services], OPTIONS, dry=dry)
    assert replace(parted, seconds=0) == replace(whole, seconds=0)
    assert whole.fixed == 6 and [tally.applied for tally in whole.fixes] == [6]
    assert {file: file.read_bytes() for file in before} == fixed
    assert undo([services]).count == (0 if dry else 6)
    assert {file: file.read_bytes() for file in before} == before
