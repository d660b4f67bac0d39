"""What fixes did to a service, held against what they must not do, and taken back where they did.

First it is sought whose fixes did it, so that only those are left out; where that is not found, all
files that are held together are taken back, or a service's rules are tried one after another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.mending.fixing import endless
from turnstay_lint.engine.mending.isolation import to_bar
from turnstay_lint.engine.mending.verification import Reverted
from turnstay_lint.engine.repairing.blaming import Blaming, SeenIn
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.project.project import Project

if TYPE_CHECKING:
    from turnstay_lint.engine.checking.run import Examined
    from turnstay_lint.engine.repairing.work import Work
    from turnstay_lint.engine.services.roots import Root


class Proving(Struct):
    """Holds what became of the files of a run; ``seen_in`` looks again at some of them alone."""

    work: Work
    seen_in: SeenIn

    def change_sets(self, seen: Examined, examined: Examined) -> Examined:
        """Take back the change sets that did harm; returns what is found in the files then.

        They were made of what was ``seen``.
        """

        def look(codes: Mapping[str, frozenset[str]], changed: set[str]) -> Mapping[str, Verdict]:
            self.work.options.progress(1, "looking for what did harm")()
            return self.seen_in(codes, changed, seen, self.work)

        harmful = self.work.rounds.prove(verdicts(seen), verdicts(examined), look)
        return seen if harmful else examined

    def steps(self, before: Mapping[str, str], examined: Examined) -> set[str]:
        """Let files in which steps failed begin anew; returns those that are others than before.

        ``before`` are the texts of those in which steps were made.
        """
        work = self.work
        failed = {file for file in before if work.mendings[file].problem}
        anew = {file for file in failed if self._begun_anew(file, examined)}
        changed = {file for file, text in before.items() if work.mendings[file].text != text}
        for file in changed - failed:
            work.together.get(work.root_of(file), set()).add(file)
        return changed | anew | self._isolated(failed - anew)

    def before_change_sets(self, examined: Examined, roots: set[Root]) -> set[str]:
        """Take back in services what fixes did wrong before a change set rests on it.

        What is left to be fixed is not held against them yet. Returns the files that changed.
        """
        return self._failed(examined, roots) or self._blamed(examined, roots)

    def all(self, examined: Examined) -> set[str]:
        """Make files what they were in which fixes did what they must not; returns those.

        What fixes did to files that they did not change is found out only when those are good.
        """
        return self._failed(examined) or self._blamed(examined) or self._tried(examined)

    def give_up(self, examined: Examined) -> set[str]:
        """Make files what they were whose fixes have no end; returns those."""
        failed = {
            file: mending
            for file, mending in self.work.mendings.items()
            if file in examined.judged
            and mending.todo(examined.judged[file].verdict, self.work.wanted)
        }
        for mending in failed.values():
            mending.take_back(endless())
        return self._with_all_together(set(failed))

    def _failed(self, examined: Examined, alone: Collection[Root] = ()) -> set[str]:
        """Take back files whose own fixes did what they must not; returns those.

        Those of services that are ``alone`` are looked at before a change set rests on them, and
        no others then.
        """
        work = self.work
        failed: set[str] = set()
        anew: set[str] = set()
        done = work.options.progress(len(work.mendings), "proving the fixes")
        for file, mending in work.mendings.items():
            done()
            if file not in examined.judged or (alone and work.root_of(file) not in alone):
                continue
            left = examined.judged[file].verdict
            try:
                mending.verify(self._for_good(file, left) if alone else left, self._came_too(file))
            except Reverted as problem:
                mending.take_back(problem)
                begun = self._begun_anew(file, examined)
                if alone and not begun:
                    # What change sets do to the file goes on without what was done to it alone.
                    mending.begin_anew(dict.fromkeys(mending.tried, str(problem)))
                (anew if alone or begun else failed).add(file)
        return anew | self._isolated(failed)

    def _for_good(self, file: str, verdict: Verdict) -> Verdict:
        """Leave out of a verdict what there are fixes for that are yet to be made."""
        mending = self.work.mendings.get(file)
        findings = tuple(
            finding
            for finding in verdict.findings
            if not self.work.wanted_at_all(finding)
            or (mending is not None and not mending.waits(finding, self.work.wanted))
        )
        return replace(verdict, findings=findings)

    def _came_too(self, file: str) -> Counter[str]:
        """Return the comments that files gained which change together with one that lost some."""
        mending = self.work.mendings[file]
        if not mending.touched or not mending.comments[0]:
            return Counter()
        mendings, together = self.work.mendings, self.work.together.values()
        beside = {f for files in together if file in files for f in files} - {file}
        made = (mendings[f] for f in beside & mendings.keys() if mendings[f].touched)
        return sum((one.comments[1] for one in made), Counter[str]())

    def _begun_anew(self, file: str, examined: Examined) -> bool:
        """Name the rules whose fixes failed in a file, and let the others' be made again."""
        work, service = self.work, self.work.service(file)
        if work.asked or file in work.together.get(service.root, ()):
            return False
        barred = to_bar(
            work.mendings[file],
            examined.projects.get(service.root) or Project((), service.configuration.settings),
            service.configuration.settings,
            service.rules_for(file),
            work.wanted,
        )
        if barred:
            work.mendings[file].begin_anew(barred)
        return bool(barred)

    def _blamed(self, examined: Examined, alone: Collection[Root] = ()) -> set[str]:
        """Let files begin anew without the rules whose fixes there did harm to other files.

        Returns those; none where it is not known whose, or where they are held together.
        """
        work = self.work
        if work.asked:
            return set()
        now = verdicts(examined)
        if alone:
            now = {file: self._for_good(file, verdict) for file, verdict in now.items()}
        changed: set[str] = set()
        for root, files in work.trials.harmed_files(work.first, now).items():
            if root in work.trials.begun or (alone and root not in alone):
                continue
            blaming = Blaming(work, root, examined, self.seen_in)
            barred = blaming.barred({file: now[file] for file in files})
            if barred is None or barred.keys() & work.together.get(root, set()):
                continue
            for file, reasons in barred.items():
                work.mendings[file].begin_anew(reasons)
                changed.add(file)
        return changed

    def _tried(self, examined: Examined) -> set[str]:
        """Look at the files that no fix changed, and whose fixes did them harm."""
        harmed = self.work.trials.harmed(self.work.first, verdicts(examined))
        if not self.work.asked:
            return self.work.trials.settle(harmed)
        return self._with_all_together(self.work.trials.take_back(harmed))

    def _isolated(self, failed: set[str]) -> set[str]:
        """Let a service begin anew, rule by rule, where files failed that are held together.

        Where that was done already, they are taken back; returns the files that changed.
        """
        work = self.work
        again: set[str] = set()
        for root in {work.root_of(file) for file in failed} if not work.asked else ():
            own = {f: work.mendings[f].problem for f in failed if work.root_of(f) == root}
            if root in work.trials.begun or work.together.get(root, set()) & own.keys():
                again |= work.trials.blame(root, own)
        return again | self._with_all_together(failed - again)

    def _with_all_together(self, failed: set[str]) -> set[str]:
        """Take back what may rest on files that were taken back; returns all of them."""
        for files in self.work.together.values():
            if not failed & files:
                continue
            first = self.work.mendings[min(failed & files)]
            for file in files - failed:
                self.work.mendings[file].take_back(f"{first.path}: {first.problem}")
            failed = failed | files
            files.clear()
        return failed


def verdicts(examined: Examined) -> dict[str, Verdict]:
    """Return what the rules say of each file."""
    return {file: judged.verdict for file, judged in examined.judged.items()}
