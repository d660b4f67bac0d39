"""The difference between two texts of a file, line by line, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from click import style

from turnstay_lint.reporters.columns import printable
from turnstay_lint.source.positions import LineMap

_COLORS = {"-": "red", "+": "green", "@": "cyan"}


def difference(
    name: str, before: str | None, after: str, *, color: bool = False, around: int = 3
) -> Iterator[str]:
    """Yield the lines of a unified difference; ``before`` None is a file that is new."""
    old = "/dev/null" if before is None else f"a/{name.lstrip('/')}"
    yield _painted(f"--- {printable(old)}", color, bold=True)
    yield _painted(f"+++ b/{printable(name.lstrip('/'))}", color, bold=True)
    for line in list(unified_diff(_lines(before or ""), _lines(after), lineterm="", n=around))[2:]:
        yield _painted(line[0] + printable(line[1:]), color, _COLORS.get(line[0]))


def _lines(text: str) -> list[str]:
    lines = LineMap(text)
    return [lines.line(number) for number in range(1, lines.count + 1)]


def _painted(line: str, color: bool, hue: str | None = None, *, bold: bool | None = None) -> str:
    return style(line, fg=hue, bold=bold) if color and (hue or bold) else line
