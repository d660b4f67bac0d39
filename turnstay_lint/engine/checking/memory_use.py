"""The memory of a run, which makes many objects, keeps them all, and ends: it is seldom looked
through for what is left over, and not given back while more is made.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LARGE = 31 << 20
"""The most bytes of whose freeing the GNU allocator takes note."""


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave the garbage collector off: trees make many objects and next to no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def new_collected() -> Iterator[Callable[[], object]]:
    """Where the collector is off, let it see at the end to what was made in here, and only that.

    Black's trees know what holds them, and so do a project's facts: only the collector frees them.
    Gives what to call for that before the end as well.
    """
    if gc.isenabled():
        yield lambda: None
        return
    gc.freeze()
    try:
        yield gc.collect
    finally:
        gc.collect()
        gc.unfreeze()


def keep_what_is_freed() -> None:
    """Let the memory that a parse frees wait for the next parse, and not go back to the system.

    The GNU allocator gives back what is freed at the end of its heap beyond 128 KiB, so that each
    file's parse asks for it anew, a page at a time. It gives back twice as much as the largest
    block that was ever freed (mallopt(3), M_MMAP_THRESHOLD); this block is never written to, so
    that it costs no memory. Elsewhere, and where MALLOC_TRIM_THRESHOLD_ is set, it changes nothing.
    """
    bytes(_LARGE)
