"""A run's files shared out to processes: this one takes a share, an executor's the others.

The executor is any of ``concurrent.futures`` kind; a task depends on nothing but its arguments, and
gains when it meets the trees that the same process made before.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from turnstay_lint.engine.service import Root
from turnstay_lint.engine.survey import Judged, Kept, Portion, Surveyed, Task, judge, survey
from turnstay_lint.project.project import Project

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Result = TypeVar("Result")

FEW_FILES = 200
"""Up to so many files one process is quicker than starting others."""

_KEPT_CHARACTERS = 12_000_000
"""How much source may wait as trees in all processes; a tree is some 30 times its text."""

Share = list[Portion]


def shared_out(portions: Iterable[Portion], count: int) -> list[Share]:
    """Deal files out to ``count`` shares of about the same number of bytes, in a fixed order."""
    loads = [0] * count
    dealt: list[dict[int, list[Task]]] = [{} for _ in loads]
    portions = list(portions)
    weighed = [
        (_size(task), number, task)
        for number, portion in enumerate(portions)
        for task in portion.tasks
    ]
    for size, number, task in sorted(weighed, key=lambda item: (-item[0], item[2].file)):
        lightest = loads.index(min(loads))
        loads[lightest] += size + 500
        dealt[lightest].setdefault(number, []).append(task)
    return [
        [
            Portion(portions[number].root, portions[number].configuration, tuple(sorted(tasks)))
            for number, tasks in sorted(share.items())
        ]
        for share in dealt
    ]


def _size(task: Task) -> int:
    if task.content is not None:
        return len(task.content)
    try:
        return Path(task.file).stat().st_size
    except OSError:
        return 0


def default_jobs() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def processes(count: int) -> Iterator[Executor | None]:
    """Give an executor of ``count`` processes, or None where the system has none to give."""
    if count < 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Forking is quick, and safe only while no other thread may hold a lock.
    can_fork = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if can_fork else "spawn")
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


@cache
def _kept(budget: int) -> Kept:
    """Return what this worker keeps between its tasks."""
    return Kept(budget)


def _survey_share(share: Share, budget: int) -> list[Surveyed]:
    return survey(share, _kept(budget))


def _judge_share(share: Share, joined: bytes, budget: int) -> list[tuple[str, Judged]]:
    import pickle

    projects = {root: Project(*parts) for root, parts in pickle.loads(joined).items()}
    return list(judge(share, projects, _kept(budget)))


@dataclass(slots=True)
class Passes:
    """The two passes over shares of the files: the first share here, each other in a process.

    The same shares go to both passes, so that a process meets its own trees again.
    """

    executor: Executor | None = None
    jobs: int = 1
    done: Callable[[], object] = lambda: None
    kept: Kept = field(init=False)

    def __post_init__(self) -> None:
        """Divide the room for trees between the processes."""
        self.kept = Kept(self.budget)

    @property
    def budget(self) -> int:
        """Return how many characters of source each process may keep as trees."""
        return _KEPT_CHARACTERS // self.jobs

    def survey(self, shares: list[Share]) -> list[Surveyed]:
        """Make the first pass."""
        sent = [self._sent(_survey_share, share, self.budget) for share in shares[1:]]
        found = survey(shares[0], self.kept, self.done)
        for future, share in zip(sent, shares[1:], strict=True):
            result = _result(future)
            found += survey(share, self.kept) if result is None else result
        return found

    def judge(
        self, shares: list[Share], projects: Mapping[Root, Project]
    ) -> Iterator[tuple[str, Judged]]:
        """Make the second pass, over the files that asked for it."""
        joined = b""
        if self.executor is not None and any(shares[1:]):
            import pickle

            parts = {root: (p.modules.values(), p.settings) for root, p in projects.items()}
            joined = pickle.dumps({r: (list(m), s) for r, (m, s) in parts.items()}, 5)
        sent = [self._sent(_judge_share, share, joined, self.budget) for share in shares[1:]]
        yield from judge(shares[0], projects, self.kept, self.done)
        for future, share in zip(sent, shares[1:], strict=True):
            result = _result(future)
            yield from judge(share, projects, self.kept) if result is None else result

    def _sent(
        self, function: Callable[..., list[Result]], share: Share, *arguments: object
    ) -> Future[list[Result]] | None:
        if self.executor is None or not share:
            return None
        return self.executor.submit(function, share, *arguments)


def _result(future: Future[list[Result]] | None) -> list[Result] | None:
    """Return what a process found, or None when it died; then its share is done here."""
    if future is None:
        return None
    from concurrent.futures import BrokenExecutor

    try:
        return future.result()
    except BrokenExecutor:
        return None
