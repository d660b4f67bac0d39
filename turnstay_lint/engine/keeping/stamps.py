"""Whether a file may have changed, by what the system says of it without reading it.

A stamp holds the time at which the file's entry last changed too, which nobody can set, so that a
file is not taken for another that was given its size and its time.
https://man7.org/linux/man-pages/man7/inode.7.html
"""

from __future__ import annotations

import os
import stat
import time

Stamp = tuple[int, int, int, int]

UNSURE: Stamp = (0, 0, 0, 0)
"""Stands for a stamp that another version of the file could have as well; equal to no file's."""

_TICK = 100_000_000
_COARSE_TICK = 3_000_000_000
_SECOND = 1_000_000_000


def stamp_of(path: str) -> Stamp | None:
    """Return the stamp of what a path leads to, None where there is nothing."""
    try:
        status = os.stat(path)  # noqa: PTH116 (a Path for each file takes longer)
    except (OSError, ValueError):
        return None
    return _stamp(status)


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def file_stamp(path: str) -> Stamp | None:
    """Return the stamp of a regular file, None for anything else."""
    try:
        status = os.stat(path)  # noqa: PTH116 (a Path for each file takes longer)
    except (OSError, ValueError):
        return None
    return _stamp(status) if stat.S_ISREG(status.st_mode) else None


def lasting(stamp: Stamp, now: int | None = None) -> bool:
    """Tell whether any later change gives another stamp.

    A clock that ticks seldom gives two changes within a tick the same time, and some file systems
    know whole seconds only.
    """
    now = time.time_ns() if now is None else now
    newest = max(stamp[0], stamp[1])
    tick = _COARSE_TICK if newest % _SECOND == 0 else _TICK
    return newest + tick < now
