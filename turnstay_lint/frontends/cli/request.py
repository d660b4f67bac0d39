"""What was asked on the command line, and the answer: a run, its report, its exit status."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import Struct

from turnstay_lint.engine.report import Report
from turnstay_lint.engine.run import Options, check
from turnstay_lint.engine.selection import codes_of
from turnstay_lint.engine.service import Services
from turnstay_lint.frontends.cli.progress import Progress


class Request(Struct, frozen=True, kw_only=True, dict=True):
    """The options of a check; ``paths`` are absolute, ``stdin`` is what ``-`` stands for."""

    paths: tuple[Path, ...]
    stdin: Path | None = None
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    output_format: str | None = None
    statistics: bool = False
    show_fixes: bool = False
    config: Path | None = None
    isolated: bool = False
    force_exclude: bool = False
    jobs: int | None = None
    exit_zero: bool = False
    verbose: bool = False
    quiet: bool = False


def answer(request: Request) -> int:
    """Do what was asked; returns the exit status. Raises ConfigurationError."""
    from turnstay_lint.frontends.cli.showing import Showing

    for where, words in (("--select", request.select), ("--ignore", request.ignore)):
        for word in words:
            codes_of(word, where)
    services = Services(request.config, request.isolated, request.select, request.ignore)
    form = request.output_format or services.configuration_of(Path.cwd()).output_format
    progress = Progress(wanted=not request.quiet)
    options = Options(
        services,
        force_exclude=request.force_exclude,
        jobs=request.jobs,
        contents={str(request.stdin): sys.stdin.buffer.read()} if request.stdin else {},
        progress=progress.start,
    )
    try:
        report = _report(request, options)
    finally:
        progress.wipe()
    Showing(request, form, options).show(report)
    return report.exit_status(exit_zero=request.exit_zero, diff=request.diff)


def _report(request: Request, options: Options) -> Report:
    if not (request.fix or request.diff):
        return check(request.paths, options)
    from turnstay_lint.engine.repair import repair

    return repair(request.paths, options, unsafe_too=request.unsafe_fixes, dry=request.diff)
