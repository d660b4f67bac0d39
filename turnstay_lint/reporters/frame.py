"""The lines of code around a finding, with what it points at underlined."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from turnstay_lint.reporters.columns import cells
from turnstay_lint.source.positions import LineMap, Span

_BEFORE = 2
_MOST_LINES = 6
_MARGIN = 12


def frame(lines: LineMap, span: Span, width: int) -> Iterator[tuple[str, str, str]]:
    """Yield (number, code, underline) of the lines that a span touches and of two before it.

    Code is cut to a window of ``width`` columns around what is underlined. A long span is shown
    by its first lines and its last, with ``...`` for a number between them.
    """
    first = max(1, span.line - _BEFORE)
    while first < span.line and not lines.line(first).strip():
        first += 1
    last = max(span.line, min(span.end_line, lines.count))
    for number in range(first, last + 1):
        if span.line + _MOST_LINES - 2 <= number < last and last - span.line >= _MOST_LINES:
            if number == span.line + _MOST_LINES - 2:
                yield "...", "", ""
            continue
        text = lines.line(number)
        begin, end = _marked(text, number, span)
        code, underline = _windowed(text, begin, end, width)
        yield str(number), code, underline


def _marked(text: str, number: int, span: Span) -> tuple[int, int]:
    """Return from where to where a line is underlined; equal where it is not."""
    if number < span.line or number > span.end_line:
        return 0, 0
    indent = len(text) - len(text.lstrip())
    begin = span.column if number == span.line else indent
    end = span.end_column if number == span.end_line else len(text.rstrip())
    begin, end = min(begin, len(text)), min(end, len(text))
    # What is empty or lies past the end of its line still gets one mark.
    return (begin, max(end, begin + 1)) if number == span.line else (begin, end)


def _windowed(text: str, begin: int, end: int, width: int) -> tuple[str, str]:
    if text.isascii() and text.isprintable() and max(len(text), end) <= width:
        return text.rstrip(), " " * begin + "^" * (end - begin) if begin < end else ""
    shown = [*cells(text), *[(" ", 1)] * (end - len(text))]
    before = [0, *accumulate(size for _, size in shown)]
    left, right = 0, len(shown)
    if before[-1] > width:
        start = max(0, before[begin] - _MARGIN) if before[min(end, right)] > width else 0
        left = next(i for i, column in enumerate(before) if column >= start)
        while right > left and before[right] - before[left] > width:
            right -= 1
    code = "".join(character for character, _ in shown[left:right]).rstrip()
    lead = "…" if left else ""
    trail = "…" if right < len(cells(text)) else ""
    gap = before[max(begin, left)] - before[left]
    size = before[max(left, min(end, right))] - before[max(begin, left)]
    underline = " " * (gap + len(lead)) + "^" * size if begin < end else ""
    return lead + code + trail, underline
