"""Several files written as one, by runs that stop in the middle and by two at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.engine.services import write
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.files import exchanging, journal, rewriting
from turnstay_lint.engine.files.entries import Entry, Journal, temporary_name
from turnstay_lint.engine.files.journal import recover
from turnstay_lint.engine.files.placing import Placed
from turnstay_lint.engine.files.rewriting import write_together
from turnstay_lint.engine.files.writing import CACHE, CannotWrite, Rewrite, digest, journal_of
from turnstay_lint.engine.passes.options import Options

OLD = {f"m{n}.py": f"old = {n}\n".encode() for n in range(3)}
NEW = {f"m{n}.py": f"new = {n}\n".encode() for n in range(3)} | {"made/c.py": b"new = 3\n"}


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file but the cache's own, to show what is left behind."""
    files = (file for file in folder.rglob("*") if file.is_file() and CACHE not in file.parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


RACING = """
import sys
from pathlib import Path
from turnstay_lint.engine.files import rewriting
from turnstay_lint.engine.files.writing import CannotWrite, Rewrite

folder, own = Path(sys.argv[1]), sys.argv[2].encode()
rewrites = [Rewrite(folder / f"m{n}.py", b"old", own) for n in range(30)]
sys.stdin.read()
try:
    rewriting.write_together(rewrites, folder)
except CannotWrite as error:
    sys.exit(str(error))
"""


def test_of_two_runs_at_once_one_writes_all_and_the_other_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, {f"m{n}.py": "old" for n in range(30)})
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", RACING, folder, own],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for own in ("one", "two")
    ]
    for run in runs:
        assert run.stdin is not None
        run.stdin.close()
        run.stdin = None
    errors = [run.communicate(timeout=60)[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 1]
    [winner] = [own for own, run in zip(("one", "two"), runs, strict=True) if not run.returncode]
    assert set(contents(folder).values()) == {winner.encode()}
    assert "has changed since it was read\n" in errors


def test_what_was_finished_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path, {"pyproject.toml": "", **OLD})
    interrupt(folder, renames=1)
    assert contents(folder)["m0.py"] == NEW["m0.py"]
    assert contents(folder)["m1.py"] == OLD["m1.py"]
    report = check([folder], Options(jobs=1))
    names = ", ".join(str(folder / name) for name in NEW)
    assert report.recovered == (f"finished a change set that was interrupted: {names}",)
    assert report.files == 4
    assert check([folder], Options(jobs=1)).recovered == ()


class Stopped(BaseException):
    """Stands for the end of a process: nobody gets to do anything after it."""


@contextmanager
def stopping_after(renames: int) -> Iterator[None]:
    """Let a run stop after so many of its files, as one that is killed does."""
    real_put, real_end = Placed.put, journal.end_interrupted
    left = iter(range(renames))
    ended = iter([real_end])

    def put(self: Placed) -> None:
        if next(left, None) is None:
            raise Stopped
        real_put(self)

    def end_interrupted(folder: Path) -> list[str]:
        end = next(ended, None)
        if end is None:
            raise Stopped
        return end(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Placed, "put", put)
        patch.setattr(rewriting, "end_interrupted", end_interrupted)
        yield


def interrupt(folder: Path, renames: int) -> None:
    """Write the set and stop after so many of its files."""
    with stopping_after(renames), pytest.raises(Stopped):
        write_together(rewrites(folder), folder)


def rewrites(folder: Path) -> list[Rewrite]:
    return [Rewrite(folder / name, OLD.get(name), after) for name, after in NEW.items()]


def test_a_file_that_somebody_changed_since_takes_all_others_back(tmp_path: Path) -> None:
    folder = write(tmp_path, dict(OLD))
    interrupt(folder, renames=2)
    (folder / "m2.py").write_bytes(b"mine = 2\n")
    [said] = recover(folder)
    assert said.endswith(f": {folder / 'm2.py'} has changed since")
    assert contents(folder) == OLD | {"m2.py": b"mine = 2\n"}
    assert not (folder / "made").exists()


def test_a_file_made_by_somebody_meanwhile_takes_all_others_back(tmp_path: Path) -> None:
    folder = write(tmp_path, dict(OLD))
    interrupt(folder, renames=3)
    (folder / "made" / "c.py").write_bytes(b"mine = 3\n")
    recover(folder)
    assert contents(folder) == OLD | {"made/c.py": b"mine = 3\n"}


@pytest.mark.parametrize("errors", [1, 2, 3, 4])
def test_a_rename_that_fails_puts_back_what_was_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errors: int
) -> None:
    folder = write(tmp_path, dict(OLD))
    real = exchanging.renamed
    count = 0

    def renamed(old: bytes, new: bytes, flag: int) -> bool:
        nonlocal count
        count += 1
        if count == errors:
            raise OSError(30, "Read-only file system")
        return real(old, new, flag)

    monkeypatch.setattr(exchanging, "renamed", renamed)
    with pytest.raises(CannotWrite, match="could not be written: read-only file system"):
        write_together(rewrites(folder), folder)
    assert contents(folder) == OLD
    assert not journal_of(folder).exists()


def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, dict(OLD))
    real, count = os.fsync, iter(range(3))

    def fsync(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and next(count, None) is None:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(CannotWrite, match="could not be written: no space left on device"):
        write_together(rewrites(folder), folder)
    assert contents(folder) == OLD
    assert not (folder / "made").exists()
    assert not journal_of(folder).exists()


@pytest.mark.parametrize(
    "path", ["../outside.py", "/outside.py", ".git/hooks/x.py", "sub/.hg/x.py", "a/../../b.py"]
)
def test_a_journal_of_somebody_else_is_not_followed(tmp_path: Path, path: str) -> None:
    folder = write(tmp_path / "service", {"a.py": "x = 1\n"})
    temporary = temporary_name("0" * 12, 0)
    entry = Entry("a.py", path, temporary, None, digest(b"evil = 1\n"))
    (folder / temporary).write_bytes(b"evil = 1\n")
    note(folder, msgspec.json.encode(Journal("0" * 12, (entry,), decided=True)))
    with pytest.raises(CannotWrite, match=r"speaks of .*: remove it"):
        recover(folder)
    assert contents(tmp_path) == {
        "service/a.py": b"x = 1\n",
        f"service/{temporary}": b"evil = 1\n",
    }


def test_a_journal_of_somebody_else_names_no_file_to_be_removed(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    entry = Entry("a.py", "a.py", "b.py", digest(b"x = 1\n"), digest(b"x = 2\n"))
    note(folder, msgspec.json.encode(Journal("0" * 12, (entry,))))
    with pytest.raises(CannotWrite, match=r"speaks of b\.py: remove it"):
        recover(folder)
    assert set(contents(folder)) == {"a.py", "b.py"}


def test_a_journal_that_cannot_be_read_is_said_by_every_run(tmp_path: Path) -> None:
    folder = write(tmp_path, {"pyproject.toml": "", "a.py": "x = 1\n"})
    note(folder, b"{")
    report = check([folder], Options(jobs=1))
    assert report.exit_status() == 2
    [place] = report.unwritable
    assert "cannot be read" in place.reason


def note(folder: Path, content: bytes) -> None:
    journal_of(folder).parent.mkdir()
    journal_of(folder).write_bytes(content)


def test_a_cache_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    folder = write(tmp_path / "service", dict(OLD))
    (folder / CACHE).symlink_to(tmp_path)
    with pytest.raises(CannotWrite, match="is a link"):
        write_together(rewrites(folder), folder)
    assert contents(folder) == OLD


class Files(RuleBasedStateMachine):
    """Runs that are interrupted anywhere, and people who edit files in between.

    Whatever happens: what a person wrote is never overwritten, and after a run that had nobody
    interfere every file is of one state.
    """

    @initialize()
    def begin(self) -> None:
        self.holder = tempfile.TemporaryDirectory()
        self.folder = Path(self.holder.name)
        self.held = {f"f{n}.py": 0 for n in range(4)}
        self.mine: set[str] = set()
        for name in self.held:
            (self.folder / name).write_bytes(b"0")
        self.next = 1

    @rule(renames=st.integers(0, 4))
    def write_and_perhaps_stop(self, renames: int) -> None:
        number = self.next
        self.next += 1
        recover_if_needed(self.folder)
        self.mine.clear()
        before = {name: (self.folder / name).read_bytes() for name in self.held}
        wanted = [
            Rewrite(self.folder / name, content, b"%d" % number) for name, content in before.items()
        ]
        with stopping_after(renames):
            try:
                write_together(wanted, self.folder)
            except Stopped:
                assert renames < len(self.held)
        self.states = before, dict.fromkeys(self.held, b"%d" % number)

    @rule(name=st.sampled_from([f"f{n}.py" for n in range(4)]))
    def edit(self, name: str) -> None:
        (self.folder / name).write_bytes(b"mine %d" % self.next)
        self.next += 1
        self.mine.add(name)

    @rule()
    def run(self) -> None:
        mine = {name: (self.folder / name).read_bytes() for name in self.mine}
        interrupted = journal_of(self.folder).exists()
        recover_if_needed(self.folder)
        assert all((self.folder / name).read_bytes() == text for name, text in mine.items())
        if interrupted:
            rest = [name for name in self.held if name not in mine]
            now = {name: (self.folder / name).read_bytes() for name in rest}
            assert now in [{name: state[name] for name in rest} for state in self.states]
        assert not journal_of(self.folder).exists()
        assert not list(self.folder.glob(".*.new*"))

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "folder"):
            assert {file.name for file in self.folder.glob("*.py")} == set(self.held)

    def teardown(self) -> None:
        if hasattr(self, "holder"):
            self.holder.cleanup()


def recover_if_needed(folder: Path) -> None:
    if journal_of(folder).exists():
        recover(folder)


TestFiles = Files.TestCase
TestFiles.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
