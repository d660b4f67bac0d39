"""A run's files as the shares that processes take, each of services or of parts of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from turnstay_lint.engine.processes import dealt
from turnstay_lint.engine.survey import Portion, Surveyed, Task

_JOINING = 0.08
"""What joining and reporting takes the first process, as a part of what a share does."""

_EVEN_ENOUGH = 4
"""So many services at least in each share make shares of whole services about as large."""

Share = list[Portion]


def shared_out(portions: Iterable[Portion], count: int) -> list[Share]:
    """Deal files out to ``count`` shares of about the same number of bytes.

    Where there are many small services each goes whole, so that what is known of it is found once.
    """
    portions = list(portions)
    weights = [sum(_size(task) + 500 for task in portion.tasks) for portion in portions]
    if count > 1 and max(weights, default=0) * count * _EVEN_ENOUGH <= sum(weights):
        weighed = list(zip(weights, portions, strict=True))
        whole = dealt(weighed, count, lambda item: item[0])
        return [[portion for _, portion in share] for share in whole]
    tasks = [(number, task) for number, p in enumerate(portions) for task in p.tasks]
    shares = []
    for some in dealt(tasks, count, lambda item: _size(item[1]) + 500, besides=_JOINING):
        by_portion: dict[int, list[Task]] = {}
        for number, task in some:
            by_portion.setdefault(number, []).append(task)
        shares.append(
            [
                replace(portions[n], tasks=tuple(sorted(own)))
                for n, own in sorted(by_portion.items())
            ]
        )
    return shares


def _size(task: Task) -> int:
    if task.content is not None:
        return len(task.content)
    try:
        return os.stat(task.file).st_size  # noqa: PTH116 (a Path for each file takes longer)
    except OSError:
        return 0


def are_whole(shares: Iterable[Share]) -> bool:
    """Tell whether no service lies in several shares, so that none has to hear of another."""
    roots = [portion.root for share in shares for portion in share if portion.tasks]
    return len(roots) == len(set(roots))


def only(share: Share, wanted: Callable[[str], bool]) -> Share:
    """Return a share without the files that are not wanted."""
    return [
        replace(portion, tasks=tuple(t for t in portion.tasks if wanted(t.file)))
        for portion in share
    ]


def asking(share: Share, surveyed: Mapping[str, Surveyed], stale: set[str]) -> Share:
    """Return what the second pass must look at, telling it of which files the first knew more."""
    return [
        replace(portion, tasks=tuple(_told(t, surveyed[t.file]) for t in portion.tasks))
        for portion in only(share, stale.__contains__)
    ]


def _told(task: Task, said: Surveyed) -> Task:
    return task._replace(sure=said.sure)
