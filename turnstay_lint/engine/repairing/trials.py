"""Harm that one file's fixes cannot be blamed for alone: whose in the service brought it?

It shows in a file which no fix changed, or in one of several that are changed together. Then all
files of the service go back to what they were, and its rules get their turn one after another: the
fixes of one join those that did no harm, and where harm comes they go again; if it came to a file
that they changed, first those in that file alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import new_codes, new_failure
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import Root
from turnstay_lint.findings import Finding


class Trial(Struct):
    """One service's rules in their turn: ``pending`` begins with the one that is tried.

    ``kept`` are the files as the fixes of the ``trusted`` ones left them.
    """

    pending: list[str]
    trusted: set[str] = field(default_factory=set)
    kept: dict[str, Mending] = field(default_factory=dict)
    together: set[str] = field(default_factory=set)


class Trials(Struct):
    """The trials of one run; ``mendings`` are its files by absolute path."""

    mendings: dict[str, Mending]
    together: dict[Root, set[str]]
    root_of: Callable[[str], Root]
    begun: dict[Root, Trial] = field(default_factory=dict)

    def admit(self, file: str, finding: Finding) -> bool:
        """Tell whether it is the turn of a finding's rule."""
        trial = self.begun.get(self.root_of(file)) if self.begun else None
        return trial is None or finding.code in {*trial.trusted, *trial.pending[:1]}

    def harmed_files(
        self, before: Mapping[str, Verdict], after: Mapping[str, Verdict]
    ) -> dict[Root, dict[str, str]]:
        """Return by service the files that no fix changed and that came to harm, and what harm."""
        found: dict[Root, dict[str, str]] = {}
        for file, had in before.items():
            verdict = after.get(file, had)
            if verdict is had or (file in self.mendings and self.mendings[file].touched):
                continue
            if new := new_codes(had, verdict):
                said = f"a new finding would appear in {displayed(file)}: {new}"
            elif failed := new_failure(had, verdict):
                said = f"{failed} in {displayed(file)}"
            else:
                continue
            found.setdefault(self.root_of(file), {})[file] = said
        return {root: files for root, files in found.items() if self._changed(root)}

    def harmed(
        self, before: Mapping[str, Verdict], after: Mapping[str, Verdict]
    ) -> dict[Root, str]:
        """Return the services in which a file that no fix changed came to harm, and what harm."""
        found = self.harmed_files(before, after)
        return {root: list(files.values())[-1] for root, files in found.items()}

    def take_back(self, harmed: Mapping[Root, str]) -> set[str]:
        """Make all files of services what they were; returns those that were changed."""
        files = {file: problem for root, problem in harmed.items() for file in self._changed(root)}
        for file, problem in files.items():
            self.mendings[file].take_back(problem)
        return set(files)

    def settle(self, harmed: Mapping[Root, str]) -> set[str]:
        """Judge what was made while nothing more was to do; returns files to look at again."""
        again: set[str] = set()
        for root in harmed:
            if root not in self.begun:
                again |= self._begin(root)
        for root, trial in self.begun.items():
            if root in harmed and not again & set(self._files(root)):
                again |= self._bar(root, trial, harmed[root])
            elif trial.pending and not again & set(self._files(root)):
                again |= self._trust(root, trial)
        return again

    def blame(self, root: Root, failed: Mapping[str, str]) -> set[str]:
        """Take back a service in which fixes failed in some files, with what the problem was.

        Returns the files to look at again; none where there is nobody left to blame.
        """
        trial = self.begun.get(root)
        if trial is not None and not trial.pending:
            return set()
        tried = {code for file in failed for code in self.mendings[file].tried}
        for file in failed:
            self.mendings[file].begin_anew({})
        if trial is None:
            return self._begin(root, also=tried)
        file = min(failed)
        if trial.pending[0] in self.mendings[file].barred:
            return self._bar(root, trial, f"{displayed(file)}: {failed[file]}")
        return self._bar(root, trial, failed[file], only=file)

    def _files(self, root: Root) -> list[str]:
        return [file for file in self.mendings if self.root_of(file) == root]

    def _changed(self, root: Root) -> list[str]:
        return [file for file in self._files(root) if self.mendings[file].touched]

    def _begin(self, root: Root, also: Iterable[str] = ()) -> set[str]:
        files = self._files(root)
        codes = {*also, *(code for file in files for code in self._codes(file))}
        self.begun[root] = Trial(sorted(codes))
        self.together.pop(root, None)
        for file in files:
            if not self.mendings[file].problem:
                self.mendings[file].begin_anew({})
        return set(files)

    def _codes(self, file: str) -> Iterable[str]:
        mending = self.mendings[file]
        return (finding.code for finding in (*mending.applied, *mending.shared))

    def _trust(self, root: Root, trial: Trial) -> set[str]:
        files = self._files(root)
        trial.trusted.add(trial.pending.pop(0))
        trial.kept = {file: self.mendings[file].snapshot() for file in files}
        trial.together = {*self.together.get(root, ())}
        return set(files) if trial.pending else set()

    def _bar(self, root: Root, trial: Trial, problem: str, only: str = "") -> set[str]:
        """Leave out the fixes of the rule that is tried, in all files or in ``only`` one."""
        files = self._files(root)
        if not trial.pending:
            return set()
        reason = {(trial.pending[0] if only else trial.pending.pop(0)): problem}
        for file in files:
            barred = self.mendings[file].barred | (reason if only in ("", file) else {})
            if file in trial.kept:
                self.mendings[file] = trial.kept[file].snapshot()
            elif not self.mendings[file].problem:
                self.mendings[file].begin_anew({})
            self.mendings[file].barred = barred
        self.together[root] = {*trial.together}
        return set(files)
