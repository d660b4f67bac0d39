"""Writing a file so that nothing is lost: all of it or nothing, and everything else as it was."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from msgspec import Struct

CACHE = ".turnstay_cache"


class CannotWrite(Exception):
    """A file was left as it is; the message says why, in words for the user.

    ``file`` is which, where several were to be written.
    """

    def __init__(self, reason: str, file: Path | None = None) -> None:
        super().__init__(reason)
        self.file = file


class Rewrite(Struct, frozen=True):
    """What is to be in a file, and what was: None where it is created."""

    file: Path
    before: bytes | None
    after: bytes


class Staged(Struct, frozen=True):
    """New content, safely on disk in ``temporary``, beside the ``target`` that it is for."""

    rewrite: Rewrite
    target: Path
    temporary: Path

    def put_in_place(self) -> None:
        """Rename it over the target; raises CannotWrite, the target untouched."""
        try:
            _hold_to(self.target, self.rewrite.before)
            self.temporary.replace(self.target)
        except OSError as error:
            raise CannotWrite(_reason(error), self.rewrite.file) from error
        except CannotWrite as error:
            raise CannotWrite(str(error), self.rewrite.file) from error
        _settle(self.target.parent)


def journal_of(folder: Path) -> Path:
    """Return where the change set is noted that is being written in a service's folder."""
    return folder / CACHE / "change-set.json"


def write(file: Path, before: bytes, after: bytes, tree: Path) -> None:
    """Put ``after`` in the place of ``before``: a temporary file beside it, then a rename.

    Mode bits and owner stay. A symbolic link stays too, and what it points to is written if that
    lies in ``tree``. Raises CannotWrite, the file untouched, when it is otherwise than ``before``,
    read-only, or when the system refuses.
    """
    staged = stage(Rewrite(file, before, after), tree, temporary_beside(file, tree))
    try:
        staged.put_in_place()
    finally:
        staged.temporary.unlink(missing_ok=True)


def temporary_beside(file: Path, tree: Path) -> Path:
    """Return a name that no file has, beside what a path leads to; raises CannotWrite."""
    try:
        target = _target(file, tree)
    except CannotWrite as error:
        raise CannotWrite(str(error), file) from error
    return target.parent / f".{target.name}.{_token()}.new"


def _token() -> str:
    return os.urandom(6).hex()


def stage(rewrite: Rewrite, tree: Path, temporary: Path) -> Staged:
    """Lay new content down beside its target, dressed as that is; raises CannotWrite.

    Nothing is left behind by one that fails.
    """
    try:
        target = _target(rewrite.file, tree)
        status = _status(target, rewrite)
        _write_new(temporary, rewrite.after, 0o666 if status is None else 0o600)
        try:
            if status is not None:
                _dress(temporary, status)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotWrite(_reason(error), rewrite.file) from error
    except CannotWrite as error:
        raise CannotWrite(str(error), rewrite.file) from error
    return Staged(rewrite, target, temporary)


def _status(target: Path, rewrite: Rewrite) -> os.stat_result | None:
    if rewrite.before is None:
        _hold_to(target, None)
        return None
    try:
        status = target.stat()
    except FileNotFoundError as error:
        raise CannotWrite("is not there any more") from error
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise CannotWrite("is read-only")
    _hold_to(target, rewrite.before)
    return status


def _target(file: Path, tree: Path) -> Path:
    """Return what a path leads to; a file that is not there yet must come to lie in the tree."""
    if not os.path.lexists(file):
        folder = next(parent for parent in file.parents if parent.exists())
        if not folder.resolve().is_relative_to(tree.resolve()):
            raise CannotWrite(f"would lie outside {tree}")
        return file
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CannotWrite("is not there any more") from error
    if file.is_symlink() and not target.is_relative_to(tree.resolve()):
        raise CannotWrite(f"is a link to {target}, outside {tree}")
    return target


def _hold_to(target: Path, before: bytes | None) -> None:
    if before is None:
        if os.path.lexists(target):
            raise CannotWrite("is there already")
        return
    try:
        content = target.read_bytes()
    except FileNotFoundError as error:
        raise CannotWrite("is not there any more") from error
    if content != before:
        raise CannotWrite("has changed since it was read")


def _write_new(file: Path, content: bytes, mode: int) -> None:
    """Write a file that must not be there yet, safely on disk, or leave none."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def write_note(file: Path, content: bytes) -> None:
    """Write a file of the program's own by a temporary file and a rename; raises OSError."""
    temporary = file.with_name(f".{file.name}.{_token()}.new")
    _write_new(temporary, content, 0o600)
    try:
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    _settle(file.parent)


def _dress(temporary: Path, status: os.stat_result) -> None:
    """Give a file the owner and then the mode of another; an owner cannot always be given."""
    own = temporary.stat()
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.chown(temporary, status.st_uid, status.st_gid)
        except PermissionError as error:
            raise CannotWrite("belongs to somebody else, which a new file could not") from error
    temporary.chmod(status.st_mode & 0o7777)


def _settle(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    said = error.strerror or str(error)
    return f"could not be written: {said[:1].lower()}{said[1:]}"
