"""A run's files shared out to processes: this one takes a share, an executor's the others.

The executor is any of ``concurrent.futures`` kind; a task depends on nothing but its arguments, and
gains when it meets the trees that the same process made before.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from turnstay_lint.engine.passes.basis import Beside
from turnstay_lint.engine.passes.portions import Portion
from turnstay_lint.engine.passes.processes import Answer, Crew, result_of
from turnstay_lint.engine.passes.shares import Share, only
from turnstay_lint.engine.passes.sharing import (
    Found,
    Joined,
    both_passes,
    hear_summaries,
    judge_share,
    look_share,
    survey_share,
)
from turnstay_lint.engine.passes.survey import Kept, Surveyed, judge, survey
from turnstay_lint.engine.passes.turns import Turns
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.packing import packed, unpacked

FEW_FILES = 200
"""Up to so many files one process is quicker than starting others."""

_KEPT_CHARACTERS = 12_000_000
"""How much source may wait as trees in all processes; a tree is some 30 times its text."""


class Passes(Struct):
    """The two passes over shares of the files: the first share here, each other in a process.

    What this process keeps is ``kept``, and ``budget`` is how many characters of source each other
    may keep as trees. The same shares go to both passes, so that a process meets its own trees
    again. With ``turns``, which only processes can have that do what they are sent one after the
    other, who is done with its share goes on with others'; what each had is ``taken``. ``beside``
    is what the others looked at besides summaries.
    """

    kept: Kept
    budget: int
    executor: Crew | None = None
    turns: Turns | None = None
    done: Callable[[], object] = lambda: None
    beside: dict[Root, list[Beside]] = field(default_factory=dict)
    taken: list[set[str]] = field(default_factory=list)
    _looking: list[Answer[bytes] | None] = field(default_factory=list)

    @classmethod
    def among(cls, jobs: int, executor: Crew | None = None, turns: Turns | None = None) -> Passes:
        """Return passes that so many processes make, each of which keeps its part of the trees."""
        budget = _KEPT_CHARACTERS // jobs
        return cls(Kept(budget), budget, executor, turns)

    def survey(self, shares: list[Share]) -> list[Surveyed]:
        """Make the first pass."""
        work = self._dealt(shares)
        sent = [self._sent(survey_share, one) for one in work[1:]]
        here = survey(work[0], self.kept, self.done)
        plain = packed([said.made for said in here]) if self.turns is not None and sent else b""
        contents = list(map(result_of, sent))
        if plain:
            for _ in sent:
                self._sent(hear_summaries, plain, [said.file for said in here])
        found = [here, *map(self._surveyed_in, contents)]
        self.taken = [{said.file for said in said_there} for said_there in found]
        found.append(self._lost(shares))
        return [said for said_there in found for said in said_there]

    def _surveyed_in(self, content: bytes | None) -> list[Surveyed]:
        if content is None:
            return []
        plain, found, timings = pickle.loads(content)
        self.kept.timings.take(timings)
        for one, summary in zip(found, unpacked(plain), strict=True):
            one.made = summary
        surveyed: list[Surveyed] = found
        return surveyed

    def _lost(self, shares: list[Share]) -> list[Surveyed]:
        """Survey here what others did not."""
        known = frozenset[str]().union(*self.taken)
        lost = (only(share, lambda file: file not in known) for share in shares)
        found = [said for share in lost for said in survey(share, self.kept)]
        self.taken[0] |= {said.file for said in found}
        return found

    def judge(self, shares: list[Share], projects: Mapping[Root, Project]) -> dict[str, Verdict]:
        """Make the second pass, over the files that asked for it."""
        work = self._dealt(shares)
        sent = []
        for number, share in enumerate(shares[1:] if self.executor is not None else (), 1):
            looked_at = share if self.turns is None else [p for some in shares for p in some]
            roots = {portion.root for portion in looked_at if portion.tasks}
            there = self._known_to(number)
            told = {root: Joined.of(root, projects[root], there) for root in roots}
            joined = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
            sent.append(self._sent(judge_share, work[number], joined))
        judged = dict(judge(work[0], projects, self.kept, self.done))
        for answer in sent:
            content = result_of(answer)
            if content is not None:
                found, beside, timings = pickle.loads(content)
                self.kept.timings.take(timings)
                self._note(beside)
                judged.update(found)
        for share in shares:
            lost = only(share, lambda file: file not in judged)
            judged.update(judge(lost, projects, self.kept))
        return judged

    def _known_to(self, process: int) -> set[str]:
        """Return the files whose summaries another process has."""
        if process >= len(self.taken):
            return set()
        return self.taken[process] | (self.taken[0] if self.turns is not None else set())

    def _dealt(self, shares: list[Share]) -> list[Iterable[Portion]]:
        return [*shares] if self.turns is None else [*self.turns.deal(shares)]

    def send(self, shares: list[Share]) -> None:
        """Let each share be looked at by a process of its own, which makes both passes."""
        self._looking = [self._sent(look_share, share) for share in shares]

    def heard(self, shares: list[Share]) -> Iterator[tuple[list[Surveyed], list[Found]]]:
        """Yield what the processes found that shares were sent to."""
        for answer, share in zip(self._looking, shares, strict=True):
            content = result_of(answer)
            if content is None:
                found, judged, beside = both_passes(share, self.kept)
            else:
                found, judged, beside, timings = pickle.loads(content)
                self.kept.timings.take(timings)
            self._note(beside)
            yield found, judged

    def _note(self, beside: Mapping[Root, Beside]) -> None:
        for root, one in beside.items():
            self.beside.setdefault(root, []).append(one)

    def _sent(self, function: Callable[..., bytes], *arguments: Any) -> Answer[bytes] | None:
        if self.executor is None:
            return None
        return self.executor.submit(function, *arguments, self.budget)
