"""Renames that lose nothing, whoever else is at the files: two names exchanged in one step, and a
move that never replaces. Linux has both; elsewhere what comes nearest is done.
"""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_HERE = -100
_NO_REPLACE, _EXCHANGE = 1, 2
_UNKNOWN = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def exchange(one: Path, other: Path) -> bool:
    """Let two files change their names; False where the system cannot. Raises OSError."""
    return renamed(os.fsencode(one), os.fsencode(other), _EXCHANGE)


def move(old: Path, new: Path) -> None:
    """Give a file a name that no other has; raises FileExistsError where one has it, OSError."""
    if renamed(os.fsencode(old), os.fsencode(new), _NO_REPLACE):
        return
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (*_UNKNOWN, errno.EPERM, errno.EMLINK):
            raise
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new)) from error
        old.rename(new)
    else:
        old.unlink()


def renamed(old: bytes, new: bytes, flag: int) -> bool:
    """Rename in the way that the flag says; False where the system does not know it."""
    call = _renameat2()
    if call is None:
        return False
    if call(_HERE, old, _HERE, new, flag) == 0:
        return True
    import ctypes

    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), os.fsdecode(old), None, os.fsdecode(new))


@cache
def _renameat2() -> Any:
    if sys.platform != "linux":
        return None
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        call.argtypes = (
            ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint,
        )  # fmt: skip
    return call
