"""The bytes of a file, and of nothing that only has a file's name: a pipe, a device."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class NotRegular(OSError):
    """What is at a path is neither a file nor a folder; reading it might never end."""

    def __init__(self, file: Path | str) -> None:
        super().__init__(errno.EINVAL, "is no regular file", str(file))


def content_of(file: Path | str, *, follow: bool = True) -> bytes:
    """Return the bytes of a regular file; raises OSError.

    Without ``follow`` a symbolic link is none.
    """
    try:
        descriptor = os.open(file, _FLAGS | (0 if follow else _NO_FOLLOW))
    except OSError as error:
        if error.errno == errno.ENXIO or (error.errno == errno.ELOOP and not follow):
            raise NotRegular(file) from error
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular(file)
        return _all_of(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def _all_of(descriptor: int, expected: int) -> bytes:
    parts = []
    while part := os.read(descriptor, max(expected, 8_000) + 1):
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
