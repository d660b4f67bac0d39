import os
from pathlib import Path

import pytest

from turnstay_lint.engine.writing import CannotWrite, write

BEFORE, AFTER = b"x = 1\n", b"x = 2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "app" / "module.py"
    file.parent.mkdir()
    file.write_bytes(BEFORE)
    return file


def refused(file: Path, tree: Path) -> str:
    """Return why a file was not written, after making sure that nothing happened to it."""
    held, beside = file.read_bytes(), sorted(file.parent.iterdir())
    with pytest.raises(CannotWrite) as raised:
        write(file, BEFORE, AFTER, tree)
    assert file.read_bytes() == held
    assert sorted(file.parent.iterdir()) == beside
    return str(raised.value)


def test_the_bytes_change_and_nothing_else(file: Path, tmp_path: Path) -> None:
    file.chmod(0o4751)
    owner = (1234, 2345) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(file, *owner)
    file.chmod(0o4751)
    write(file, BEFORE, AFTER, tmp_path)
    status = file.stat()
    assert file.read_bytes() == AFTER
    assert status.st_mode & 0o7777 == 0o4751
    assert (status.st_uid, status.st_gid) == owner
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.py"
    link.symlink_to("app/module.py")
    write(link, BEFORE, AFTER, tmp_path)
    assert link.readlink() == Path("app/module.py")
    assert file.read_bytes() == AFTER


def test_a_link_out_of_the_tree_is_not_followed(file: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    link = tree / "link.py"
    link.symlink_to(file)
    assert refused(link, tree) == f"is a link to {file}, outside {tree}"


def test_a_file_that_has_changed_meanwhile(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"x = 3\n")
    assert refused(file, tmp_path) == "has changed since it was read"


def test_a_file_that_has_gone(file: Path, tmp_path: Path) -> None:
    file.unlink()
    with pytest.raises(CannotWrite, match="is not there any more"):
        write(file, BEFORE, AFTER, tmp_path)


def test_a_read_only_file(file: Path, tmp_path: Path) -> None:
    file.chmod(0o444)
    assert refused(file, tmp_path) == "is read-only"


def test_a_full_disk(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    assert refused(file, tmp_path) == "could not be written: no space left on device"


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


def _as_another_owner(stat, file: Path):  # type: ignore[no-untyped-def]
    def stat_as(self: Path, **options: bool) -> os.stat_result:
        status = stat(self, **options)
        return os.stat_result([*status[:4], 1234, *status[5:]]) if self == file else status

    return stat_as


def test_a_rename_that_fails(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(self: Path, target: Path) -> Path:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", replace)
    assert refused(file, tmp_path) == "could not be written: read-only file system"
