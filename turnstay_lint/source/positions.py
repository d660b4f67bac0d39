"""Where a thing stands in a file: the one module that does arithmetic on columns.

Three vocabularies meet here. ``ast`` counts columns in UTF-8 bytes, libcst and our findings in
code points, flake8 and the command line show code points from 1. Lines count from 1 everywhere,
and end where Python's tokenizer ends them (``\\n``, ``\\r\\n``, ``\\r``), not where
``str.splitlines`` would.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from itertools import accumulate

from msgspec import Struct

from turnstay_lint.source.patterns import regex

_LINE_END = regex(r"\r\n|\r|\n")


class Span(Struct, frozen=True, order=True, array_like=True):
    """A stretch of a file: lines from 1, columns from 0 in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> tuple[int, int]:
        """Return the first position, as (line, column)."""
        return self.line, self.column

    @property
    def end(self) -> tuple[int, int]:
        """Return the position after the last one, as (line, column)."""
        return self.end_line, self.end_column

    def holds(self, other: Span) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


class LineMap:
    """The lines of one text, and the way from (line, column) to an offset and back."""

    __slots__ = ("_ascii", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] | None = None
        self._ascii = text.isascii()

    @property
    def starts(self) -> list[int]:
        """Return the offset at which each line begins; nobody need ask where all is ASCII."""
        if self._starts is None:
            if "\r" in self.text:
                self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
            else:
                lines = self.text.split("\n")[:-1]
                self._starts = [0, *accumulate([len(line) + 1 for line in lines])]
        return self._starts

    def line(self, number: int) -> str:
        """Return line ``number`` (from 1) without its line end; empty past the last line."""
        if not 1 <= number <= len(self.starts):
            return ""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    @property
    def count(self) -> int:
        """Return how many lines there are; the empty rest after a last line end is none."""
        return len(self.starts) - (self.starts[-1] == len(self.text))

    def offset(self, line: int, column: int) -> int:
        """Return the offset into the text of a line (from 1) and column (code points, from 0)."""
        if line > len(self.starts):
            return len(self.text)
        return min(self.starts[line - 1] + column, len(self.text))

    def position(self, offset: int) -> tuple[int, int]:
        """Return line (from 1) and column (code points, from 0) of an offset into the text."""
        index = bisect_right(self.starts, offset) - 1
        return index + 1, offset - self.starts[index]

    def offsets(self, span: Span) -> tuple[int, int]:
        """Return where a span starts and ends, as offsets into the text."""
        return self.offset(*span.start), self.offset(*span.end)

    def code_points(self, line: int, byte_column: int) -> int:
        """Return the column in code points of a column that ``ast`` counted in UTF-8 bytes."""
        if self._ascii:
            return byte_column
        head = self.line(line)
        if head.isascii():
            return byte_column
        return len(head.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "replace"))

    def span(self, node: ast.AST) -> Span:
        """Return the span of an ``ast`` node that has a position."""
        located: ast.expr = node  # type: ignore[assignment]
        if self._ascii and located.end_lineno and located.end_col_offset is not None:
            return Span(
                located.lineno, located.col_offset, located.end_lineno, located.end_col_offset
            )
        end_line = located.end_lineno or located.lineno
        end_column = located.end_col_offset
        return Span(
            located.lineno,
            self.code_points(located.lineno, located.col_offset),
            end_line,
            self.code_points(end_line, end_column if end_column is not None else 0),
        )
