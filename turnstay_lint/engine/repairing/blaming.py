"""Whose fixes did harm to files that they did not change, found by making files what they were.

That costs a look at the harmed files alone, with the rules that show the harm, for each half of the
files that were changed, and for each rule of the one that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.mending.fixing import fix
from turnstay_lint.engine.mending.verification import new_codes, new_failure
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.project.project import Project

if TYPE_CHECKING:
    from turnstay_lint.engine.checking.run import Examined
    from turnstay_lint.engine.mending.mending import Mending
    from turnstay_lint.engine.repairing.work import Work
    from turnstay_lint.engine.services.roots import Root

SeenIn = Callable[
    [Mapping[str, frozenset[str]], set[str], "Examined", "Work"], Mapping[str, Verdict]
]
"""Gives what some rules, by file, say of files, where some are not what they were when examined."""

_MANY = 20
"""In so many harmed files it is not sought who harmed them one by one."""


class Blaming(Struct, frozen=True):
    """The search in one service, whose files are as they were ``examined``."""

    work: Work
    root: Root
    examined: Examined
    seen_in: SeenIn

    def barred(self, harmed: Mapping[str, Verdict]) -> dict[str, dict[str, str]] | None:
        """Return by file the rules whose fixes there harmed others, with how, None if not known.

        ``harmed`` is what is said of those now, but for what does not count.
        """
        if len(harmed) > _MANY:
            return None
        found: dict[str, dict[str, str]] = {}
        for file, verdict in harmed.items():
            harm = _Harm.of(file, self.work.first[file], verdict)
            guilty = self._guilty(harm)
            if not guilty:
                return None
            reasons = dict.fromkeys(self._codes(guilty, harm), harm.problem)
            found[guilty] = found.get(guilty, {}) | reasons
        return found

    def _guilty(self, harm: _Harm) -> str:
        """Return the file that does no harm as it was, while all others stand as they do."""
        mendings = self.work.mendings
        suspects = sorted(
            file
            for file, m in mendings.items()
            if m.touched and self.work.root_of(file) == self.root
        )
        while len(suspects) > 1:
            half = suspects[: len(suspects) // 2]
            harmless = self._is_harmless(harm, {file: as_found(mendings[file]) for file in half})
            suspects = half if harmless else suspects[len(half) :]
        alone = {file: as_found(mendings[file]) for file in suspects}
        return suspects[0] if suspects and self._is_harmless(harm, alone) else ""

    def _codes(self, file: str, harm: _Harm) -> Sequence[str]:
        """Return the rules without one of whose fixes a file does no harm, or all of its rules."""
        mending = self.work.mendings[file]
        codes = sorted({finding.code for finding in (*mending.applied, *mending.shared)})
        if len(codes) > 1 and not mending.shared:
            for code in codes:
                if self._is_harmless(harm, {file: self._made_without(file, code)}):
                    return [code]
        return codes

    def _made_without(self, file: str, code: str) -> Mending:
        service, mending = self.work.service(file), self.work.mendings[file]
        settings, source = service.configuration.settings, mending.original()
        project = self.examined.projects.get(self.root) or Project((), settings)
        made = fix(
            source,
            project.with_source(source),
            settings,
            service.rules_for(file),
            lambda f: self.work.wanted(f) and f.code != code and f.code not in mending.barred,
        )
        return replace(as_found(mending), text=made.text, applied=list(made.applied))

    def _is_harmless(self, harm: _Harm, instead: Mapping[str, Mending]) -> bool:
        """Tell whether harm does not come while some files are others."""
        mendings = self.work.mendings
        stand = {file: mendings[file] for file in instead}
        mendings.update(instead)
        try:
            seen = self.seen_in({harm.file: harm.codes}, {*instead}, self.examined, self.work)
        finally:
            mendings.update(stand)
        return not harm.comes(seen.get(harm.file, Verdict(())))


class _Harm(Struct, frozen=True):
    """What came to a file that no fix changed: the rules that show it, and what was said before."""

    file: str
    had: Verdict
    codes: frozenset[str]
    problem: str

    @classmethod
    def of(cls, file: str, had: Verdict, now: Verdict) -> _Harm:
        new, failed = new_codes(had, now), new_failure(had, now)
        codes = frozenset(new.split(", ")) if new else {crash.code for crash in now.crashes}
        said = f"a new finding would appear in {displayed(file)}: {new}" if new else failed
        return cls(file, had, frozenset(codes), said)

    def comes(self, verdict: Verdict) -> bool:
        """Tell whether a verdict of the rules that show it does so."""
        findings = tuple(finding for finding in self.had.findings if finding.code in self.codes)
        had = replace(self.had, findings=findings)
        return bool(new_codes(had, verdict) or new_failure(had, verdict))


def as_found(mending: Mending) -> Mending:
    """Return a file as it was before any fix, or as one that is not there."""
    return replace(
        mending, text=mending.origin.text, applied=[], shared=[], gone=False, moved_from=""
    )
