"""The files of a run while they are put right, and what holds some of them together.

Fixes of one file come first, in all files at once; where none is left come those that change
several. What is changed in a service after such a change set may rest on it, so that all of it is
taken back, and written, together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from msgspec import Struct, field

from turnstay_lint.engine.checking.report import Change
from turnstay_lint.engine.checking.run import Examined, displayed
from turnstay_lint.engine.mending.black_style import is_installed
from turnstay_lint.engine.mending.change_sets import ChangeSet
from turnstay_lint.engine.mending.mending import Mending, bolder
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.blaming import SeenIn
from turnstay_lint.engine.repairing.looks import Kind, Looks
from turnstay_lint.engine.repairing.proving import Proving, verdicts
from turnstay_lint.engine.repairing.reaching import OutOfReach, reached
from turnstay_lint.engine.repairing.rounds import Rounds
from turnstay_lint.engine.repairing.steps import Step, take_steps
from turnstay_lint.engine.repairing.trials import Trials
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import Root, read_source
from turnstay_lint.engine.services.service import Service
from turnstay_lint.findings import Finding
from turnstay_lint.source.content import content_of


class Work(Struct, dict=True):
    """The files that have something to fix, by absolute path, and how far each is.

    A run changes ``files`` and no others; it may create some below ``folders``. Where somebody is
    ``asked`` before each fix, none is made again that was taken back. ``first`` is what was found
    before any; ``seen_in`` looks again at some files alone.
    """

    options: Options
    wanted: Callable[[Finding], bool]
    files: list[str]
    folders: list[Path]
    seen_in: SeenIn
    look: Callable[..., Examined]
    asked: bool = False
    mendings: dict[str, Mending] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)
    together: dict[Root, set[str]] = field(default_factory=dict)
    first: dict[str, Verdict] = field(default_factory=dict)
    together_before: dict[Root, set[str]] = field(default_factory=dict)
    kind: Kind = Kind.STEPS
    _seen: Examined | None = None

    @cached_property
    def rounds(self) -> Rounds:
        """Return the change sets that are made and not yet proven."""
        return Rounds(self.mendings)

    @cached_property
    def trials(self) -> Trials:
        """Return whose rules are tried one after another."""
        return Trials(self.mendings, self.together, self.root_of)

    def present(self) -> list[str]:
        """Return the files of the run that are there as it stands now."""
        gone = {file for file, mending in self.mendings.items() if not mending.exists}
        created = {file for file, mending in self.mendings.items() if mending.created}
        return sorted(({*self.files} | created) - gone)

    def root_of(self, file: str) -> Root:
        """Return the root of the service that a file belongs to."""
        return self.service(file).root

    def service(self, file: str) -> Service:
        """Return the service that a file belongs to."""
        return self.options.services.of(Path(file))

    @cached_property
    def looks(self) -> Looks:
        """Return what is looked at again after each round."""
        return Looks(self, partial(self.look, work=self))

    @cached_property
    def proving(self) -> Proving:
        """Return what holds the fixes against what they must not do."""
        return Proving(self, self.seen_in)

    def begin(self, examined: Examined) -> None:
        """Remember what was found before any fix."""
        self.first = self.first or verdicts(examined)

    def proven(self, examined: Examined) -> Examined:
        """Take back the change sets that did harm; returns what is found in the files then."""
        seen, self._seen = self._seen, None
        if seen is None:
            return examined
        before = self.looks.before
        if before is not None and before.examined is not seen:
            # Whether this round did harm, or what came before it, shows only in a look at all.
            harmful = self.rounds.harmful(verdicts(seen), verdicts(examined))
            return self.looks.return_to(before) if harmful else examined
        return self.proving.change_sets(seen, examined)

    def wanted_at_all(self, finding: Finding) -> bool:
        """Tell whether one of a finding's fixes is wanted."""
        return self.wanted(finding) or self.wanted(bolder(finding))

    def mend(self, examined: Examined) -> set[str]:
        """Make one step in every file that has something to fix; returns those that changed."""
        self.begin(examined)
        self.kind = Kind.STEPS
        return (
            self._steps(examined)
            or self._change_sets(examined)
            # Where a change set was refused, a finding may have a smaller fix.
            or self._steps(examined)
        )

    def _steps(self, examined: Examined) -> set[str]:
        steps = [
            step
            for file, judged in examined.judged.items()
            if any(map(self.wanted, judged.verdict.findings))
            and (step := self._step(file, judged.verdict)).todo
        ]
        if not steps:
            return set()
        before = {step.file: step.mending.text for step in steps}
        self.mendings |= take_steps(steps, examined.projects, self.options, "fixing")
        return self.proving.steps(before, examined)

    def polish(self) -> set[str]:
        """Let black see the files that were fixed, if it is here; returns those that it changed."""
        fresh = {f: m for f, m in self.mendings.items() if m.touched and m.polished != m.text}
        if not fresh or not is_installed():
            return set()
        self.kind = Kind.LAYOUT
        before = {file: mending.text for file, mending in fresh.items()}
        steps = [self._polishing(file, mending) for file, mending in fresh.items()]
        self.mendings |= take_steps(steps, {}, self.options, "formatting")
        return {file for file, text in before.items() if self.mendings[file].text != text}

    def take_back(self, examined: Examined) -> set[str]:
        """Make files what they were in which fixes did what they must not; returns those."""
        self.kind = Kind.STEPS
        return self.proving.all(examined)

    def _polishing(self, file: str, mending: Mending) -> Step:
        service = self.service(file)
        return Step(file, mending, (), service.root, service.configuration.settings)

    def _step(self, file: str, verdict: Verdict) -> Step:
        service = self.service(file)
        mending = self.opened(file, verdict)
        todo = tuple(f for f in self.todo(file, verdict) if not _is_change_set(f))
        return Step(file, mending, todo, service.root, service.configuration.settings)

    def todo(self, file: str, verdict: Verdict) -> list[Finding]:
        """Return the findings of a file whose fixes are to be made."""
        todo = self.opened(file, verdict).todo(verdict, self.wanted)
        return [finding for finding in todo if self.trials.admit(file, finding)]

    def opened(self, file: str, verdict: Verdict) -> Mending:
        """Return a file as it stands now, the first time as it was found."""
        if file not in self.mendings:
            given = self.options.contents
            content = given[file] if file in given else content_of(file)
            source = read_source(self.root_of(file), file, content)
            self.before[file], self.mendings[file] = content, Mending.of(source, verdict)
        return self.mendings[file]

    def _change_sets(self, examined: Examined) -> set[str]:
        """Make what change sets meet no others; returns the files that changed."""
        wanted = [
            one
            for file, judged in examined.judged.items()
            if any(
                self.wanted(f) and _is_change_set(f) for f in map(bolder, judged.verdict.findings)
            )
            for finding in filter(_is_change_set, self.todo(file, judged.verdict))
            if (one := self.change_set(file, finding, examined)) is not None
        ]
        roots = {self.root_of(one.own) for one in wanted}
        fresh = roots - self.together.keys() - self.trials.begun.keys()
        if fresh and self.looks.stale:
            return set()
        if fresh and (failed := self.proving.before_change_sets(examined, fresh)):
            return failed
        done = self.options.progress(len(wanted), "fixing several files at once")
        self.together_before = {root: {*files} for root, files in self.together.items()}
        changed = self.rounds.make(wanted, done)
        self._seen = examined if changed else None
        self.kind = Kind.SETS if changed else self.kind
        for file in changed:
            self.together.setdefault(self.root_of(file), set()).add(file)
        return changed

    def change_set(self, file: str, finding: Finding, examined: Examined) -> ChangeSet | None:
        """Return a finding's fix with all its files, or None where they are out of reach."""
        try:
            return reached(self, file, finding, examined)
        except OutOfReach as reason:
            self.mendings[file].refuse(finding, str(reason))
            return None

    def bind(self, changed: set[str]) -> None:
        """Let files that fixes changed be written together, if some are already or must be."""
        for root in {self.root_of(file) for file in changed}:
            own = {file for file in changed if self.root_of(file) == root}
            if len(own) > 1 or root in self.together:
                self.together.setdefault(root, set()).update(own)

    def gone(self) -> frozenset[str]:
        """Return the files that are somewhere else by now."""
        return frozenset(file for file, mending in self.mendings.items() if mending.gone)

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of every file as it stands now."""
        return {file: self._content(file) for file, m in self.mendings.items() if m.exists}

    def _content(self, file: str) -> bytes:
        """Of a text that is what it was the bytes are, however its encoding would write it."""
        mending = self.mendings[file]
        before = self.before.get(mending.moved_from or file)
        if before is not None and mending.text == mending.origin.text:
            return before
        return mending.content()

    def changes(self) -> list[Change]:
        """Return the files whose bytes are others than before."""
        return [
            Change(
                file,
                displayed(file),
                self.before.get(mending.moved_from or file),
                self._content(file),
                tuple(mending.applied),
                tuple(mending.shared),
                str(root.folder) if file in self.together.get(root, ()) else "",
                mending.moved_from,
            )
            for file, mending in sorted(self.mendings.items())
            if mending.exists and self._content(file) != self.before.get(file)
            for root in (self.root_of(file),)
        ]


def _is_change_set(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.is_change_set
