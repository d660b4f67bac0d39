"""The last line of a run: what was found, what can be fixed, what was not seen, how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from turnstay_lint.engine.checking.report import Report, Tally
from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.findings import Applicability
from turnstay_lint.reporters.columns import printable


def last_line(
    report: Report, *, dry: bool = False, fixing: bool = False, fix_only: bool = False
) -> str:
    """Return the line that counts: what fixes would do (``dry``) or did, and what is left.

    With ``fix_only`` nobody asks what is left.
    """
    found = () if fix_only else (_found(report, dry=dry, fixing=fixing),)
    parts = [
        *_fixed(report, dry=dry, fixing=fixing),
        *found,
        *_unseen(report),
        f"{report.seconds:.2f} s",
    ]
    return ", ".join(parts)


def _fixed(report: Report, *, dry: bool, fixing: bool) -> Iterator[str]:
    if dry or fixing:
        verb = "would fix" if dry else "fixed"
        yield f"{verb} {report.fixed} in {_counted(len(report.changes), 'file')}"


def _found(report: Report, *, dry: bool, fixing: bool) -> str:
    count = len(report.findings)
    safe, unsafe = report.fixable(Applicability.SAFE), report.fixable(Applicability.UNSAFE)
    fixable = f"{safe} fixable with --fix" + (
        f", {unsafe} more with --unsafe-fixes" if unsafe else ""
    )
    files = _counted(report.files, "file")
    left = " left" if fixing and not dry else ""
    return f"{_counted(count, 'finding')}{left} in {files}" + (f" ({fixable})" if count else "")


def _unseen(report: Report) -> Iterator[str]:
    if report.unread:
        yield f"{report.unread} could not be read"
    if report.crashes:
        yield f"{_counted(len({crash.code for crash in report.crashes}), 'rule')} failed"
    if report.faults:
        yield f"the fixes of {_counted(len(report.faults), 'file')} failed"
    if report.unwritable:
        yield f"{len(report.unwritable)} could not be written"
    if report.unanalyzable:
        yield f"{report.unanalyzable} could not be analysed"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}" + ("" if count == 1 else "s")


def problems(report: Report, *, verbose: bool = False) -> Iterator[str]:
    """Yield a line for everything that went wrong; ``verbose`` adds where a rule failed."""
    yield from map(printable, report.recovered)
    for place in (*report.unreadable, *report.unwritable):
        yield printable(f"{place.path}: {place.reason}")
    for fault in report.faults:
        yield printable(f"{fault.path}: {fault.reason}; they were taken back. Please report this")
    for crash in dict.fromkeys(report.crashes):
        what = f"the fix of {crash.code}" if crash.fixing else crash.code
        yield printable(
            f"{crash.path}: {what} failed ({crash.error}); "
            "the other rules went on. Please report this"
        )
        if verbose:
            yield from (printable(f"    {call}") for call in crash.trace.splitlines())


def fixes_made(report: Report, *, dry: bool = False) -> Iterator[str]:
    """Yield which fixes were made in which file, and what became of each rule's."""
    for change in report.changes:
        counts = Counter((finding.code, finding.name) for finding in change.applied)
        moved = f", moved from {displayed(change.moved_from)}" if change.moved_from else ""
        yield printable(f"{change.name}{moved}:")
        for (code, name), count in sorted(counts.items()):
            yield f"    {count} × {code} ({name})"
        shared = Counter((finding.code, finding.path) for finding in change.shared)
        for (code, path), count in sorted(shared.items()):
            yield printable(f"    {count} × {code} of {path}")
    if report.fixes:
        yield "by rule:"
    for fixes in report.fixes:
        yield f"    {fixes.code} ({fixes.name}): {', '.join(_tallied(fixes, dry))}"


def _tallied(fixes: Tally, dry: bool) -> Iterator[str]:
    if fixes.applied:
        yield f"{fixes.applied} {'to apply' if dry else 'applied'}"
    if fixes.skipped:
        yield f"{fixes.skipped} skipped"
    if fixes.refused:
        yield f"{fixes.refused} refused"
