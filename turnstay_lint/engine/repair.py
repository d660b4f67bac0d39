"""All files of a run put right: round after round, because what one file says bears on others."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from msgspec.structs import replace

from turnstay_lint.engine.delivery import delivered
from turnstay_lint.engine.discovery import Unreadable
from turnstay_lint.engine.fixing import MOST_ROUNDS, wants
from turnstay_lint.engine.mending import bolder
from turnstay_lint.engine.report import Report
from turnstay_lint.engine.run import (
    Examined,
    Options,
    discovered,
    examine,
    report_of,
    without_collector,
)
from turnstay_lint.engine.work import Work


def repair(
    paths: Iterable[Path], options: Options, *, unsafe_too: bool = False, dry: bool = False
) -> Report:
    """Make the fixes of the files that absolute paths mean, and report what is left.

    ``dry`` writes nothing and reports the findings as they are, with the changes beside them; nor
    is a file written that ``options.contents`` stand for.
    Raises ConfigurationError for a configuration that cannot be meant.
    """
    begun = time.perf_counter()
    paths = list(paths)
    found = discovered(paths, options)
    work = Work(options, wants(unsafe_too), found.files, [path for path in paths if path.is_dir()])
    with without_collector():
        first, last = _repaired(work, options)
    changes = work.changes()
    unwritable: list[Unreadable] = []
    if not dry:
        changes, unwritable = delivered(changes, last, options.contents)
        failed = {Path.cwd() / place.path for place in unwritable}
        last.judged.update({f: j for f, j in first.judged.items() if Path(f) in failed})
    report = report_of(first if dry else last, begun)
    if dry and unsafe_too:
        report = replace(report, findings=tuple(map(bolder, report.findings)))
    return replace(
        report,
        unreadable=found.unreadable,
        unwritable=(*found.unwritable, *unwritable),
        recovered=found.recovered,
        changes=tuple(changes),
        seconds=time.perf_counter() - begun,
    )


def _repaired(work: Work, options: Options) -> tuple[Examined, Examined]:
    """Examine and fix until nothing changes; give what was found first, and what last.

    Every round makes what fixes it can in all files, and then looks at all of them again: one
    project, joined once, is enough for a round.
    """
    first = last = examine(work.files, options)
    for number in count():
        changed = work.mend(last) if number < MOST_ROUNDS else work.give_up(last)
        changed = changed or work.take_back(last)
        if not changed:
            break
        last = _examined_again(changed, last, work, options)
    return first, work.explained(last)


def _examined_again(changed: set[str], last: Examined, work: Work, options: Options) -> Examined:
    """Look again at what changed, and at all of a service that was looked at as a whole."""
    files = work.present()
    roots = {work.root_of(file) for file in changed} & set(last.projects)
    again = [file for file in files if file in changed or work.root_of(file) in roots]
    known = {file: said for file, said in last.surveyed.items() if file not in changed}
    contents = {**options.contents, **work.contents()}
    newer = examine(again, replace(options, contents=contents), known)
    judged = {**last.judged, **newer.judged}
    return replace(
        last,
        judged={file: judged[file] for file in files},
        roots={**last.roots, **newer.roots},
        projects={**last.projects, **newer.projects},
        surveyed={**last.surveyed, **newer.surveyed},
    )
