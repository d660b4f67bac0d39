"""Where words stand in a file's text, found without a tree and many at a time.

``str.find`` of each word goes over a text some twenty times as fast as one pattern of them all.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable

from turnstay_lint.source.file import SourceFile


def occurrences(
    source: SourceFile,
    words: Iterable[str],
    *,
    before: str = "",
    after: re.Pattern[str] | None = None,
) -> list[int]:
    """Return the offsets at which whole words stand, in order.

    Only those count with ``before``, which ends with no letter, right before them, and ``after``
    matching right after.
    """
    text, skipped = source.text, len(before)
    found = []
    for word in source.words.intersection(words):
        sought = before + word
        at = text.find(sought)
        while at >= 0:
            end = at + len(sought)
            if (before or not _is_inside(text[at - 1 : at])) and (
                not _is_inside(text[end : end + 1]) and (after is None or after.match(text, end))
            ):
                found.append(at + skipped)
            at = text.find(sought, end)
    return sorted(found)


def speaks_of(source: SourceFile, words: Iterable[str], statement: ast.stmt) -> bool:
    """Tell whether one of the words stands, whole, in the lines of a statement."""
    text, starts = source.text, source.lines.starts
    start = starts[min(statement.lineno, len(starts)) - 1]
    after = statement.end_lineno or statement.lineno
    stop = starts[after] if after < len(starts) else len(text)
    for word in words:
        at = text.find(word, start, stop)
        while at >= 0:
            end = at + len(word)
            if not (_is_inside(text[at - 1 : at]) or _is_inside(text[end : end + 1])):
                return True
            at = text.find(word, end, stop)
    return False


def _is_inside(letter: str) -> bool:
    """Tell whether a pattern's ``\\w`` matches it, in less time."""
    return letter.isalnum() or letter == "_"


def stands_in(offsets: list[int], source: SourceFile, statement: ast.stmt | ast.expr) -> bool:
    """Tell whether one of the offsets, which are in order, lies in the lines of a statement.

    The decorators of a function are no part of it, and stand in lines of their own.
    """
    if not offsets:
        return False
    starts = source.lines.starts
    line, after = statement.lineno, statement.end_lineno or statement.lineno
    first = bisect_left(offsets, starts[line - 1] if line <= len(starts) else starts[-1])
    if first == len(offsets):
        return False
    return after >= len(starts) or offsets[first] < starts[after]
