"""Processes forked of this one, each of which does in turn what it is sent.

``ProcessPoolExecutor`` does the same with threads and queues, which take as long to import, to
begin and to end as fifty files to check.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from typing import IO, NoReturn

_ALL_WELL, _FAULT = 0, 1


class Lost(Exception):
    """A process ended before it had answered."""


class Fork:
    """A process, and the pipes to it and from it; ``others`` are those that were forked before."""

    def __init__(self, others: list[Fork]) -> None:
        """Fork it; raises OSError."""
        self._replies: list[Reply] = []
        to_read, to_ask = os.pipe()
        to_hear, to_answer = os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            for end in (to_read, to_ask, to_hear, to_answer):
                os.close(end)
            raise
        if not self._process:
            for other in others:
                other.close()
            os.close(to_ask)
            os.close(to_hear)
            _work(os.fdopen(to_read, "rb"), os.fdopen(to_answer, "wb"))
        os.close(to_read)
        os.close(to_answer)
        self._asked, self._heard = os.fdopen(to_ask, "wb"), os.fdopen(to_hear, "rb")

    def send(self, function: Callable[..., bytes], arguments: tuple[object, ...]) -> Reply:
        """Let it do something after all else that it was sent."""
        with contextlib.suppress(BrokenPipeError):
            pickle.dump((function, arguments), self._asked, pickle.HIGHEST_PROTOCOL)
            self._asked.flush()
        reply = Reply(self)
        self._replies.append(reply)
        return reply

    def hear(self, wanted: Reply) -> None:
        """Wait for a reply; raises Lost."""
        while wanted.content is None and wanted.error is None:
            try:
                content, error = pickle.load(self._heard)
            except (EOFError, pickle.UnpicklingError) as gone:
                raise Lost from gone
            reply = self._replies.pop(0)
            reply.content, reply.error = content, error

    def close(self) -> None:
        """Send it nothing more, so that it ends."""
        for stream in (self._asked, self._heard):
            with contextlib.suppress(OSError):
                stream.close()

    def wait(self) -> None:
        """Wait until it has ended."""
        os.waitpid(self._process, 0)


class Reply:
    """What a process will have done."""

    def __init__(self, fork: Fork) -> None:
        self._fork = fork
        self.content: bytes | None = None
        self.error: Exception | None = None

    def result(self) -> bytes:
        """Return it when it is done; raises what the function raised there, and Lost."""
        self._fork.hear(self)
        if self.error is not None:
            raise self.error
        assert self.content is not None
        return self.content


class Forks:
    """Several of them, that take turns."""

    def __init__(self) -> None:
        self.made: list[Fork] = []
        self._sent = 0

    def submit(self, function: Callable[..., bytes], /, *arguments: object) -> Reply:
        """Let the next one do something."""
        fork = self.made[self._sent % len(self.made)]
        self._sent += 1
        return fork.send(function, arguments)


_ending: list[Fork] = []
"""Those that are sent nothing more, and have not been waited for."""


def reap() -> None:
    """Wait for the end of all that were forked, so that none is left behind as a zombie."""
    while _ending:
        _ending.pop().wait()


@contextlib.contextmanager
def forks(count: int, *, awaited: bool = True) -> Iterator[Forks]:
    """Give so many of them; raises OSError.

    Who goes on, while they end, with what is not ``awaited`` has to ``reap`` them later.
    """
    crew = Forks()
    try:
        for _ in range(count):
            crew.made.append(Fork(crew.made))
        yield crew
    finally:
        for fork in crew.made:
            fork.close()
        _ending.extend(crew.made)
        if awaited:
            reap()


def _work(requests: IO[bytes], replies: IO[bytes]) -> NoReturn:
    """Do what is sent until nobody is there to send anything; never returns.

    An interrupt ends it without a word, and the collector is left off.
    """
    status = _FAULT
    try:
        gc.disable()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        while True:
            try:
                function, arguments = pickle.load(requests)
            except EOFError:
                status = _ALL_WELL
                break
            try:
                reply: tuple[bytes | None, Exception | None] = (function(*arguments), None)
            except Exception as error:  # whatever it is, it is raised where the reply is asked for
                reply = None, error
            pickle.dump(reply, replies, pickle.HIGHEST_PROTOCOL)
            replies.flush()
    finally:
        # To free all memory takes a while, in which nobody is to wait for more to read.
        for standard in (1, 2):
            with contextlib.suppress(OSError):
                os.close(standard)
        os._exit(status)
