"""Other processes, where the system has them to give, and how work is dealt out to them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

Item = TypeVar("Item")
Result = TypeVar("Result")
Sent = TypeVar("Sent", covariant=True)


def default_jobs() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def dealt(
    items: Iterable[Item], count: int, weight: Callable[[Item], float], *, besides: float = 0.0
) -> list[list[Item]]:
    """Deal items out to ``count`` shares of about the same weight, the same way every time.

    ``besides`` is what the first share's process has to do besides, as a part of a share.
    """
    shares: list[list[Item]] = [[] for _ in range(count)]
    weighed = [(weight(item), item) for item in items]
    loads: list[float] = [0] * count
    loads[0] = besides * sum(weight for weight, _ in weighed) / count
    for load, item in sorted(weighed, key=lambda pair: -pair[0]):
        lightest = loads.index(min(loads))
        loads[lightest] += load
        shares[lightest].append(item)
    return shares


class Answer(Protocol[Sent]):
    """What another process will have done: a ``Future``, or what is like it."""

    def result(self) -> Sent:
        """Return it when it is done."""


class Crew(Protocol):
    """Who has processes do things: an ``Executor``, or what is like it."""

    def submit(self, function: Callable[..., bytes], /, *arguments: Any) -> Answer[bytes]:
        """Let a process do something."""


@contextlib.contextmanager
def crew(count: int, *, awaited: bool = True) -> Iterator[Crew | None]:
    """Give ``count`` processes, or None where the system has none to give.

    They are forked where that can be. The end of those that are not ``awaited`` is waited for when
    ``reap`` is called.
    """
    if count < 1 or not _can_fork():
        with processes(count) as executor:
            yield executor
        return
    from turnstay_lint.engine.passes.forks import forks

    with contextlib.ExitStack() as stack:
        try:
            forked = stack.enter_context(forks(count, awaited=awaited))
        except OSError:
            forked = None
        yield forked


def are_forked(crew: Crew | None) -> bool:
    """Tell whether they are forks of this process, which have what was open when they began."""
    forks = sys.modules.get("turnstay_lint.engine.passes.forks")
    return forks is not None and isinstance(crew, forks.Forks)


def _can_fork() -> bool:
    """Forking is quick, and safe only while no other thread may hold a lock."""
    threads = sys.modules.get("threading")
    return hasattr(os, "fork") and (threads is None or threads.active_count() == 1)


def reap() -> None:
    """Wait for the end of the processes that nobody has waited for yet."""
    forks = sys.modules.get("turnstay_lint.engine.passes.forks")
    if forks is not None:
        forks.reap()


@contextlib.contextmanager
def processes(count: int) -> Iterator[Executor | None]:
    """Give an executor of ``count`` processes, or None where the system has none to give."""
    if count < 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if _can_fork() else "spawn")
    try:
        executor = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    except (OSError, ImportError, NotImplementedError):
        yield None
        return
    with executor:
        yield executor


def _begin() -> None:
    """End without a word when interrupted, and leave the collector off."""
    import gc
    import signal

    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def result_of(answer: Answer[Result] | None) -> Result | None:
    """Return what a process found, or None when it died; then its share is to be done here."""
    if answer is None:
        return None
    from turnstay_lint.engine.passes.forks import Lost, Reply

    if isinstance(answer, Reply):
        try:
            return answer.result()
        except Lost:
            return None
    from concurrent.futures import BrokenExecutor

    try:
        return answer.result()
    except BrokenExecutor:
        return None
