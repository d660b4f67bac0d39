"""What a run is about in one service: its files, which rules look at them, what is shown of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.configuring.configuration import Configuration
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.configuring.rule_sets import RuleSet
from turnstay_lint.engine.services.history import History
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.engine.services.service import speaking
from turnstay_lint.project.layout import Layout
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.rule import Rule


class Task(NamedTuple):
    """A file by its absolute path: whether its findings are wanted, and whether others see it."""

    file: str
    linted: bool
    joined: bool
    content: bytes | None = None
    """What stands for the file's bytes on disk."""
    sure: bool = True
    """Whether a rule that looks beyond the file may fire, even if nothing has another name."""


class Portion(Struct, frozen=True, dict=True):
    """Some files of one service; what is said of those that are ``kept`` outlives the run.

    Of some it matters what is read from them ``again``, by their paths from the root's base. Where
    it is ``timed``, who keeps trees keeps the time as well.
    """

    root: Root
    configuration: Configuration
    tasks: tuple[Task, ...]
    layout: Layout = field(default_factory=Layout)
    kept: bool = False
    again: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timed: bool = False

    def part(self, tasks: Iterable[Task]) -> Portion:
        """Return what it is about in some of its files, where the same rules are asked."""
        some = replace(self, tasks=tuple(tasks))
        some.__dict__.update(rules=self.rules, unread=self.unread, _parts=self._parts)
        return some

    @cached_property
    def unread(self) -> Project:
        """Return the service before any of its files is read: which modules it has."""
        return Project((), self.configuration.settings, layout=self.layout)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are on, and those that only count what could not be analysed."""
        on = self.configuration.rules()
        codes = {rule.code for rule in on}
        return (*on, *(r for r in all_rules() if r.tallies and r.code not in codes))

    @cached_property
    def tallied(self) -> frozenset[str]:
        """Return the codes of the rules whose findings are counted but not shown."""
        on = {rule.code for rule in self.configuration.rules()}
        return frozenset(rule.code for rule in self.rules if rule.code not in on)

    def rules_for(self, file: str, *, beyond: bool) -> tuple[Rule, ...]:
        """Return the rules for a file: those that look beyond it, or those that do not."""
        rules, path = self.configuration.rules_for(file, self.rules), self.root.path_of(file)
        if rules is self.rules:
            return self._parts[is_test(path), beyond]
        return _part(speaking(rules, path), beyond)

    @cached_property
    def _parts(self) -> dict[tuple[bool, bool], RuleSet]:
        """The rules for files in which none is off: for tests and others, to look beyond or not."""
        spoken = {False: self.rules, True: tuple(rule for rule in self.rules if rule.in_tests)}
        return {
            (tests, beyond): _part(rules, beyond)
            for tests, rules in spoken.items()
            for beyond in (False, True)
        }

    def judged(self, file: str, verdict: Verdict, history: History) -> Judged:
        """Take the findings of rules that only count out of a verdict, and those of history."""
        verdict = history.judged(verdict, file, self.configuration.settings)
        shown = tuple(f for f in verdict.findings if f.code not in self.tallied)
        unanalyzable = len(verdict.findings) - len(shown)
        return Judged(replace(verdict, findings=shown), unanalyzable)


def _part(rules: Iterable[Rule], beyond: bool) -> RuleSet:
    return RuleSet(rule for rule in rules if rule.uses_project == beyond)


class Judged(Struct, frozen=True):
    """What was found in one file; ``unanalyzable`` counts what could not be judged in it."""

    verdict: Verdict = field(default_factory=lambda: Verdict(()))
    unanalyzable: int = 0
