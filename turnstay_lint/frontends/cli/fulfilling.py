"""The answer to what was asked: a run, its report, its exit status."""

from __future__ import annotations

import sys
from pathlib import Path

from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.configuring.selection import ConfigurationError, codes_of
from turnstay_lint.engine.keeping.replaying import Call, Said
from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.services.service import Services
from turnstay_lint.engine.services.timing import Timings
from turnstay_lint.frontends.cli.progress import Progress
from turnstay_lint.frontends.cli.request import Request

_CHOICES = ("--select", "--ignore", "--fixable", "--unfixable")


def answer(request: Request, call: Call | None = None) -> int:
    """Do what was asked; returns the exit status. Raises ConfigurationError.

    What is said to a ``call`` is kept, to be said again.
    """
    _hold_to_known_revision(request)
    from turnstay_lint.frontends.cli.showing import Showing

    hold_to_known_rules(request.select, request.ignore, request.fixable, request.unfixable)
    services = Services(
        request.config,
        request.isolated,
        request.select,
        request.ignore,
        request.fixable,
        request.unfixable,
        request.since,
        request.fix_history,
    )
    form = request.output_format or services.configuration_of(Path.cwd()).output_format
    progress = Progress(wanted=not request.quiet)
    options = Options(
        services,
        force_exclude=request.force_exclude,
        jobs=request.jobs,
        contents={str(request.stdin): sys.stdin.buffer.read()} if request.stdin else {},
        progress=progress.start,
        holding=[],
        caching=request.caching(call),
        looked=Looked() if call is not None else None,
        timings=Timings() if request.profile else None,
    )
    try:
        report = _report(request, options, progress)
    finally:
        progress.wipe()
    showing = Showing(request, form, options)
    with options.stage("report"):
        showing.show(report)
    if options.timings is not None:
        from turnstay_lint.frontends.cli.profiling import table

        print("\n".join(table(options.timings)), file=sys.stderr)
    status = report.exit_status(
        exit_zero=request.exit_zero,
        diff=request.diff,
        fix_only=request.fix_only,
        non_zero_on_fix=request.exit_non_zero_on_fix,
    )
    if call is not None:
        from turnstay_lint.frontends.cli.recording import keep_answer

        keep_answer(call, request, options, report, Said(showing.tape, status))
    return status


def hold_to_known_rules(*choices: tuple[str, ...]) -> None:
    """Raise ConfigurationError for a word of the command line that speaks of no rule."""
    for where, words in zip(_CHOICES, choices, strict=True):
        for word in words:
            codes_of(word, where)


def _hold_to_known_revision(request: Request) -> None:
    """Raise ConfigurationError where git does not know the revision of ``--since``."""
    if not request.since:
        return
    from turnstay_lint.engine.keeping.git import Unknown, knows

    for path in request.paths:
        folder = path if path.is_dir() else path.parent
        try:
            known = knows(str(folder), request.since)
        except Unknown as reason:
            raise ConfigurationError(f"--since {request.since}: {reason}") from None
        if not known:
            raise ConfigurationError(f"--since {request.since}: git knows no such revision here")


def _report(request: Request, options: Options, progress: Progress) -> Report:
    if not request.fixes:
        return check(request.paths, options)
    from turnstay_lint.engine.repairing.repair import repair

    terminal = None
    if request.interactive:
        from turnstay_lint.frontends.cli.asking import Terminal

        terminal = Terminal(progress)
    report = repair(
        request.paths,
        options,
        unsafe_too=request.unsafe_fixes,
        dry=request.diff,
        asker=terminal,
    )
    if terminal is not None and terminal.has_quit:
        kept = f"{report.fixed} fix" + ("" if report.fixed == 1 else "es")
        print(f"quit; kept: {kept}, made in {len(report.changes)} of {report.files} files")
    return report
