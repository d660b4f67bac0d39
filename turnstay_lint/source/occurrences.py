"""Where words stand in a file's text, found without a tree and many at a time.

``str.find`` of each word goes over a text some twenty times as fast as one pattern of them all.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex

_INSIDE = regex(r"\w")


def occurrences(
    source: SourceFile,
    words: Iterable[str],
    *,
    before: str = "",
    after: re.Pattern[str] | None = None,
) -> list[int]:
    """Return the offsets at which whole words stand, in order.

    Only those count with ``before`` right before them, and ``after`` matching right after.
    """
    text = source.text
    found = []
    for word in source.words.intersection(words):
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if (
                not _INSIDE.match(text, end)
                and (at == 0 or not _INSIDE.match(text, at - 1))
                and (not before or text.endswith(before, 0, at))
                and (after is None or after.match(text, end))
            ):
                found.append(at)
            at = text.find(word, end)
    return sorted(found)


def stands_in(offsets: list[int], source: SourceFile, statement: ast.stmt | ast.expr) -> bool:
    """Tell whether one of the offsets, which are in order, lies in the lines of a statement.

    The decorators of a function are no part of it, and stand in lines of their own.
    """
    if not offsets:
        return False
    starts = source.lines.starts
    first = bisect_left(offsets, starts[min(statement.lineno, len(starts)) - 1])
    if first == len(offsets):
        return False
    after = statement.end_lineno or statement.lineno
    return after >= len(starts) or offsets[first] < starts[after]
