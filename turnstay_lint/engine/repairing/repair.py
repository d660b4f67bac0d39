"""All files of a run put right: round after round, because what one file says bears on others."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.checking.batches import MANY_FILES, batches_of, let_go
from turnstay_lint.engine.checking.memory_use import new_collected, without_collector
from turnstay_lint.engine.checking.report import Report, together
from turnstay_lint.engine.checking.run import Examined, discovered, displayed, examine, report_of
from turnstay_lint.engine.files.rewriting import new_mark
from turnstay_lint.engine.mending.fixing import MOST_ROUNDS, wants
from turnstay_lint.engine.mending.mending import bolder
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.delivery import Deliver, delivered
from turnstay_lint.engine.repairing.revisiting import examined_again, seen_in
from turnstay_lint.engine.repairing.tallies import refusals, tallies, told
from turnstay_lint.engine.repairing.work import Work
from turnstay_lint.engine.services.at_hand import beneath
from turnstay_lint.engine.services.discovery import Unreadable
from turnstay_lint.findings import Finding

if TYPE_CHECKING:
    from turnstay_lint.engine.repairing.asking import Asker, Session


def repair(
    paths: Iterable[Path],
    options: Options,
    *,
    unsafe_too: bool = False,
    dry: bool = False,
    asker: Asker | None = None,
    deliver: Deliver | None = None,
) -> Report:
    """Make the fixes of the files that absolute paths mean, and report what is left.

    ``dry`` writes nothing and reports the findings as they are, with the changes beside them; nor
    is a file written that ``options.contents`` stand for. With an ``asker`` each fix is made when
    that says so. ``deliver`` does with the changes what is done instead of writing.
    Raises ConfigurationError for a configuration that cannot be meant.
    """
    begun = time.perf_counter()
    paths = list(paths)
    found = discovered(paths, options)
    folders = [path for path in paths if path.is_dir()]
    doing = _Doing(options, unsafe_too, dry, asker, deliver or partial(delivered, run=new_mark()))
    if len(found.files) <= MANY_FILES or asker is not None:
        report = _batch_repaired(found.files, folders, doing)
    else:
        report = _in_batches(found.files, folders, doing)
    return replace(
        report,
        unreadable=found.unreadable,
        unwritable=(*found.unwritable, *report.unwritable),
        recovered=found.recovered,
        seconds=time.perf_counter() - begun,
    )


class _Doing(Struct, frozen=True):
    """What is asked of every batch of services."""

    options: Options
    unsafe_too: bool
    dry: bool
    asker: Asker | None
    deliver: Deliver


def _in_batches(files: list[str], folders: list[Path], doing: _Doing) -> Report:
    reports = []
    for batch in batches_of(files, doing.options, MANY_FILES):
        reports.append(_batch_repaired(batch, folders, doing))
        let_go()
    report = together(reports)
    return replace(
        report,
        findings=tuple(sorted(report.findings, key=lambda finding: finding.order)),
        changes=tuple(sorted(report.changes, key=lambda change: change.file)),
    )


def _batch_repaired(files: list[str], folders: list[Path], doing: _Doing) -> Report:
    begun = time.perf_counter()
    options, dry = doing.options, doing.dry
    work = Work(
        options,
        wants(doing.unsafe_too),
        files,
        folders,
        seen_in,
        examined_again,
        doing.asker is not None,
    )
    with without_collector():
        first, last = _repaired(work, options, _session(work, doing.asker))
    explained = _explained(last, work)
    refused = _refused(last, explained)
    left = [judged.verdict for judged in explained.judged.values()]
    planned = made = work.changes()
    unwritable: list[Unreadable] = []
    if not dry:
        made, unwritable = doing.deliver(planned, last, options.contents)
    unmade = [change for change in planned if change not in made]
    if unmade:
        explained = _as_written(explained, {change.file for change in unmade}, work, options)
    report = report_of(_as_found(first, explained, refused) if dry else explained, begun)
    if dry and doing.unsafe_too:
        report = replace(report, findings=tuple(map(bolder, report.findings)))
    return replace(
        report,
        unwritable=tuple(unwritable),
        changes=tuple(made),
        fixes=tallies(made, unmade, left, chain.from_iterable(refused.values())),
        faults=tuple(_faults(work)),
    )


def _session(work: Work, asker: Asker | None) -> Session | None:
    if asker is None:
        return None
    from turnstay_lint.engine.repairing.asking import Session

    return Session(work, asker)


def _as_written(explained: Examined, unmade: set[str], work: Work, options: Options) -> Examined:
    """Look again at services of which not all could be written, for each file bears on others."""
    roots = {work.root_of(file) for file in unmade}
    judged = {f: j for f, j in explained.judged.items() if work.root_of(f) not in roots}
    there = [f for f in explained.judged if f not in judged and _is_there(f, options)]
    fresh = examine(there, options)
    for file, one in fresh.judged.items():
        if file in work.mendings and file not in unmade:
            one = replace(one, verdict=work.mendings[file].left(one.verdict, work.wanted))
        judged[file] = one
    return replace(explained, judged=judged)


def _is_there(file: str, options: Options) -> bool:
    return file in options.contents or os.path.lexists(file)


def _explained(examined: Examined, work: Work) -> Examined:
    """Let findings say why their fix was not made."""
    judged = {**examined.judged}
    for file in work.mendings.keys() & judged.keys():
        verdict = work.mendings[file].left(judged[file].verdict, work.wanted)
        judged[file] = replace(judged[file], verdict=verdict)
    return replace(examined, judged=judged)


def _faults(work: Work) -> Iterator[Unreadable]:
    """Yield the files whose fixes did what none should, and what that was."""
    for file, mending in sorted(work.mendings.items()):
        for said in dict.fromkeys(mending.faults):
            yield Unreadable(displayed(file), said)


def _refused(last: Examined, explained: Examined) -> dict[str, list[Finding]]:
    """Return the findings by file whose fixes were wanted and could not be made."""
    return {
        file: list(refusals(judged.verdict, explained.judged[file].verdict))
        for file, judged in last.judged.items()
    }


def _as_found(
    first: Examined, explained: Examined, refused: Mapping[str, list[Finding]]
) -> Examined:
    """Return what was found before any fix, with what was learnt of the fixes since."""
    judged = {}
    for file, one in first.judged.items():
        verdict = told(one.verdict, refused.get(file, ()))
        later = explained.judged[file].verdict if file in explained.judged else verdict
        failed = tuple(crash for crash in later.crashes if crash.fixing)
        judged[file] = replace(one, verdict=replace(verdict, crashes=(*verdict.crashes, *failed)))
    return replace(first, judged=judged)


def _repaired(work: Work, options: Options, session: Session | None) -> tuple[Examined, Examined]:
    """Examine and fix until nothing changes; give what was found first, and what last.

    Every round makes what fixes it can in all files, and then looks at all of them again: one
    project, joined once, is enough for a round.
    """
    with new_collected():
        last = _at_rest(examine(work.files, options))
    first = replace(last, projects={}, surveyed={})
    for number in count():
        last = work.proven(last)
        if session is not None:
            changed = session.go_on(last)
        else:
            changed = work.mend(last) if number < MOST_ROUNDS else work.proving.give_up(last)
        if not changed and work.looks.stale:
            with new_collected():
                last = _at_rest(work.looks.all(last))
            continue
        changed = changed or work.polish() or work.take_back(last)
        if not changed:
            break
        with new_collected():
            last = _at_rest(work.looks.after(changed, work.kind, last))
    return first, last


def _at_rest(examined: Examined) -> Examined:
    """Let go of the trees that were at hand, so that those of many rounds need no room."""
    for project in examined.projects.values():
        project.let_go(beneath)
    return examined
