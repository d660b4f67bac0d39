"""What the last run that fixed something changed, taken back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.engine.services import FIXED, LAZY, write
from turnstay_lint.engine.files.record import record_of
from turnstay_lint.engine.files.rewriting import deliver
from turnstay_lint.engine.files.writing import CACHE, Rewrite, moved
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.repairing.undo import Undone, undo
from turnstay_lint.engine.services.service import Services


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": ""})


def fixed(*paths: Path) -> int:
    options = Options(Services(select=("TSL306",)), jobs=1)
    return repair(paths, options).fixed


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*.py"))
        if CACHE not in file.parts
    }


def said(undone: Undone) -> tuple[list[str], list[str], int]:
    return undone.restored, undone.changed, undone.exit_status


def test_files_hold_what_they_held_before(here: Path) -> None:
    crlf = b"\xef\xbb\xbf" + LAZY.replace("\n", "\r\n").encode()
    write(here, {"a.py": LAZY, "b.py": crlf, "c.py": "x = 1\n"})
    before = contents(here)
    (here / "a.py").chmod(0o755)
    assert fixed(here) == 2
    assert said(undo([here])) == (["a.py", "b.py"], [], 0)
    assert contents(here) == before
    assert stat.S_IMODE((here / "a.py").stat().st_mode) == 0o755
    assert undo([here]) == Undone(when=undo([here]).when)


def test_nothing_was_fixed_yet(here: Path) -> None:
    write(here, {"a.py": "x = 1\n"})
    assert fixed(here) == 0
    assert undo([here]) == Undone()
    assert not (here / CACHE).exists()


def test_a_file_that_has_changed_since_stays(here: Path) -> None:
    write(here, {"a.py": LAZY, "b.py": LAZY})
    fixed(here)
    mine = FIXED + "# mine\n"
    write(here, {"a.py": mine})
    assert said(undo([here])) == (["b.py"], ["a.py"], 1)
    assert contents(here) == {"a.py": mine.encode(), "b.py": LAZY.encode()}
    assert undo([here]).exit_status == undo([here]).count == 0


def test_a_file_that_has_gone_since_stays_away(here: Path) -> None:
    write(here, {"a.py": LAZY})
    fixed(here)
    (here / "a.py").unlink()
    assert said(undo([here])) == ([], ["a.py"], 1)
    assert contents(here) == {}


def test_what_is_as_it_was_already_is_not_touched(here: Path) -> None:
    write(here, {"a.py": LAZY, "b.py": LAZY})
    fixed(here)
    write(here, {"a.py": LAZY})
    inode = (here / "a.py").stat().st_ino
    assert said(undo([here])) == (["b.py"], [], 0)
    assert (here / "a.py").stat().st_ino == inode


def test_a_run_that_fixes_nothing_leaves_the_last_one_to_be_undone(here: Path) -> None:
    write(here, {"a.py": LAZY})
    assert fixed(here) == 1
    assert fixed(here) == 0
    assert said(undo([here])) == (["a.py"], [], 0)


def test_only_the_last_run_is_undone(here: Path) -> None:
    write(here, {"a.py": LAZY})
    fixed(here)
    write(here, {"b.py": LAZY})
    fixed(here)
    assert said(undo([here])) == (["b.py"], [], 0)
    assert contents(here) == {"a.py": FIXED.encode(), "b.py": LAZY.encode()}
    assert sorted(file.name for file in (here / CACHE).iterdir()) == [".gitignore", "lock", "undo"]


def test_some_paths_first_and_the_others_later(here: Path) -> None:
    write(here, {"app/a.py": LAZY, "app/b.py": LAZY, "c.py": LAZY})
    fixed(here)
    assert said(undo([here / "app" / "b.py"])) == (["app/b.py"], [], 0)
    assert said(undo([here / "app"])) == (["app/a.py"], [], 0)
    assert said(undo([here])) == (["c.py"], [], 0)
    assert undo([here]).count == 0


def test_the_services_of_one_run_are_undone_together(here: Path) -> None:
    write(here, {"one/pyproject.toml": "", "two/pyproject.toml": ""})
    write(here, {"one/a.py": LAZY, "two/b.py": LAZY, "c.py": LAZY})
    assert fixed(here) == 3
    assert said(undo([here])) == (["c.py", "one/a.py", "two/b.py"], [], 0)
    assert undo([here]).count == 0


def test_an_earlier_run_in_another_service_is_named_and_not_undone(here: Path) -> None:
    write(here, {"one/pyproject.toml": "", "two/pyproject.toml": ""})
    write(here, {"one/a.py": LAZY, "two/b.py": LAZY})
    fixed(here / "one")
    fixed(here / "two")
    assert said(undo([here])) == (["two/b.py"], [], 0)
    again = undo([here])
    assert (again.count, again.earlier) == (0, ["one"])
    assert said(undo([here / "one"])) == (["one/a.py"], [], 0)


def test_created_files_go_and_moved_ones_go_back(here: Path) -> None:
    write(here, {"a.py": "x = 1\n", "old.py": "y = 1\n"})
    (here / "old.py").chmod(0o711)
    before = contents(here)
    made = [
        Rewrite(here / "a.py", b"x = 1\n", b"x = 2\n", "all"),
        Rewrite(here / "made" / "deep" / "c.py", None, b"z = 1\n", "all"),
        *moved(here / "old.py", here / "to" / "new.py", b"y = 1\n", b"y = 2\n", "all"),
    ]
    assert deliver(made, here) == []
    assert contents(here) == {
        "a.py": b"x = 2\n",
        "made/deep/c.py": b"z = 1\n",
        "to/new.py": b"y = 2\n",
    }
    undone = undo([here])
    assert undone.restored == ["a.py"]
    assert undone.removed == ["made/deep/c.py"]
    assert undone.moved == [("to/new.py", "old.py")]
    assert contents(here) == before
    assert stat.S_IMODE((here / "old.py").stat().st_mode) == 0o711
    assert sorted(file.name for file in here.iterdir()) == [
        CACHE,
        "a.py",
        "old.py",
        "pyproject.toml",
    ]


def test_a_moved_file_that_has_changed_since_stays_where_it_is(here: Path) -> None:
    write(here, {"old.py": "y = 1\n"})
    made = moved(here / "old.py", here / "new.py", b"y = 1\n", b"y = 2\n", "all")
    assert deliver(made, here) == []
    write(here, {"new.py": "mine = 1\n"})
    undone = undo([here])
    assert (undone.changed, undone.moved, undone.exit_status) == (["new.py"], [], 1)
    assert contents(here) == {"new.py": b"mine = 1\n"}


def test_a_file_made_where_a_moved_one_was_keeps_it_away(here: Path) -> None:
    write(here, {"old.py": "y = 1\n"})
    made = moved(here / "old.py", here / "new.py", b"y = 1\n", b"y = 2\n", "all")
    assert deliver(made, here) == []
    write(here, {"old.py": "mine = 1\n"})
    assert undo([here]).changed == ["new.py"]
    assert contents(here) == {"new.py": b"y = 2\n", "old.py": b"mine = 1\n"}


def test_a_file_that_cannot_be_written_can_be_undone_later(here: Path) -> None:
    write(here, {"a.py": LAZY, "b.py": LAZY})
    fixed(here)
    (here / "a.py").chmod(0o444)
    undone = undo([here])
    assert (undone.restored, undone.failed) == (["b.py"], [("a.py", "is read-only")])
    assert undone.exit_status == 2
    (here / "a.py").chmod(0o644)
    assert said(undo([here])) == (["a.py"], [], 0)


def test_of_a_change_set_that_cannot_be_restored_nothing_is(here: Path) -> None:
    write(here, {"a.py": "x = 1\n", "b.py": "x = 1\n"})
    made = [Rewrite(here / f"{n}.py", b"x = 1\n", b"x = 2\n", "all") for n in "ab"]
    assert deliver(made, here) == []
    (here / "b.py").chmod(0o444)
    assert undo([here]).failed == [
        ("a.py", "stays, for another file of its change set could not be restored"),
        ("b.py", "is read-only"),
    ]
    assert set(contents(here).values()) == {b"x = 2\n"}


def test_a_link_in_the_tree_is_restored_where_it_leads(here: Path) -> None:
    write(here, {"app/a.py": LAZY})
    (here / "link.py").symlink_to("app/a.py")
    options = Options(Services(select=("TSL306",)), jobs=1)
    assert repair([here / "link.py"], options).fixed == 1
    assert said(undo([here])) == (["link.py"], [], 0)
    assert (here / "link.py").is_symlink()
    assert (here / "app" / "a.py").read_text() == LAZY


@pytest.mark.parametrize("content", [b"", b"no record", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_record_that_cannot_be_read_is_said(here: Path, content: bytes) -> None:
    write(here, {"a.py": LAZY})
    fixed(here)
    record_of(here).write_bytes(content)
    undone = undo([here])
    [(path, reason)] = undone.failed
    assert path == str(here)
    assert "cannot be read" in reason
    assert undone.exit_status == 2
    assert contents(here) == {"a.py": FIXED.encode()}
    write(here, {"b.py": LAZY})
    assert fixed(here) == 1
    assert said(undo([here])) == (["b.py"], [], 0)


def test_a_file_that_leads_elsewhere_since_stays(here: Path, tmp_path: Path) -> None:
    write(here, {"service/pyproject.toml": "", "service/a.py": LAZY, "outside.py": FIXED})
    fixed(here / "service")
    (here / "service" / "a.py").unlink()
    (here / "service" / "a.py").symlink_to(here / "outside.py")
    assert said(undo([here])) == ([], ["service/a.py"], 1)
    assert (here / "outside.py").read_text() == FIXED
