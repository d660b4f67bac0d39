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
from msgspec.structs import replace

from turnstay_lint.engine.change_sets import ChangeSet
from turnstay_lint.engine.lint import Verdict, lint
from turnstay_lint.engine.mending import identity
from turnstay_lint.engine.run import Examined, displayed, shown
from turnstay_lint.engine.survey import Judged
from turnstay_lint.engine.work import Work
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project


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
        seen = replace(examined, judged={**examined.judged}, projects={**examined.projects})
        while not self.has_quit:
            todo = list(self._undecided(seen))
            given = [(file, finding) for file, finding in todo if finding.code in self.every]
            if given:
                changed |= self._make(given, seen)
            elif todo:
                changed |= self._propose(*todo[0], seen)
            else:
                break
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

    def _make(self, todo: list[tuple[str, Finding]], seen: Examined) -> set[str]:
        """Make fixes that need no asking, as many as do not meet, and keep what does no harm."""
        sets = [one for file, finding in todo if (one := self.work.change_set(file, finding, seen))]
        changed, after = self._made(sets, seen)
        self._keep(changed, after, seen)
        return changed

    def _propose(self, file: str, finding: Finding, seen: Examined) -> set[str]:
        """Make one fix, show it, and keep it or not."""
        said = identity(finding, self.work.mendings[file].lines)
        one = self.work.change_set(file, finding, seen)
        before = {f: (m.exists, m.text) for f, m in self.work.mendings.items()}
        changed, after = self._made([one] if one is not None else [], seen)
        proposed = shown(finding, self.work.root_of(file))
        if not changed:
            reason = self.work.mendings[file].refused.get(said, "it changes nothing")
            self.work.mendings[file].refuse(finding, reason)
            self.asker.refused(proposed, reason)
            return set()
        differences = tuple(
            Difference(displayed(f), before[f][1] if before[f][0] else None, mending.text)
            for f in sorted(changed)
            for mending in (self.work.mendings[f],)
        )
        answer = self.asker.ask(Proposal(proposed, differences))
        if answer in (Answer.YES, Answer.ALL):
            self._keep(changed, after, seen)
            self.every |= {finding.code} if answer is Answer.ALL else set()
            return changed
        self.work.rounds.undo()
        if answer is Answer.NO:
            self.declined.setdefault(file, Counter())[said] += 1
        self.none |= {finding.code} if answer is Answer.NONE else set()
        self.has_quit = answer is Answer.QUIT
        return set()

    def _made(self, sets: list[ChangeSet], seen: Examined) -> tuple[set[str], Examined]:
        """Make fixes and see what the rules say of the files then; nothing where that is harm."""
        rounds = self.work.rounds
        changed = rounds.make(sets)
        if not changed:
            return set(), seen
        self.work.polish()
        after = self._linted(changed, seen)
        before = {f: seen.judged[f].verdict for f in changed if f in seen.judged}
        harmful = rounds.prove(before, {f: after.judged[f].verdict for f in changed})
        return (set(), seen) if harmful else (changed, after)

    def _linted(self, changed: set[str], seen: Examined) -> Examined:
        """Look at changed files alone; their services are looked at again when all is answered."""
        judged, projects = {**seen.judged}, {**seen.projects}
        sources = {file: self.work.mendings[file].source() for file in changed}
        for file, source in sources.items():
            root = self.work.root_of(file)
            if root in projects:
                projects[root] = projects[root].with_source(source)
        for file, source in sources.items():
            service = self.work.service(file)
            settings = service.configuration.settings
            project = projects.get(service.root) or Project.of([source], settings)
            verdict = lint(source, project, settings, service.rules_for(file))
            judged[file] = replace(judged.get(file, Judged(Verdict(()))), verdict=verdict)
        return replace(seen, judged=judged, projects=projects)

    def _keep(self, changed: set[str], after: Examined, seen: Examined) -> None:
        seen.judged.update(after.judged)
        seen.projects.update(after.projects)
        self.work.bind(changed)
