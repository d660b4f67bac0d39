"""Fixes made one at a time, each when somebody who saw its difference has said so.

A fix is made first, held to what fixes must never do, and shown as what it did; an answer of no
takes it back. So what is shown is what will be written, and what would be refused is never shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Protocol

from msgspec import Struct, field

from turnstay_lint.engine.checking.run import Examined, displayed, shown
from turnstay_lint.engine.mending.change_sets import ChangeSet
from turnstay_lint.engine.mending.mending import identity
from turnstay_lint.engine.repairing.revisiting import seen_after_one_fix
from turnstay_lint.engine.repairing.work import Work
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.findings import Finding


class Answer(Enum):
    """What becomes of a fix, or of all fixes of its rule."""

    YES = "yes"
    NO = "no"
    ALL = "all"
    NONE = "none"
    QUIT = "quit"


class Difference(Struct, frozen=True):
    """What a fix makes of one file, named as the user is shown it; ``before`` None creates it."""

    name: str
    before: str | None
    after: str


class Proposal(Struct, frozen=True):
    """A finding as the user is shown it, and what its fix makes of each file."""

    finding: Finding
    differences: tuple[Difference, ...]


class Asker(Protocol):
    """Whoever answers."""

    def ask(self, proposal: Proposal) -> Answer:
        """Return what to do."""

    def refused(self, finding: Finding, reason: str) -> None:
        """Hear why a fix is not proposed."""


class Session(Struct):
    """The questions of one run, and what was answered until now."""

    work: Work
    asker: Asker
    every: set[str] = field(default_factory=set)
    none: set[str] = field(default_factory=set)
    declined: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    has_quit: bool = False

    def go_on(self, examined: Examined) -> set[str]:
        """Ask about every fix that was not asked about yet; returns the files that changed."""
        self.work.begin(examined)
        changed: set[str] = set()
        seen = examined
        while not self.has_quit:
            todo = list(self._undecided(seen))
            given = [(file, finding) for file, finding in todo if finding.code in self.every]
            if given:
                now, seen = self._make(given, seen)
            elif todo:
                now, seen = self._propose(*todo[0], seen)
            else:
                break
            changed |= now
        return changed

    def _undecided(self, seen: Examined) -> Iterator[tuple[str, Finding]]:
        for file in sorted(seen.judged):
            verdict = seen.judged[file].verdict
            if not any(map(self.work.wanted, verdict.findings)):
                continue
            passed = Counter(self.declined.get(file, ()))
            for finding in self.work.todo(file, verdict):
                said = identity(finding, self.work.mendings[file].lines)
                if passed[said]:
                    passed[said] -= 1
                elif finding.code not in self.none:
                    yield file, finding

    def _make(self, todo: list[tuple[str, Finding]], seen: Examined) -> tuple[set[str], Examined]:
        """Make fixes that need no asking, as many as do not meet, and keep what does no harm."""
        sets = [one for file, finding in todo if (one := self.work.change_set(file, finding, seen))]
        changed, after = self._made(sets, seen)
        self.work.bind(changed)
        return changed, after

    def _propose(self, file: str, finding: Finding, seen: Examined) -> tuple[set[str], Examined]:
        """Make one fix, show it, and keep it or not; returns what changed and how all is then."""
        said = identity(finding, self.work.mendings[file].lines)
        one = self.work.change_set(file, finding, seen)
        before = {f: (m.exists, m.text) for f, m in self.work.mendings.items()}
        changed, after = self._made([one] if one is not None else [], seen)
        proposed = shown(finding, self.work.root_of(file))
        if not changed:
            reason = self.work.mendings[file].refused.get(said, "it changes nothing")
            self.work.mendings[file].refuse(finding, reason)
            self.asker.refused(proposed, reason)
            return set(), seen
        differences = tuple(
            Difference(displayed(f), before[f][1] if before[f][0] else None, mending.text)
            for f in sorted(changed)
            for mending in (self.work.mendings[f],)
        )
        answer = self.asker.ask(Proposal(proposed, differences))
        if answer in (Answer.YES, Answer.ALL):
            self.work.bind(changed)
            self.every |= {finding.code} if answer is Answer.ALL else set()
            return changed, after
        self.work.rounds.undo()
        if answer is Answer.NO:
            self.declined.setdefault(file, Counter())[said] += 1
        self.none |= {finding.code} if answer is Answer.NONE else set()
        self.has_quit = answer is Answer.QUIT
        return set(), seen

    def _made(self, sets: list[ChangeSet], seen: Examined) -> tuple[set[str], Examined]:
        """Make fixes and see what the rules say of the service then; nothing where that is harm."""
        rounds = self.work.rounds
        changed = rounds.make(sets)
        if not changed:
            return set(), seen
        self.work.polish()
        after = seen_after_one_fix(changed, seen, self.work)
        harmful = rounds.prove(_verdicts(seen), _verdicts(after))
        return (set(), seen) if harmful else (changed, after)


def _verdicts(examined: Examined) -> dict[str, Verdict]:
    return {file: judged.verdict for file, judged in examined.judged.items()}
