"""What a process does with its share of the files, as it is sent to it; all answers are pickled.

A process that never saw a file before does the same, and reads more.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable
from functools import cache

from msgspec import Struct

from turnstay_lint.engine.passes.basis import Beside
from turnstay_lint.engine.passes.joining import Projects
from turnstay_lint.engine.passes.portions import Portion
from turnstay_lint.engine.passes.shares import Share, asking
from turnstay_lint.engine.passes.survey import Kept, Surveyed, judge, survey
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.engine.services.timing import Timings
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.packing import packed, unpacked
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.project.summaries.summary import ModuleSummary

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
        """Leave out of a project what lies in files that were ``surveyed`` there, or told of."""
        own: list[str] = []
        others = []
        for summary in project.modules.values():
            file = root.file_of(summary.path)
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


def survey_share(share: Iterable[Portion], budget: int) -> bytes:
    """Make the first pass; returns summaries, packed, what else was found, and the time taken."""
    kept = _kept(budget)
    found = survey(share, kept)
    kept.summaries.update((s.file, s.made) for s in found if s.made is not None)
    plain = [one.made if not one.packed else None for one in found]
    for one in found:
        one.made = None
    return pickle.dumps((packed(plain), found, _timed(kept)), pickle.HIGHEST_PROTOCOL)


def hear_summaries(told: bytes, files: Iterable[str], budget: int) -> bytes:
    """Keep what another process summarised of files, before anything is asked about them."""
    heard = zip(files, unpacked(told), strict=True)
    _kept(budget).summaries.update((file, made) for file, made in heard if made is not None)
    return b""


def judge_share(share: Iterable[Portion], joined: bytes, budget: int) -> bytes:
    """Make the second pass; returns findings, what they rest on, and the time taken."""
    kept = _kept(budget)
    told: dict[Root, Joined] = pickle.loads(joined)
    projects = {root: service.here(root, kept) for root, service in told.items()}
    kept.held.append(projects)
    found = list(judge(share, projects, kept))
    beside = {root: Beside.of(project) for root, project in projects.items()}
    return pickle.dumps((found, beside, _timed(kept)), pickle.HIGHEST_PROTOCOL)


def look_share(share: Share, budget: int) -> bytes:
    """Make both passes over services that are looked at nowhere else.

    What memory needs of summaries goes back as bytes; else they stay here.
    """
    kept = _kept(budget)
    found, judged, beside = both_passes(share, kept)
    outlives = any(portion.kept for portion in share)
    for one in found:
        one.withheld = one.made is not None and not outlives
        if one.packed or one.withheld:
            one.made = None
    return pickle.dumps((found, judged, beside, _timed(kept)), pickle.HIGHEST_PROTOCOL)


def both_passes(share: Share, kept: Kept) -> tuple[list[Surveyed], list[Found], dict[Root, Beside]]:
    """Make both passes over services that are looked at nowhere else."""
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
