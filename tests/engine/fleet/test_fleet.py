"""Many repositories in one run: each by itself, written here, and none stops another."""

from __future__ import annotations

import os
from concurrent.futures import Future
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.fleet.fleets import fleet_of, held, said, visits
from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.fleet.crews import DistantCrew, LocalCrew, _Here
from turnstay_lint.engine.fleet.listing import Repository
from turnstay_lint.engine.fleet.visiting import Order, Visit
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.repairing.undo import undo
from turnstay_lint.engine.services.service import Services

LAZY_ONLY = Order(select=("TSL306",))
FIX = replace(LAZY_ONLY, fix=True)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def run(here: Path, order: Order, crew: LocalCrew | DistantCrew | None = None) -> dict[str, Visit]:
    made = crew or LocalCrew(1)
    try:
        return dict(visits(here / "repos.txt", order, made, here.parent / "scratch"))
    finally:
        made.dismiss()


@pytest.mark.parametrize("size", [1, 2], ids=["this process", "others"])
def test_each_repository_is_what_a_run_in_it_finds(here: Path, size: int) -> None:
    fleet_of(here, whole=False)
    found = run(here, LAZY_ONLY, LocalCrew(size))
    for name in ("plain", "nested", "above/api/app"):
        alone = check([here / name], Options(Services(select=("TSL306",))))
        report = found[name].report
        assert report is not None and replace(report, seconds=0) == replace(alone, seconds=0)
    assert found["gone"].error == "there is no such folder"
    assert found["twisted"].error.startswith(
        "twisted/pyproject.toml: [tool.turnstay-lint] has no key"
    )


def test_what_is_sent_is_answered_as_what_is_here(here: Path) -> None:
    fleet_of(here, whole=False)
    order = Order(unsafe_too=True, fix=True, dry=True)
    local, sent = run(here, order), run(here, order, DistantCrew(_Here(), 1))
    assert {n: said(v, here) for n, v in sent.items()} == {
        n: said(v, here) for n, v in local.items()
    }
    report = local["history"].report
    assert report is not None
    assert any(f.unfixable.startswith("main has this revision") for f in report.findings)


@pytest.mark.parametrize("sent", [False, True], ids=["here", "sent"])
def test_fixes_are_written_and_taken_back_as_those_of_a_run_there(here: Path, sent: bool) -> None:
    write(here, {"a/x.py": LAZY, "b/y.py": LAZY, "repos.txt": "a\nb\n"})
    crew = DistantCrew(_Here(), 1) if sent else LocalCrew(2)
    found = run(here, FIX, crew)
    assert held(here) == {
        "a/x.py": FIXED.encode(),
        "b/y.py": FIXED.encode(),
        "repos.txt": b"a\nb\n",
    }
    assert [v.report.fixed for v in found.values() if v.report] == [1, 1]
    assert undo([here / "a"]).restored == ["a/x.py"]
    assert (here / "a/x.py").read_text() == LAZY and (here / "b/y.py").read_text() == FIXED
    assert repair([here / "b"], Options(Services(select=("TSL306",)))).fixed == 0


def test_a_file_that_changed_meanwhile_stays_and_is_said(here: Path) -> None:
    write(here, {"a/x.py": LAZY, "a/y.py": LAZY, "repos.txt": "a\n"})
    crew = _Meddling(here / "a/x.py")
    visit = run(here, FIX, crew)["a"]
    assert (here / "a/x.py").read_text() == LAZY + "# mine\n"
    assert (here / "a/y.py").read_text() == FIXED
    report = visit.report
    assert report is not None
    assert [(p.path, p.reason) for p in report.unwritable] == [
        ("a/x.py", "has changed since it was read")
    ]
    assert [finding.path for finding in report.findings] == ["a/x.py"]
    assert [(t.applied, t.refused) for t in report.fixes] == [(1, 1)]
    assert report.fixed == 1 and report.exit_status() == 2


class _Meddling(LocalCrew):
    """Somebody writes to a file once it was looked at."""

    def __init__(self, file: Path) -> None:
        super().__init__(1)
        self.file = file

    def submit(self, repository: Repository, order: Order, scratch: Path) -> Future[bytes]:
        future = super().submit(repository, order, scratch)
        self.file.write_text(LAZY + "# mine\n")
        return future


@pytest.mark.parametrize("often", [1, 9], ids=["once", "always"])
def test_a_process_that_dies_takes_no_other_repository_with_it(here: Path, often: int) -> None:
    files = {f"r{number}/x.py": LAZY for number in range(6)}
    names = "".join(f"r{number}\n" for number in range(6))
    write(here, {**files, "repos.txt": names})
    _Dying.left = often
    found = run(here, LAZY_ONLY, _Dying(2))
    died = {name for name, visit in found.items() if visit.error}
    assert died == ({"r2"} if often > 1 else set())
    assert all("died" in found[name].error for name in died)
    assert [len(v.report.findings) for v in found.values() if v.report] == [1] * (6 - len(died))


class _Dying(LocalCrew):
    """Ends the process that is to look at one repository, so often."""

    left = 0

    def submit(self, repository: Repository, order: Order, scratch: Path) -> Future[bytes]:
        if repository.name == "r2" and _Dying.left:
            _Dying.left -= 1
            return self._executor.submit(os._exit, 1)
        return super().submit(repository, order, scratch)


def test_what_cannot_be_sent_is_looked_at_here(here: Path) -> None:
    write(here, {"a/x.py": LAZY, "repos.txt": "a\n"})
    os.mkfifo(here / "a/pipe.py")
    (here / "a/dangling.py").symlink_to("nowhere.py")
    local, sent = run(here, LAZY_ONLY), run(here, LAZY_ONLY, DistantCrew(_Here(), 1))
    assert said(sent["a"], here) == said(local["a"], here)
    assert local["a"].report is not None and local["a"].report.unread == 2


def test_a_configuration_that_is_named_goes_along(here: Path) -> None:
    table = '[tool.turnstay-lint]\nselect = ["TSL306"]\nexclude = ["old/*"]\n'
    write(here, {"a/x.py": LAZY, "a/old/y.py": LAZY, "repos.txt": "a\n", "all.toml": table})
    order = Order(config=here / "all.toml")
    local, sent = run(here, order), run(here, order, DistantCrew(_Here(), 1))
    assert said(sent["a"], here) == said(local["a"], here)
    assert local["a"].report is not None
    assert [f.path for f in local["a"].report.findings] == ["a/x.py"]


def test_what_lies_in_another_is_said_and_not_looked_at_twice(here: Path) -> None:
    write(here, {"a/x.py": LAZY, "a/b/y.py": LAZY, "repos.txt": "a/b\na\n"})
    found = run(here, FIX)
    assert found["a/b"].error == "lies in a, which is listed too"
    assert found["a"].report is not None and found["a"].report.fixed == 2
