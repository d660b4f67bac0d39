"""From paths to a report: discover, survey, join, judge."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from turnstay_lint.engine.checking.batches import MANY_FILES, examined_in_batches
from turnstay_lint.engine.checking.memory_use import keep_what_is_freed, without_collector
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.checking.run import discovered, report_of
from turnstay_lint.engine.passes.options import Options


def check(paths: Iterable[Path], options: Options | None = None) -> Report:
    """Return what the rules say of the files that absolute paths mean.

    Raises ConfigurationError for a configuration that cannot be meant.
    """
    options = options or Options()
    begun = time.perf_counter()
    with options.stage("find files"):
        found = discovered(list(paths), options)
    return replace(
        _checked(found.files, options, begun),
        unreadable=found.unreadable,
        unwritable=found.unwritable,
        recovered=found.recovered,
    )


def _checked(files: Iterable[str], options: Options, begun: float | None = None) -> Report:
    """Return what the rules say of files by their absolute paths."""
    begun = begun if begun is not None else time.perf_counter()
    keep_what_is_freed()
    with without_collector():
        examined = examined_in_batches(list(files), options, MANY_FILES)
        if options.holding is not None:
            options.holding.append(examined)
        return report_of(examined, begun)
