"""Many services are looked at some at a time, and the answer is that of one look at all."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.services import LAZY, write
from turnstay_lint.engine.checking import batches, run
from turnstay_lint.engine.checking import check as checking
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.remembered import Caching
from turnstay_lint.engine.repairing import repair as repairing
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.repairing.undo import undo
from turnstay_lint.engine.services.service import Services
from turnstay_lint.engine.services.timing import Timings

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
    monkeypatch.setattr(checking, "MANY_FILES", most)
    parted = check([services], OPTIONS)
    assert replace(parted, seconds=0) == replace(whole, seconds=0)
    assert whole.files == 10 and len(whole.findings) == 10


def _cannot_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turnstay_lint.engine.checking.batches.crew", lambda _: nullcontext())


def _are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def die() -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    die.__module__, die.__qualname__ = batches.__name__, "_answer"
    monkeypatch.setattr(batches, "_answer", die)


@pytest.mark.parametrize("happens", [_cannot_fork, _are_killed])
def test_what_no_process_of_its_own_answers_is_found_here(
    services: Path, monkeypatch: pytest.MonkeyPatch, happens: Callable[[pytest.MonkeyPatch], None]
) -> None:
    whole = check([services], OPTIONS)
    monkeypatch.setattr(checking, "MANY_FILES", 3)
    # Other tests may have left threads, beside which nothing is forked.
    monkeypatch.setattr("turnstay_lint.engine.passes.processes._can_fork", lambda: True)
    found_here: list[int] = []
    monkeypatch.setattr(batches, "let_go", lambda: found_here.append(1))
    assert replace(check([services], OPTIONS), seconds=0) == replace(whole, seconds=0)
    assert not found_here, "processes of their own find it"
    happens(monkeypatch)
    assert replace(check([services], OPTIONS), seconds=0) == replace(whole, seconds=0)
    assert len(found_here) > 1, "what they did not find is found here"


def test_all_that_batches_note_is_noted(services: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def noted() -> tuple[Looked, list[str], Timings]:
        (services / "kept").write_text("no folder")
        asked = replace(
            OPTIONS, looked=Looked(), timings=Timings(), caching=Caching(services / "kept")
        )
        check([services], asked)
        assert asked.looked and asked.timings and asked.caching
        return asked.looked, asked.caching.notes, asked.timings

    looked, notes, timings = noted()
    monkeypatch.setattr(checking, "MANY_FILES", 3)
    by_batches, same_notes, other_timings = noted()
    assert vars(by_batches) == vars(looked) and looked.files and looked.listed
    assert sorted(same_notes) == sorted(notes) and len(notes) == 5
    assert other_timings.stages.keys() == timings.stages.keys()
    assert {code: one.files for code, one in other_timings.rules.items()} == {
        code: one.files for code, one in timings.rules.items()
    }


def test_a_service_that_is_larger_than_a_batch_is_looked_at_as_a_whole(
    services: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MANY_FILES", 1)
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

    monkeypatch.setattr(checking, "MANY_FILES", 3)
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
