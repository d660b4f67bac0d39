"""Rounds of change sets, each proven before the next.

The look at the service after a round shows whether a finding came that was not there or a comment
went. Then the round is taken back, and those that are at fault alone are refused: they are looked
for in the files that came to harm, with the rules that show it. Where none is at fault alone, fewer
are made at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.mending.change_sets import ChangeSet, Round
from turnstay_lint.engine.mending.mending import TAKEN_BACK, Mending
from turnstay_lint.engine.mending.verification import (
    Reverted,
    comments_changed,
    new_codes,
    new_failure,
)
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.findings import Finding

_MANY = 1 << 16


class Harm(Struct, frozen=True):
    """What no fix must do to a file, in words, and the rules that show it."""

    problem: str
    codes: frozenset[str] = frozenset()


Look = Callable[[Mapping[str, frozenset[str]], set[str]], Mapping[str, Verdict]]
"""Gives what some rules say of files as they stand, where only some files are not what they were.
"""


class Rounds(Struct):
    """The rounds of one run; ``mendings`` are its files by absolute path.

    ``before`` are those of the last round as they were.
    """

    mendings: dict[str, Mending]
    most: int = _MANY
    before: dict[str, Mending] = field(default_factory=dict)
    _unproven: Round | None = None

    def make(
        self, wanted: Iterable[ChangeSet], done: Callable[[], object] = lambda: None
    ) -> set[str]:
        """Make those that do not meet; returns the files that changed, none if none was made.

        ``done`` is called for each.
        """
        todo = list(wanted)
        while todo:
            files = {file for one in todo for file in one.places}
            self.before = {file: self.mendings[file].snapshot() for file in files}
            gathered = Round(self.mendings)
            try:
                for one in todo:
                    if len(gathered.made) < self.most:
                        gathered.add(one)
                    done()
                gathered.take()
            except Reverted as problem:
                self.mendings.update(self.before)
                self._blame(gathered.made, str(problem))
                todo = [one for one in todo if not self.mendings[one.own].refuses(one.finding)]
                continue
            self._unproven = gathered
            return {file for one in gathered.made for file in one.places}
        return set()

    def prove(
        self, before: Mapping[str, Verdict], after: Mapping[str, Verdict], look: Look | None = None
    ) -> set[str]:
        """Take the last round back if it did what no fix must; returns the files of that.

        The verdicts are those on the service's files as the round found and as it left them;
        ``look`` gives that of some of them as they stand.
        """
        last, self._unproven = self._unproven, None
        if last is None:
            return set()
        files = {file for one in last.made for file in one.places}
        harms = self._harms(last.made, before, after)
        if not harms:
            self.most = min(_MANY, self.most * 2)
            for one in last.made:
                self.mendings[one.moves.get(one.own, one.own)].reconsider()
            return set()
        self.mendings.update((file, self.before[file]) for file in files)
        if look is None or not self._separated(last, harms, before, look):
            self._blame(last.made, next(iter(harms.values())).problem)
        return files

    def harmful(self, before: Mapping[str, Verdict], after: Mapping[str, Verdict]) -> bool:
        """Tell whether the last round did what no fix must; it is not to be proven any more."""
        last, self._unproven = self._unproven, None
        return last is not None and bool(self._harms(last.made, before, after))

    def undo(self) -> None:
        """Make the files what they were before the last round."""
        self.mendings.update(self.before)

    def _separated(
        self, last: Round, harms: dict[str, Harm], before: Mapping[str, Verdict], look: Look
    ) -> bool:
        """Refuse the change sets of a round that do harm by themselves; tell if those are all."""
        came_from = {new: old for one in last.made for old, new in one.moves.items()}
        codes = {file: harm.codes for file, harm in harms.items()}
        codes |= {came_from[file]: codes[file] for file in harms if file in came_from}
        had = {file: _only(before[file], own) for file, own in codes.items() if file in before}

        def harm(some: Sequence[ChangeSet]) -> str:
            return self._harm_of(last.only(some), codes, had, look)

        rest = sorted(last.made, key=lambda one: one.places.isdisjoint(harms))
        while len(rest) > 1 and harm(rest):
            one = guilty(rest, harm)
            problem = harm([one])
            if not problem:
                return False
            self.mendings[one.own].refuse(one.finding, f"{TAKEN_BACK}{problem}")
            rest.remove(one)
        return len(rest) < len(last.made)

    def _harm_of(
        self, some: Round, codes: dict[str, frozenset[str]], had: dict[str, Verdict], look: Look
    ) -> str:
        """Return which harm some change sets do to files that are known to come to it, if any."""
        files = {file for one in some.made for file in one.places}
        restored = {file: self.mendings[file].snapshot() for file in files}
        try:
            some.take()
            after = look({file: own for file, own in codes.items() if own}, files)
            found = self._new_findings(some.made, had, after)
            if not all(codes.values()):
                found |= dict(self._lost_comments(files))
        except Reverted as problem:
            return str(problem)
        finally:
            self.mendings.update(restored)
        return next((harm.problem for harm in found.values()), "")

    def _harms(
        self, made: list[ChangeSet], before: Mapping[str, Verdict], after: Mapping[str, Verdict]
    ) -> dict[str, Harm]:
        """Return which files came to what harm by what was made."""
        harms = dict(self._lost_comments({file for one in made for file in one.places}))
        return harms | self._new_findings(made, before, after)

    def _new_findings(
        self, made: list[ChangeSet], before: Mapping[str, Verdict], after: Mapping[str, Verdict]
    ) -> dict[str, Harm]:
        harms: dict[str, Harm] = {}
        came_from = {new: old for one in made for old, new in one.moves.items()}
        applied: dict[str, list[Finding]] = {}
        for one in made:
            applied.setdefault(one.own, []).append(one.finding)
        for file, verdict in after.items():
            old = came_from.get(file, file)
            had = before.get(old, Verdict(()))
            texts = self._texts(old)
            if new := new_codes(had, verdict, applied.get(old, ()), texts):
                said = f"a new finding would appear in {displayed(file)}: {new}"
                harms[file] = Harm(said, frozenset(new.split(", ")))
            elif failed := new_failure(had, verdict):
                harms[file] = Harm(failed, frozenset(crash.code for crash in verdict.crashes))
        return harms

    def _lost_comments(self, files: set[str]) -> Iterator[tuple[str, Harm]]:
        """A comment may come along to another file of the round."""
        changed = {
            file: comments_changed(self.before[file].text, self.mendings[file].text)
            for file in files
        }
        gained = sum((came for _, came in changed.values()), Counter[str]())
        for file in sorted(files):
            gone, _ = changed[file]
            if lost := gone - gained:
                said = f"a comment would be lost in {displayed(file)}: {next(iter(lost))}"
                yield file, Harm(said)
            gained -= gone

    def _texts(self, file: str) -> tuple[str, str]:
        """Return a file before the round and after it; what was not changed needs no text."""
        if file not in self.before:
            return "", ""
        return self.before[file].text, self.mendings[file].text

    def _blame(self, made: list[ChangeSet], problem: str) -> None:
        """Refuse the one that was made alone; of several, make half as many at once."""
        if len(made) > 1:
            self.most = len(made) // 2
            return
        for one in made:
            self.mendings[one.own].refuse(one.finding, f"{TAKEN_BACK}{problem}")


def guilty(made: Sequence[ChangeSet], harm: Callable[[Sequence[ChangeSet]], str]) -> ChangeSet:
    """Return the one of several that do harm which does it alone, if there is such a one.

    Halves are asked until one is left; where the first does no harm it is looked for in the second.
    """
    while len(made) > 1:
        half = len(made) // 2
        made = made[:half] if harm(made[:half]) else made[half:]
    return made[0]


def _only(verdict: Verdict, codes: frozenset[str]) -> Verdict:
    """Return what some rules say."""
    findings = tuple(finding for finding in verdict.findings if finding.code in codes)
    return Verdict(findings, tuple(crash for crash in verdict.crashes if crash.code in codes))
