"""Parts of shares that processes take in turn: each those of its own share, then what is left.

What a file takes is guessed, and a processor may be slow with what else the machine does; so who is
done with its own share goes on with those of others. Which part is next lies in a pipe, of which
every process reads a number at a time: what one has read is not there for another (pipe(7)).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.engine.passes.portions import Portion
from turnstay_lint.engine.passes.shares import Share, weight_of

_PARTS = 96
"""As how many parts a share is taken: the fewer, the longer the last one is waited for."""

_BYTES = 2
"""Of a number in a pipe. A pipe holds 4 KiB at least before its writer waits, which none must: so
many parts have two thousand files in services of their own, and more are never looked at together.
"""

Part = tuple[int, int, int]


class Dealt(Struct, frozen=True):
    """Shares in parts, none of which anybody has taken; ``left`` are the pipes to read of.

    A part is the number of a portion in its share, and which of its tasks.
    """

    shares: list[Share]
    parts: list[list[Part]]
    left: list[int]

    def taken_by(self, process: int) -> Iterator[Portion]:
        """Yield what a process is to look at next, as long as something is left."""
        for share in (*range(process, len(self.left)), *range(process)):
            while number := _next(self.left[share]):
                portion, first, end = self.parts[share][int.from_bytes(number, "big")]
                whole = self.shares[share][portion]
                yield whole.part(whole.tasks[first:end])


class Taking(Struct, frozen=True):
    """What a process takes of what is dealt, to be sent to it."""

    dealt: Dealt
    process: int

    def __iter__(self) -> Iterator[Portion]:
        return self.dealt.taken_by(self.process)


class Turns:
    """Pipes for the shares of this process and of those that are forked of it afterwards."""

    def __init__(self, processes: int, passes: int) -> None:
        """Open them; raises OSError."""
        self._pipes: list[list[tuple[int, int]]] = [[] for _ in range(passes)]
        with contextlib.ExitStack() as undone:
            undone.callback(self.close)
            for pipes in self._pipes:
                pipes.extend(_pipe() for _ in range(processes))
            undone.pop_all()
        self._passed = 0

    def deal(self, shares: list[Share]) -> list[Taking]:
        """Return what each process takes in the next pass."""
        pipes = self._pipes[self._passed]
        self._passed += 1
        parts = [list(_parts(share)) for share in shares]
        for (_, to_write), some in zip(pipes, parts, strict=True):
            os.write(to_write, b"".join(n.to_bytes(_BYTES, "big") for n in range(len(some))))
        dealt = Dealt(shares, parts, [to_read for to_read, _ in pipes])
        return [Taking(dealt, process) for process in range(len(parts))]

    def close(self) -> None:
        """Take nothing more here."""
        for end in (end for pipes in self._pipes for pipe in pipes for end in pipe):
            os.close(end)
        self._pipes = []


def _pipe() -> tuple[int, int]:
    """Open a pipe that ends where nothing is in it: all is written before anybody reads."""
    to_read, to_write = os.pipe()
    os.set_blocking(to_read, False)
    return to_read, to_write


def _next(to_read: int) -> bytes:
    try:
        return os.read(to_read, _BYTES)
    except BlockingIOError:
        return b""


def _parts(share: Share) -> Iterator[Part]:
    """Yield a share's files in their order, some at a time that take about as long as others."""
    most = sum(weight_of(task) for portion in share for task in portion.tasks) / _PARTS
    for number, portion in enumerate(share):
        first, weight = 0, 0.0
        for place, task in enumerate(portion.tasks, 1):
            weight += weight_of(task)
            if weight >= most or place == len(portion.tasks):
                yield number, first, place
                first, weight = place, 0.0


@contextlib.contextmanager
def in_turn(processes: int, passes: int) -> Iterator[Turns | None]:
    """Let shares be taken in turn; None where they are not to be, or the system gives no pipes."""
    if processes < 2 or not passes:
        yield None
        return
    try:
        turns = Turns(processes, passes)
    except OSError:
        yield None
        return
    with contextlib.closing(turns):
        yield turns
