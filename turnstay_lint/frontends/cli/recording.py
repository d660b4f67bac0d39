"""What a check said is kept, so that it can be said again while nothing has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.keeping.git import Unknown
from turnstay_lint.engine.keeping.replaying import Asked, Call, Said, keep_said
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.frontends.cli.request import Request


def keep_answer(call: Call, request: Request, options: Options, report: Report, said: Said) -> None:
    """Keep what a call was answered, if all that it rests on is known."""
    if not _can_be_told(request, options, report) or options.looked is None:
        return
    looked = options.looked
    services = options.services.met
    roots = [(service.root.folder, service.root.base) for service in services]
    named = (path if path.is_dir() else path.parent for path in request.paths)
    looked.files |= {str(path) for path in request.paths}
    if request.config is not None:
        looked.files.add(str(Path.cwd() / request.config))
    paths = looked.paths(roots, (Path.cwd(), *named)) - _own(call)
    stamps = looked.stamped(paths, call.begun)
    if stamps is not None:
        keep_said(call, said, stamps, _asked(looked.said))


def _own(call: Call) -> set[str]:
    """Return the folder of answers itself, which changes with each; nothing else in it counts."""
    ignoring = Path(call.folder, ".gitignore")
    try:
        return {os.path.normpath(call.folder)} if ignoring.read_text() == "*\n" else set()
    except OSError:
        return set()


def _can_be_told(request: Request, options: Options, report: Report) -> bool:
    """Tell whether the same call has the same answer as long as files are the same."""
    is_asked_of_the_run = request.verbose or request.profile
    is_plain = not (request.fixes or request.stdin or request.since or is_asked_of_the_run)
    is_whole = not (report.crashes or report.unreadable or report.unwritable or report.recovered)
    caching = options.caching
    return is_plain and is_whole and caching is not None and not caching.notes


def _asked(said: Mapping[tuple[str, str], str | Unknown]) -> list[Asked]:
    return [
        (folder, revision, "", str(answer))
        if isinstance(answer, Unknown)
        else (folder, revision, answer, "")
        for (folder, revision), answer in said.items()
    ]
