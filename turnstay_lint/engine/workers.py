"""A run's files shared out to processes: this one takes a share, an executor's the others.

The executor is any of ``concurrent.futures`` kind; a task depends on nothing but its arguments, and
gains when it meets the trees that the same process made before.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from msgspec import Struct, field

from turnstay_lint.engine.basis import Beside
from turnstay_lint.engine.joining import Projects
from turnstay_lint.engine.lint import Verdict
from turnstay_lint.engine.processes import Answer, Crew, result_of
from turnstay_lint.engine.roots import Root
from turnstay_lint.engine.shares import Share, asking
from turnstay_lint.engine.survey import Kept, Surveyed, judge, survey
from turnstay_lint.engine.timing import Timings
from turnstay_lint.project.packing import packed, unpacked
from turnstay_lint.project.project import Project
from turnstay_lint.project.summarise import summarise
from turnstay_lint.project.summary import ModuleSummary

FEW_FILES = 200
"""Up to so many files one process is quicker than starting others."""

_KEPT_CHARACTERS = 12_000_000
"""How much source may wait as trees in all processes; a tree is some 30 times its text."""

Found = tuple[str, Verdict]


@cache
def _kept(budget: int) -> Kept:
    """Return what this worker keeps between its tasks."""
    return Kept(budget)


class Joined(Struct, frozen=True):
    """A service as another process is told of it: what that did not summarise itself.

    ``others`` are packed summaries, ``own`` the files whose summaries that process made.
    """

    project: Project
    others: bytes
    own: tuple[str, ...]

    @classmethod
    def of(cls, root: Root, project: Project, surveyed: Collection[str]) -> Joined:
        """Leave out of a project what lies in files that were surveyed there."""
        own: list[str] = []
        others = []
        for summary in project.modules.values():
            file = str(root.base / summary.path)
            if file in surveyed:
                own.append(file)
            else:
                others.append(summary)
        return cls(project.with_summaries(()), packed(others), tuple(own))

    def here(self, root: Root, kept: Kept) -> Project:
        """Return the project with what this process has; what it has not it reads again."""
        own = (kept.summaries.get(file) or _summary(root, file, self.project) for file in self.own)
        summaries = [s for s in (*unpacked(self.others), *own) if s is not None]
        return self.project.with_summaries(sorted(summaries, key=lambda summary: summary.path))


def _summary(root: Root, file: str, project: Project) -> ModuleSummary | None:
    source = project.unnoted(root.path_of(file))
    return summarise(source) if source is not None else None


def _survey_share(share: Share, budget: int) -> bytes:
    kept = _kept(budget)
    found = survey(share, kept)
    kept.summaries.update((s.file, s.made) for s in found if s.made is not None)
    plain = [one.made if not one.packed else None for one in found]
    for one in found:
        one.made = None
    return pickle.dumps((packed(plain), found, _timed(kept)), pickle.HIGHEST_PROTOCOL)


def _judge_share(share: Share, joined: bytes, budget: int) -> bytes:
    kept = _kept(budget)
    told: dict[Root, Joined] = pickle.loads(joined)
    projects = {root: service.here(root, kept) for root, service in told.items()}
    kept.held.append(projects)
    found = list(judge(share, projects, kept))
    beside = {root: Beside.of(project) for root, project in projects.items()}
    return pickle.dumps((found, beside, _timed(kept)), pickle.HIGHEST_PROTOCOL)


def _look_share(share: Share, budget: int) -> bytes:
    """Make both passes over services that are looked at nowhere else.

    What memory needs of summaries goes back as bytes; else they stay here.
    """
    kept = _kept(budget)
    found, judged, beside = _both_passes(share, kept)
    outlives = any(portion.kept for portion in share)
    for one in found:
        one.withheld = one.made is not None and not outlives
        if one.packed or one.withheld:
            one.made = None
    return pickle.dumps((found, judged, beside, _timed(kept)), pickle.HIGHEST_PROTOCOL)


def _both_passes(
    share: Share, kept: Kept
) -> tuple[list[Surveyed], list[Found], dict[Root, Beside]]:
    found = survey(share, kept)
    surveyed = {said.file: said for said in found}
    projects = Projects(share, surveyed)
    kept.held.append(projects)
    stale = {said.file for said in found if said.asks}
    judged = list(judge(asking(share, surveyed, stale), projects, kept))
    return found, judged, {root: Beside.of(project) for root, project in projects.made.items()}


def _timed(kept: Kept) -> Timings:
    """Return where this process's time went since it was asked last."""
    spent, kept.timings = kept.timings, Timings()
    return spent


class Passes(Struct, dict=True):
    """The two passes over shares of the files: the first share here, each other in a process.

    The same shares go to both passes, so that a process meets its own trees again. ``beside`` is
    what the others looked at besides summaries.
    """

    executor: Crew | None = None
    jobs: int = 1
    done: Callable[[], object] = lambda: None
    beside: dict[Root, list[Beside]] = field(default_factory=dict)
    _surveyed_there: list[set[str]] = field(default_factory=list)
    _looking: list[Answer[bytes] | None] = field(default_factory=list)

    @cached_property
    def kept(self) -> Kept:
        """Return the trees that this process keeps, as far as there is room."""
        return Kept(self.budget)

    @property
    def budget(self) -> int:
        """Return how many characters of source each process may keep as trees."""
        return _KEPT_CHARACTERS // self.jobs

    def survey(self, shares: list[Share]) -> list[Surveyed]:
        """Make the first pass."""
        sent = [self._sent(_survey_share, share, self.budget) for share in shares[1:]]
        self._surveyed_there = [
            {task.file for portion in share for task in portion.tasks} for share in shares[1:]
        ]
        found = survey(shares[0], self.kept, self.done)
        for future, share in zip(sent, shares[1:], strict=True):
            found += self._surveyed_in(future) or survey(share, self.kept)
        return found

    def _surveyed_in(self, future: Answer[bytes] | None) -> list[Surveyed]:
        done = _unpacked(future)
        if not done:
            return []
        plain, surveyed, timings = done
        self.kept.timings.take(timings)
        found: list[Surveyed] = surveyed
        for one, summary in zip(found, unpacked(plain), strict=True):
            one.made = summary
        return found

    def judge(self, shares: list[Share], projects: Mapping[Root, Project]) -> Iterator[Found]:
        """Make the second pass, over the files that asked for it."""
        sent = []
        for number, share in enumerate(shares[1:] if self.executor is not None else ()):
            there = self._surveyed_there[number] if self._surveyed_there else set()
            roots = {portion.root: projects[portion.root] for portion in share if portion.tasks}
            told = {root: Joined.of(root, project, there) for root, project in roots.items()}
            joined = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
            sent.append(self._sent(_judge_share, share, joined, self.budget))
        yield from judge(shares[0], projects, self.kept, self.done)
        sent = sent or [None for _ in shares[1:]]
        for future, share in zip(sent, shares[1:], strict=True):
            done = _unpacked(future)
            if not done:
                yield from judge(share, projects, self.kept)
                continue
            found, beside, timings = done
            self.kept.timings.take(timings)
            self._note(beside)
            yield from found

    def send(self, shares: list[Share]) -> None:
        """Let each share be looked at by a process of its own, which makes both passes."""
        self._looking = [self._sent(_look_share, share, self.budget) for share in shares]

    def heard(self, shares: list[Share]) -> Iterator[tuple[list[Surveyed], list[Found]]]:
        """Yield what the processes found that shares were sent to."""
        for future, share in zip(self._looking, shares, strict=True):
            done = _unpacked(future)
            if not done:
                found, judged, beside = _both_passes(share, self.kept)
            else:
                found, judged, beside, timings = done
                self.kept.timings.take(timings)
            self._note(beside)
            yield found, judged

    def _note(self, beside: Mapping[Root, Beside]) -> None:
        for root, one in beside.items():
            self.beside.setdefault(root, []).append(one)

    def _sent(
        self, function: Callable[..., bytes], share: Share, *arguments: object
    ) -> Answer[bytes] | None:
        if self.executor is None or not any(portion.tasks for portion in share):
            return None
        return self.executor.submit(function, share, *arguments)


def _unpacked(future: Answer[bytes] | None) -> Any:
    """Return what a process found; nothing when it was not asked, or died."""
    content = result_of(future)
    if content is None:
        return []
    return pickle.loads(content)
