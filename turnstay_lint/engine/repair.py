"""All files of a run put right: round after round, because what one file says bears on others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.discovery import Unreadable
from turnstay_lint.engine.fixing import MOST_ROUNDS, endless, wants
from turnstay_lint.engine.lint import Verdict
from turnstay_lint.engine.mending import Mending
from turnstay_lint.engine.report import Change, Report
from turnstay_lint.engine.run import (
    Examined,
    Options,
    discovered,
    displayed,
    examine,
    report_of,
    without_collector,
)
from turnstay_lint.engine.service import read_source
from turnstay_lint.engine.steps import Step, take_steps
from turnstay_lint.engine.verification import Reverted
from turnstay_lint.engine.writing import CannotWrite, write
from turnstay_lint.findings import Finding


def repair(
    paths: Iterable[Path], options: Options, *, unsafe_too: bool = False, dry: bool = False
) -> Report:
    """Make the fixes of the files that absolute paths mean, and report what is left.

    ``dry`` writes nothing and reports the findings as they are, with the changes beside them; nor
    is a file written that ``options.contents`` stand for.
    Raises ConfigurationError for a configuration that cannot be meant.
    """
    begun = time.perf_counter()
    files, unreadable = discovered(paths, options)
    with without_collector():
        first, last, changes = _repaired(files, options, wants(unsafe_too))
    unwritable: list[Unreadable] = []
    if not dry:
        changes, unwritable = _written(changes, last, options.contents)
        failed = {Path.cwd() / place.path for place in unwritable}
        last.judged.update({f: j for f, j in first.judged.items() if Path(f) in failed})
    return replace(
        report_of(first if dry else last, begun),
        unreadable=unreadable,
        unwritable=tuple(unwritable),
        changes=tuple(changes),
        seconds=time.perf_counter() - begun,
    )


def _repaired(
    files: list[str], options: Options, wanted: Callable[[Finding], bool]
) -> tuple[Examined, Examined, list[Change]]:
    """Examine and fix until nothing changes; give what was found first, what last, the changes.

    Every round makes what fixes it can in all files, and then looks at all of them again: one
    project, joined once, is enough for a round.
    """
    first = last = examine(files, options)
    work = _Work(options, wanted)
    for number in count():
        changed = work.mend(last) if number < MOST_ROUNDS else work.give_up(last)
        changed = changed or work.take_back(last)
        if not changed:
            break
        last = _examined_again(files, changed, last, options, work.contents())
    return first, work.explained(last), work.changes()


def _examined_again(
    files: list[str],
    changed: set[str],
    last: Examined,
    options: Options,
    contents: Mapping[str, bytes],
) -> Examined:
    """Look again at what changed, and at all of a service that was looked at as a whole."""
    roots = {last.roots[file] for file in changed} & set(last.projects)
    again = [file for file in files if file in changed or last.roots[file] in roots]
    known = {file: said for file, said in last.surveyed.items() if file not in changed}
    newer = examine(again, replace(options, contents={**options.contents, **contents}), known)
    return replace(
        last,
        judged={**last.judged, **newer.judged},
        projects={**last.projects, **newer.projects},
        surveyed={**last.surveyed, **newer.surveyed},
    )


class _Work(Struct):
    """The files that have something to fix, and how far each is."""

    options: Options
    wanted: Callable[[Finding], bool]
    mendings: dict[str, Mending] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)

    def mend(self, examined: Examined) -> set[str]:
        """Make one step in every file that has something to fix; returns those that changed."""
        steps = [
            step
            for file, judged in examined.judged.items()
            if any(map(self.wanted, judged.verdict.findings))
            and (step := self._step(file, judged.verdict)).todo
        ]
        if not steps:
            return set()
        before = {step.file: step.mending.text for step in steps}
        self.mendings |= take_steps(steps, examined.projects, self.options.jobs)
        return {file for file, text in before.items() if self.mendings[file].text != text}

    def _step(self, file: str, verdict: Verdict) -> Step:
        service = self.options.services.of(Path(file))
        if file not in self.mendings:
            given = self.options.contents
            content = given[file] if file in given else Path(file).read_bytes()
            source = read_source(service.root, file, content)
            self.before[file], self.mendings[file] = content, Mending.of(source, verdict)
        mending = self.mendings[file]
        todo = tuple(mending.todo(verdict, self.wanted))
        return Step(file, mending, todo, service.root, service.configuration.settings)

    def take_back(self, examined: Examined) -> set[str]:
        """Make files what they were in which fixes did what they must not; returns those."""
        failed = set()
        for file, mending in self.mendings.items():
            try:
                mending.verify(examined.judged[file].verdict)
            except Reverted as problem:
                mending.take_back(problem)
                failed.add(file)
        return failed

    def give_up(self, examined: Examined) -> set[str]:
        """Make files what they were whose fixes have no end; returns those."""
        failed = {
            file: mending
            for file, mending in self.mendings.items()
            if mending.todo(examined.judged[file].verdict, self.wanted)
        }
        for mending in failed.values():
            mending.take_back(endless())
        return set(failed)

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of every file as it stands now."""
        return {file: mending.content() for file, mending in self.mendings.items()}

    def explained(self, examined: Examined) -> Examined:
        """Let findings say why their fix was not made."""
        left = {
            file: replace(
                examined.judged[file],
                verdict=mending.left(examined.judged[file].verdict, self.wanted),
            )
            for file, mending in self.mendings.items()
        }
        return replace(examined, judged={**examined.judged, **left})

    def changes(self) -> list[Change]:
        """Return the files whose bytes are others than before."""
        return [
            Change(file, displayed(file), self.before[file], after, tuple(mending.applied))
            for file, mending in sorted(self.mendings.items())
            if (after := mending.content()) != self.before[file]
        ]


def _written(
    changes: list[Change], examined: Examined, given: Mapping[str, bytes]
) -> tuple[list[Change], list[Unreadable]]:
    """Write every change of a file on disk; one that cannot be written stops no other."""
    made, unwritable = [], []
    for change in changes:
        tree = examined.roots[change.file].folder
        try:
            if change.file not in given:
                write(Path(change.file), change.before, change.after, tree)
        except CannotWrite as error:
            unwritable.append(Unreadable(change.name, str(error)))
        else:
            made.append(change)
    return made, unwritable
