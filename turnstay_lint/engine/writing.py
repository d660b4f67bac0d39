"""Writing a file so that nothing is lost: all of it or nothing, and everything else as it was."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


class CannotWrite(Exception):
    """A file was left as it is; the message says why, in words for the user."""


def write(file: Path, before: bytes, after: bytes, tree: Path) -> None:
    """Put ``after`` in the place of ``before``: a temporary file beside it, then a rename.

    Mode bits and owner stay. A symbolic link stays too, and what it points to is written if that
    lies in ``tree``. Raises CannotWrite, the file untouched, when it is otherwise than ``before``,
    read-only, or when the system refuses.
    """
    target = _target(file, tree)
    try:
        status = target.stat()
        if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
            raise CannotWrite("is read-only")
        _hold_to(target, before)
        temporary = _written(target, after)
    except OSError as error:
        raise CannotWrite(_reason(error)) from error
    try:
        _dress(temporary, status)
        _hold_to(target, before)
        temporary.replace(target)
    except OSError as error:
        raise CannotWrite(_reason(error)) from error
    finally:
        temporary.unlink(missing_ok=True)
    _settle(target.parent)


def _target(file: Path, tree: Path) -> Path:
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CannotWrite("is not there any more") from error
    if file.is_symlink() and not target.is_relative_to(tree.resolve()):
        raise CannotWrite(f"is a link to {target}, outside {tree}")
    return target


def _hold_to(target: Path, before: bytes) -> None:
    if target.read_bytes() != before:
        raise CannotWrite("has changed since it was read")


def _written(target: Path, content: bytes) -> Path:
    """Return a new file beside ``target`` that holds the content, safely on disk."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


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
