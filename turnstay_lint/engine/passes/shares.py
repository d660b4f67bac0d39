"""A run's files as the shares that processes take, each of services or of parts of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import NamedTuple

from turnstay_lint.engine.passes.portions import Portion, Task
from turnstay_lint.engine.passes.processes import dealt
from turnstay_lint.engine.passes.survey import Surveyed
from turnstay_lint.project.summaries.places import is_test

_JOINING = 0.08
"""What joining and reporting takes the first process, as a part of what a share does."""

_EVEN_ENOUGH = 4
"""So many parts at least in each share make shares about as large."""

_OUTLINED = 0.5
"""What a test takes of the time that other files of its size do."""

Share = list[Portion]


def shared_out(portions: Iterable[Portion], count: int) -> list[Share]:
    """Deal files out to ``count`` shares that take about the same time.

    Where there are many small services each goes whole, so that what is known of it is found once;
    else files go together that lie together, for they ask the same of the others.
    """
    portions = list(portions)
    if count == 1:
        return [[portion for portion in portions if portion.tasks]]
    placed = [
        [_Placed(n, task, weight_of(task)) for task in p.tasks] for n, p in enumerate(portions)
    ]
    weights = list(map(_weight_of_all, placed))
    if max(weights, default=0) * count * _EVEN_ENOUGH <= sum(weights):
        weighed = list(zip(weights, portions, strict=True))
        whole = dealt(weighed, count, lambda item: item[0])
        return [[portion for _, portion in share] for share in whole]
    most = sum(weights) / (count * _EVEN_ENOUGH)
    parts = [*_parts([one for several in placed for one in several], 1, most)]
    shares = []
    for some in dealt(parts, count, _weight_of_all, besides=_JOINING):
        by_portion: dict[int, list[Task]] = {}
        for one in (one for part in some for one in part):
            by_portion.setdefault(one.portion, []).append(one.task)
        shares.append([portions[n].part(sorted(own)) for n, own in sorted(by_portion.items())])
    return shares


class _Placed(NamedTuple):
    """A file, the number of its portion, and what it takes to look at it."""

    portion: int
    task: Task
    weight: float


def _parts(placed: list[_Placed], depth: int, most: float) -> Iterator[list[_Placed]]:
    """Yield files that lie together, by their folders from ``depth`` on, ``most`` at a time."""
    by_name: dict[str, list[_Placed]] = {}
    for one in placed:
        steps = one.task.file.split(os.sep)  # noqa: PTH206 (a Path for each file takes longer)
        by_name.setdefault("".join(steps[depth : depth + 1]), []).append(one)
    run: list[_Placed] = []
    for group in by_name.values():
        weight = _weight_of_all(group)
        if weight > most and len(group) > 1:
            yield from _parts(group, depth + 1, most)
            continue
        if run and _weight_of_all(run) + weight > most:
            yield run
            run = []
        run = [*run, *group]
    if run:
        yield run


def _placed_weight(placed: _Placed) -> float:
    return placed.weight


def _weight_of_all(placed: Iterable[_Placed]) -> float:
    return sum(map(_placed_weight, placed))


def weight_of(task: Task) -> float:
    """Estimate what a file takes, of which nothing is looked into that is a test."""
    return (_size(task) + 500) * (_OUTLINED if is_test(task.file) else 1)


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
    return [portion.part(t for t in portion.tasks if wanted(t.file)) for portion in share]


def as_taken(shares: list[Share], taken: Sequence[Set[str]]) -> list[Share]:
    """Return shares in which each file is in that of the process that took it.

    What nobody took stays where it was.
    """
    anywhere = frozenset[str]().union(*taken)
    moved = []
    for number, own in enumerate(shares):
        kept = only(own, partial(_not_in, anywhere - taken[number]))
        others = (share for other, share in enumerate(shares) if other != number)
        came = (p for share in others for p in only(share, taken[number].__contains__))
        moved.append([portion for portion in (*kept, *came) if portion.tasks])
    return moved


def _not_in(files: Set[str], file: str) -> bool:
    return file not in files


def asking(share: Share, surveyed: Mapping[str, Surveyed], stale: set[str]) -> Share:
    """Return what the second pass must look at, telling it of which files the first knew more."""
    return [
        portion.part(_told(t, surveyed[t.file]) for t in portion.tasks)
        for portion in only(share, stale.__contains__)
    ]


def _told(task: Task, said: Surveyed) -> Task:
    return task._replace(sure=said.sure)
