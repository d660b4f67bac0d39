"""All files of a run put right: round after round, because what one file says bears on others."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from turnstay_lint.engine.discovery import Unreadable
from turnstay_lint.engine.fixing import Fixed, fix, wants
from turnstay_lint.engine.lint import Verdict
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
from turnstay_lint.engine.survey import Judged
from turnstay_lint.engine.writing import CannotWrite, write
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project

_MOST_ROUNDS = 10


@dataclass(slots=True)
class _Repair:
    """What stands for each changed file, and which fixes led there."""

    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    applied: dict[str, list[Finding]] = field(default_factory=dict)

    def changes(self) -> list[Change]:
        """Return the files whose bytes are others than before."""
        return [
            Change(file, displayed(file), self.before[file], after, tuple(self.applied[file]))
            for file, after in sorted(self.after.items())
            if after != self.before[file]
        ]


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
        first, last, made = _repaired(files, options, unsafe_too)
    changes = made.changes()
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
    files: list[str], options: Options, unsafe_too: bool
) -> tuple[Examined, Examined, _Repair]:
    """Examine and fix until nothing changes; give what was found first, what last, and the work."""
    made = _Repair()
    first = examine(files, options)
    last = replace(first, judged=dict(first.judged))
    for _ in range(_MOST_ROUNDS):
        changed = {file for file in last.judged if _fix_file(file, last, made, options, unsafe_too)}
        # Another file's findings can change only where the service was looked at as a whole.
        roots = {last.roots[file] for file in changed} & set(last.projects)
        again = [file for file in files if last.roots[file] in roots]
        if not again:
            break
        contents = {**options.contents, **made.after}
        known = {file: said for file, said in last.surveyed.items() if file not in changed}
        newer = examine(again, replace(options, contents=contents), known)
        last = replace(
            last,
            judged={**last.judged, **newer.judged},
            projects={**last.projects, **newer.projects},
            surveyed={**last.surveyed, **newer.surveyed},
        )
    return first, last, made


def _fix_file(
    file: str, examined: Examined, made: _Repair, options: Options, unsafe_too: bool
) -> bool:
    """Fix one file, if it has anything to fix; tell whether its bytes are others now."""
    wanted = wants(unsafe_too)
    judged = examined.judged[file]
    if not any(map(wanted, judged.verdict.findings)):
        return False
    service = options.services.of(Path(file))
    settings = service.configuration.settings
    contents = {**options.contents, **made.after}
    content = contents[file] if file in contents else Path(file).read_bytes()
    source = read_source(service.root, file, content)
    project = examined.projects.get(service.root) or Project((), settings)
    fixed = fix(source, project, settings, service.rules_for(file), wanted)
    try:
        after = source.origin.encode(fixed.text)
    except UnicodeEncodeError as error:
        fixed, after = _taken_back(judged, str(error), unsafe_too), content
    examined.judged[file] = Judged(fixed.left, judged.unanalyzable)
    made.before.setdefault(file, content)
    made.after[file] = after
    made.applied.setdefault(file, []).extend(fixed.applied)
    return after != content


def _taken_back(judged: Judged, problem: str, unsafe_too: bool) -> Fixed:
    wanted = wants(unsafe_too)
    reason = f"the file's encoding cannot say the result: {problem}"
    findings = tuple(
        replace(f, fix=None, unfixable=reason) if wanted(f) else f for f in judged.verdict.findings
    )
    return Fixed("", (), Verdict(findings, judged.verdict.crashes), reason)


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
