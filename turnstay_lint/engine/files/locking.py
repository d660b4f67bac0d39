"""The right to write in a service's folder, which one run has at a time."""

from __future__ import annotations

import errno
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from turnstay_lint.engine.files.writing import CACHE, CannotWrite

_NO_LOCKS = (errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
_PATIENCE = 30.0
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def locked(folder: Path, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the right to write in a service; another run waits. Raises CannotWrite, OSError.

    On a file system without locks a link stands for one, which says whose it is; it is waited for
    so many seconds.
    """
    cache = cache_of(folder)
    descriptor = os.open(cache / "lock", os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o600)
    try:
        if _lock(descriptor):
            yield
        else:
            with _sign(cache / "locked", patience):
                yield
    finally:
        os.close(descriptor)


def cache_of(folder: Path) -> Path:
    """Return the folder of a service that the program keeps things in; raises OSError."""
    cache = folder / CACHE
    if cache.is_symlink():
        raise CannotWrite(f"{cache} is a link")
    cache.mkdir(exist_ok=True)
    with suppress(FileExistsError), (cache / ".gitignore").open("x") as stream:
        stream.write("*\n")
    return cache


def _lock(descriptor: int) -> bool:
    """Wait for the lock of an open file; False where the file system has none."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True


@contextmanager
def _sign(file: Path, patience: float) -> Iterator[None]:
    own = f"{platform.node()} {os.getpid()}"
    until = time.monotonic() + patience
    while not _signed(file, own):
        if _is_stale(file):
            file.unlink(missing_ok=True)
        elif time.monotonic() > until:
            raise CannotWrite(f"another run is writing here; if none is, remove {file}")
        else:
            time.sleep(0.05)
    try:
        yield
    finally:
        # One that stays is stale as soon as this process ends.
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _signed(file: Path, own: str) -> bool:
    """Make a link that leads nowhere and says whose it is, both in one step."""
    try:
        file.symlink_to(own)
    except FileExistsError:
        return False
    return True


def _is_stale(file: Path) -> bool:
    """Tell whether a sign is of a process of this machine that is no more."""
    try:
        node, _, number = str(file.readlink()).rpartition(" ")
        if node != platform.node() or not number.isdigit():
            return False
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
