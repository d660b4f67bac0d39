import os
import platform
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from turnstay_lint.engine.files import locking, writing
from turnstay_lint.engine.files.locking import locked
from turnstay_lint.engine.files.rewriting import deliver
from turnstay_lint.engine.files.writing import CACHE, CannotWrite, Rewrite

BEFORE, AFTER = b"x = 1\n", b"x = 2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "app" / "module.py"
    file.parent.mkdir()
    file.write_bytes(BEFORE)
    return file


def write(file: Path, tree: Path) -> None:
    for problem in deliver([Rewrite(file, BEFORE, AFTER)], tree):
        raise problem


def refused(file: Path, tree: Path, held: bytes | None = BEFORE) -> str:
    """Return why a file was not written, after making sure that nothing happened to it."""
    beside = sorted(file.parent.iterdir())
    with pytest.raises(CannotWrite) as raised:
        write(file, tree)
    if held is not None:
        assert file.read_bytes() == held
    assert sorted(each for each in file.parent.iterdir() if each.name != CACHE) == beside
    return str(raised.value)


def test_the_bytes_change_and_nothing_else(file: Path, tmp_path: Path) -> None:
    file.chmod(0o4751)
    owner = (1234, 2345) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(file, *owner)
    file.chmod(0o4751)
    os.setxattr(file, "user.note", b"kept")
    write(file, tmp_path)
    status = file.stat()
    assert file.read_bytes() == AFTER
    assert status.st_mode & 0o7777 == 0o4751
    assert (status.st_uid, status.st_gid) == owner
    assert os.getxattr(file, "user.note") == b"kept"
    assert list(file.parent.iterdir()) == [file]


def test_a_new_file_has_the_mode_that_the_user_gives_new_files(file: Path, tmp_path: Path) -> None:
    new = tmp_path / "made" / "new.py"
    before = os.umask(0o027)
    try:
        assert deliver([Rewrite(new, None, AFTER)], tmp_path) == []
    finally:
        os.umask(before)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_a_file_that_moves_keeps_its_mode(file: Path, tmp_path: Path) -> None:
    file.chmod(0o751)
    new = tmp_path / "core" / "moved.py"
    assert deliver(writing.moved(file, new, BEFORE, AFTER, "move"), tmp_path) == []
    assert not file.exists()
    assert new.read_bytes() == AFTER
    assert stat.S_IMODE(new.stat().st_mode) == 0o751


def test_a_file_does_not_move_onto_another(file: Path, tmp_path: Path) -> None:
    new = tmp_path / "core.py"
    new.write_bytes(b"mine = 1\n")
    [problem] = deliver(writing.moved(file, new, BEFORE, AFTER, "move"), tmp_path)
    assert (str(problem), problem.file) == ("is there already", new)
    assert (file.read_bytes(), new.read_bytes()) == (BEFORE, b"mine = 1\n")


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.py"
    link.symlink_to("app/module.py")
    write(link, tmp_path)
    assert link.readlink() == Path("app/module.py")
    assert file.read_bytes() == AFTER


def test_a_link_out_of_the_tree_is_not_followed(file: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    link = tree / "link.py"
    link.symlink_to(file)
    assert refused(link, tree) == f"is a link to {file}, outside {tree}"


def test_a_folder_that_leads_out_of_the_tree_is_not_followed(file: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "linked").symlink_to(file.parent)
    assert refused(tree / "linked" / "module.py", tree).endswith(f"outside {tree}")
    new = tree / "linked" / "new.py"
    [problem] = deliver([Rewrite(new, None, AFTER)], tree)
    assert str(problem) == f"would lie outside {tree}"
    assert not new.exists()


def test_a_tree_that_is_named_by_a_link(file: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.symlink_to(file.parent)
    write(tree / "module.py", tree)
    assert file.read_bytes() == AFTER


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9 \xff.py")
    file.write_bytes(BEFORE)
    write(file, tmp_path)
    assert file.read_bytes() == AFTER


def test_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    file = tmp_path / ("n" * 252 + ".py")
    file.write_bytes(BEFORE)
    write(file, tmp_path)
    assert file.read_bytes() == AFTER


def test_a_file_that_has_changed_meanwhile(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"x = 3\n")
    assert refused(file, tmp_path, b"x = 3\n") == "has changed since it was read"


def test_a_file_that_somebody_made_the_same_is_done(file: Path, tmp_path: Path) -> None:
    file.write_bytes(AFTER)
    inode = file.stat().st_ino
    write(file, tmp_path)
    assert file.stat().st_ino == inode


def test_a_file_that_has_gone(file: Path, tmp_path: Path) -> None:
    file.unlink()
    assert refused(file, tmp_path, None) == "is not there any more"


def test_a_file_that_has_become_a_folder(file: Path, tmp_path: Path) -> None:
    file.unlink()
    file.mkdir()
    assert refused(file, tmp_path, None) == "is no regular file"


def test_a_pipe_is_not_waited_for(file: Path, tmp_path: Path) -> None:
    file.unlink()
    os.mkfifo(file)
    assert refused(file, tmp_path, None) == "is no regular file"


def test_another_name_of_the_file_would_keep_the_old_text(file: Path, tmp_path: Path) -> None:
    os.link(file, tmp_path / "other.py")
    said = "has another name (a hard link), which would keep the old text"
    assert refused(file, tmp_path) == said


def test_a_read_only_file(file: Path, tmp_path: Path) -> None:
    file.chmod(0o444)
    assert refused(file, tmp_path) == "is read-only"


# What is imported late is imported before the rights go: they may be needed to read it.
WITHOUT_RIGHTS = """
import ctypes, fcntl, hashlib, os, resource, sys
from pathlib import Path
from turnstay_lint.engine.files.rewriting import deliver
from turnstay_lint.engine.files.writing import CannotWrite, Rewrite

tree, how = Path(sys.argv[1]), sys.argv[2]
files = [tree / "app" / f"m{n}.py" for n in range(5)]
rewrites = [Rewrite(file, b"x = 1\\n", b"x = 2\\n" * 10 ** n, "all") for n, file in enumerate(files)]
if how == "little room":
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
elif os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    problems = deliver(rewrites, tree)
except CannotWrite as error:
    problems = [error]
print(*problems, sep="\\n")
"""


@pytest.fixture
def open_tree(tmp_path: Path) -> Path:
    """Return a folder that every user may write in, with five files of his."""
    tree = tmp_path / "tree"
    (tree / "app").mkdir(parents=True)
    for number in range(5):
        (tree / "app" / f"m{number}.py").write_bytes(BEFORE)
    for path in (tree, tree / "app", *tree.glob("app/*.py")):
        path.chmod(0o777 if path.is_dir() else 0o666)
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == os.geteuid() and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    return tree


def tried(tree: Path, how: str) -> list[str]:
    """Let a process without rights, or with little room, write five files as one."""
    command = [sys.executable, "-c", WITHOUT_RIGHTS, tree, how]
    cwd = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    files = sorted((tree / "app").iterdir())
    assert [file.name for file in files] == [f"m{number}.py" for number in range(5)]
    assert {file.read_bytes() for file in files} == {BEFORE}
    return done.stdout.splitlines()


def test_a_disk_on_which_the_last_files_have_no_room(open_tree: Path) -> None:
    """The limit is the kernel's own: what is longer than 20,000 bytes cannot be written."""
    assert tried(open_tree, "little room") == ["could not be written: file too large"]


def test_a_folder_that_one_may_not_write_in(open_tree: Path) -> None:
    (open_tree / "app").chmod(0o555)
    assert tried(open_tree, "denied") == ["could not be written: permission denied"]


def test_a_file_that_one_may_not_write(open_tree: Path) -> None:
    (open_tree / "app" / "m3.py").chmod(0o444)
    assert tried(open_tree, "denied") == ["is read-only"]


def test_a_service_whose_folder_one_may_not_write_in(open_tree: Path) -> None:
    open_tree.chmod(0o555)
    cache = open_tree / CACHE
    assert tried(open_tree, "denied") == [f"could not be written: permission denied ({cache})"]


def test_a_cache_that_belongs_to_somebody_else(open_tree: Path) -> None:
    cache = open_tree / CACHE
    cache.mkdir()
    cache.chmod(0o500)
    if os.geteuid() != 0:
        cache.chmod(0o000)
    [said] = tried(open_tree, "denied")
    assert said.startswith("could not be written: permission denied (")
    cache.chmod(0o700)


def test_an_owner_that_cannot_be_given(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chown(path: Path, user: int, group: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    if os.geteuid() == 0:
        os.chown(file, 1234, 2345)
    else:
        monkeypatch.setattr(Path, "stat", _as_another_owner(Path.stat, file))
    monkeypatch.setattr(os, "chown", chown)
    assert refused(file, tmp_path) == "belongs to somebody else, which a new file could not"


def _as_another_owner(
    stat: Callable[..., os.stat_result], file: Path
) -> Callable[..., os.stat_result]:
    def stat_as(self: Path, **options: bool) -> os.stat_result:
        status = stat(self, **options)
        return os.stat_result([*status[:4], 1234, *status[5:]]) if self == file else status

    return stat_as


def test_a_record_longer_than_is_kept(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnstay_lint.engine.files.record.MOST", 50)
    said = "more than 50 bytes would have to be kept to undo it: fix fewer files at once"
    assert refused(file, tmp_path) == said


def test_a_link_stands_for_a_lock_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "_lock", lambda descriptor: False)
    with locked(tmp_path):
        said = r"another run is writing here; if none is, remove .*locked$"
        with pytest.raises(CannotWrite, match=said), locked(tmp_path, patience=0.1):
            pass
    with locked(tmp_path, patience=0.1):
        assert (tmp_path / CACHE / "locked").is_symlink()
    gone = subprocess.Popen(["true"])
    gone.wait()
    for mine, message in ((f"{platform.node()} {gone.pid}", ""), (f"elsewhere {gone.pid}", said)):
        (tmp_path / CACHE / "locked").symlink_to(mine)
        if message:
            with pytest.raises(CannotWrite, match=message), locked(tmp_path, patience=0.1):
                pass
        else:
            with locked(tmp_path, patience=0.1):
                pass


def test_what_a_cache_holds_is_not_for_git(file: Path, tmp_path: Path) -> None:
    write(file, tmp_path)
    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "init", "-q", tmp_path], check=True)
    listed = subprocess.run(
        [git, "-C", tmp_path, "status", "--porcelain"], check=True, capture_output=True, text=True
    )
    assert listed.stdout == "?? app/\n"
