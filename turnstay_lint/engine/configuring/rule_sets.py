"""Rules that file after file is shown to: which of them can fire is soon told of files alike."""

from __future__ import annotations

from functools import cached_property

from turnstay_lint.rules.rule import Rule


class RuleSet(tuple[Rule, ...]):
    """Rules in order, with what was answered of the words of files before."""

    @cached_property
    def _triggers(self) -> frozenset[str]:
        return frozenset(word for rule in self for word in rule.triggers)

    @cached_property
    def _fired(self) -> dict[frozenset[str], list[Rule]]:
        return {}

    def firing(self, words: frozenset[str]) -> list[Rule]:
        """Return the rules that can fire in a file of these words, in order."""
        met = self._triggers & words
        known = self._fired.get(met)
        if known is None:
            known = [r for r in self if not r.triggers or not met.isdisjoint(r.triggers)]
            self._fired[met] = known
        return known
