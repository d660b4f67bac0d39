"""What is asked of a file before it is written, and how new content is laid down beside it."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from msgspec import Struct

from turnstay_lint.source.content import NotRegular, content_of

CACHE = ".turnstay_cache"
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)
SOMETHING_ELSE = "something else"
"""Stands for the digest of what is there and is no file that can be read: a link, a pipe."""


class CannotWrite(Exception):
    """A file was left as it is; the message says why, in words for the user.

    ``file`` is which, where several were to be written.
    """

    def __init__(self, reason: str, file: Path | None = None) -> None:
        super().__init__(reason)
        self.file = file


class Rewrite(Struct, frozen=True):
    """What is to be in a file, and what was: None where it is created, or goes.

    What has the same ``group`` is written as a whole or not at all. A created file has the mode
    and owner of ``dressed_as``: a file that moves is one that goes, and one dressed as it.
    """

    file: Path
    before: bytes | None
    after: bytes | None
    group: str = ""
    dressed_as: Path | None = None


def moved(old: Path, new: Path, before: bytes, after: bytes, group: str) -> tuple[Rewrite, Rewrite]:
    """Return what it takes that a file has another path, and perhaps other content."""
    return Rewrite(new, None, after, group, old), Rewrite(old, before, None, group)


def journal_of(folder: Path) -> Path:
    """Return where it is noted what is being written in a service's folder."""
    return folder / CACHE / "change-set.json"


def digest(content: bytes | None) -> str | None:
    """Return what tells one content from another; None stands for no file."""
    # OpenSSL takes as long to load as a small file to check, and most runs write nothing.
    import hashlib

    return None if content is None else hashlib.sha256(content).hexdigest()


def digest_of(file: Path) -> str | None:
    """Return the digest of what is at a path, without following a link; raises OSError."""
    try:
        return digest(read(file))
    except FileNotFoundError:
        return None
    except CannotWrite:
        return SOMETHING_ELSE


def read(file: Path) -> bytes:
    """Read a regular file; raises OSError, and CannotWrite for a link, a pipe, a device."""
    try:
        return content_of(file, follow=False)
    except (NotRegular, IsADirectoryError) as error:
        raise CannotWrite("is no regular file") from error


def target_of(file: Path, tree: Path) -> Path:
    """Return what a path leads to, which must lie in the tree; raises CannotWrite.

    ``tree`` has no links in it.
    """
    if not os.path.lexists(file):
        folder = next(parent for parent in file.parents if os.path.lexists(parent))
        target = folder.resolve() / file.relative_to(folder)
        if not target.is_relative_to(tree):
            raise CannotWrite(f"would lie outside {tree}", file)
        return target
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CannotWrite("is not there any more", file) from error
    if not target.is_relative_to(tree):
        raise CannotWrite(f"is a link to {target}, outside {tree}", file)
    return target


def writable(rewrite: Rewrite, target: Path) -> bool:
    """Tell whether there is something to do; raises CannotWrite where it must not be done."""
    try:
        content = read(target) if os.path.lexists(target) else None
        if content == rewrite.after:
            return False
        if problem := _problem(rewrite, target, content):
            raise CannotWrite(problem)
    except OSError as error:
        raise CannotWrite(reason(error), rewrite.file) from error
    except CannotWrite as problem:
        raise CannotWrite(str(problem), rewrite.file) from problem
    return True


def _problem(rewrite: Rewrite, target: Path, content: bytes | None) -> str:
    if rewrite.before is None:
        return "is there already" if content is not None else ""
    if content is None:
        return "is not there any more"
    status = target.stat()
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        return "is read-only"
    if status.st_nlink > 1:
        return "has another name (a hard link), which would keep the old text"
    return "has changed since it was read" if content != rewrite.before else ""


def lay_down(content: bytes, at: Path, dressed_as: Path | None) -> None:
    """Put new content safely on disk, under a name that is only there once all of it is.

    It has the mode and owner of ``dressed_as``. Raises OSError and CannotWrite; nothing is left
    behind then.
    """
    part = part_of(at)
    try:
        _write(part, content, 0o666 if dressed_as is None else 0o600)
        if dressed_as is not None:
            _dress(part, dressed_as)
        part.replace(at)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def part_of(file: Path) -> Path:
    """Return the name of a file that is not whole yet."""
    return file.with_name(f"{file.name}.part")


def write_note(file: Path, content: bytes) -> None:
    """Write a file of the program's own by a temporary file and a rename; raises OSError."""
    part = part_of(file)
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    try:
        _write(part, content, 0o600)
        part.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    settle(file.parent)


def _write(file: Path, content: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY
    descriptor = os.open(file, flags, mode)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    """Wait until it is on disk; some file systems cannot say, and one that fails has its say."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def settle(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _dress(file: Path, model: Path) -> None:
    """Give a file the owner, the attributes and then the mode of another."""
    own, status = file.stat(), model.stat()
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.chown(file, status.st_uid, status.st_gid)
        except PermissionError as error:
            raise CannotWrite("belongs to somebody else, which a new file could not") from error
    if hasattr(os, "listxattr"):
        # Access lists are attributes too; which others can be given is the system's to say.
        with contextlib.suppress(OSError):
            for name in os.listxattr(model):
                os.setxattr(file, name, os.getxattr(model, name))
    file.chmod(status.st_mode & 0o7777)


def reason(error: OSError) -> str:
    """Return why the system refused, in words for the user."""
    said = error.strerror or str(error)
    return f"could not be written: {said[:1].lower()}{said[1:]}"
