"""How much of a service is looked at again after a round of fixes.

What single files' fixes changed is looked at alone until those have come to an end, and so is what
few change sets changed. Then all of the service is looked at once. Where that shows what may be
harm, it is as it was before the change sets that no such look had followed, and from then on a look
at all of it follows each round.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import new_codes, new_failure

if TYPE_CHECKING:
    from turnstay_lint.engine.checking.run import Examined
    from turnstay_lint.engine.repairing.work import Work
    from turnstay_lint.engine.services.roots import Root

_MANY = 8
"""Where a round of change sets changed one of so many files, all are looked at after it."""


class Kind(Enum):
    """What changed files last."""

    STEPS = "fixes of single files, or what took some back"
    SETS = "fixes that change several"
    LAYOUT = "nothing but how they are laid out"


class Before(Struct, frozen=True):
    """All files as they were, what was found in them, and which were held together."""

    mendings: dict[str, Mending]
    examined: Examined
    together: dict[Root, set[str]]


class Looks(Struct):
    """The looks of one run; ``look`` gives what is found when some files are looked at again.

    It is ``stale`` where what some files say may bear on others that were not looked at since.
    """

    work: Work
    look: Callable[[Collection[str], Collection[str], Examined], Examined]
    stale: bool = False
    careful: bool = False
    before: Before | None = None

    def after(self, changed: set[str], kind: Kind, last: Examined) -> Examined:
        """Look again after some files were ``changed``."""
        careful = self.careful or self.work.asked or bool(self.work.trials.begun)
        several = kind is Kind.SETS and len(changed) * _MANY > len(last.judged)
        if careful or (several and not self.stale):
            self.stale = False
            self.before = None if careful else self.before
            return self.look(changed, last.judged, last)
        if kind is Kind.LAYOUT:
            return self.look(changed, changed | _showing(changed, last), last)
        if kind is Kind.SETS and self.before is None:
            self.before = self._now(last)
        self.stale = True
        return self.look(changed, changed, last)

    def all(self, last: Examined) -> Examined:
        """Look at everything; where that shows harm, all is again what it was before."""
        now = self.look((), last.judged, last)
        self.stale = False
        if self.before is not None and _harmed(last, now):
            return self.return_to(self.before)
        self.before = None
        return now

    def return_to(self, before: Before) -> Examined:
        """Make all files what they were, to look at everything after each round from there on."""
        self.careful, self.stale, self.before = True, False, None
        self.work.mendings.clear()
        self.work.mendings.update(before.mendings)
        self.work.together.clear()
        self.work.together.update(before.together)
        return before.examined

    def _now(self, last: Examined) -> Before:
        """Return what was before the last round of change sets."""
        mendings, earlier = self.work.mendings, self.work.rounds.before
        there = {file: earlier.get(file, mending) for file, mending in mendings.items()}
        together = {root: {*files} for root, files in self.work.together_before.items()}
        return Before({file: m.snapshot() for file, m in there.items()}, last, together)


def _showing(changed: set[str], last: Examined) -> set[str]:
    """Return the files whose findings show lines of some others."""
    paths = {last.roots[file].path_of(file) for file in changed if file in last.roots}
    return {
        file
        for file, judged in last.judged.items()
        if any(place.path in paths for f in judged.verdict.findings for place in f.related)
    }


def _harmed(last: Examined, now: Examined) -> bool:
    return any(
        new_codes(last.judged[file].verdict, judged.verdict)
        or new_failure(last.judged[file].verdict, judged.verdict)
        for file, judged in now.judged.items()
        if file in last.judged
    )
