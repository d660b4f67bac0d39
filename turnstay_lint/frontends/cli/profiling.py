"""Where the time of a run went, as a table for standard error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnstay_lint.engine.configuring.registry import rule_named
from turnstay_lint.engine.services.timing import Spent, Timings

_WIDTH = 44


def table(timings: Timings) -> Iterator[str]:
    """Yield the lines: stages in their order, then what was done to files, the longest first."""
    yield f"{'stage':<{_WIDTH}}{'seconds':>9}"
    for name, seconds in timings.stages.items():
        yield f"{name:<{_WIDTH}}{seconds:>9.3f}"
    yield from _spent("of all processes", timings.steps)
    yield from _spent("rule", {_named(code): spent for code, spent in timings.rules.items()})


def _spent(heading: str, parts: Mapping[str, Spent]) -> Iterator[str]:
    if not parts:
        return
    yield ""
    yield f"{heading:<{_WIDTH}}{'seconds':>9}{'files':>8}"
    for name, spent in sorted(parts.items(), key=lambda item: -item[1].seconds):
        yield f"{name:<{_WIDTH}}{spent.seconds:>9.3f}{spent.files:>8}"


def _named(code: str) -> str:
    rule = rule_named(code)
    return f"{code} {rule.name}" if rule is not None else code
