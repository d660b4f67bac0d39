"""The places at which a text became another, and the statements around them.

Lines count from 0, and the last of a place is the first one past it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from turnstay_lint.source.file import UnparsableSource, parse

Place = tuple[int, int]

_MANY = 2_000_000


def changed_places(before: str, after: str) -> list[tuple[Place, Place]]:
    """Return which lines of one text became which of another."""
    return changed_lines(before.split("\n"), after.split("\n"))


def changed_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[Place, Place]]:
    """Return which of some lines became which of others.

    What is alike at both ends is not compared line by line. Where very many lines are alike, which
    takes the square of their number, those are not looked for one by one.
    """
    head, tail = _alike(old, new)
    first, second = old[head : len(old) - tail], new[head : len(new) - tail]
    there = Counter(second)
    many = sum(there[line] for line in first) > _MANY
    matcher = SequenceMatcher(None, first, second, autojunk=many)
    return [
        ((head + was, head + was_end), (head + now, head + now_end))
        for tag, was, was_end, now, now_end in matcher.get_opcodes()
        if tag != "equal"
    ]


def meets(place: Place, others: Iterable[Place]) -> bool:
    """Tell whether a place has a line with others in common; of two, one without may touch."""
    return any(
        max(place[0], first) < min(place[1], last)
        or (first <= place[1] and place[0] <= last and (first == last or place[0] == place[1]))
        for first, last in others
    )


def within(place: Place, others: Iterable[Place]) -> bool:
    """Tell whether a place is a part of one of others."""
    return any(first <= place[0] and place[1] <= last for first, last in others)


def excerpts(text: str, places: Iterable[Place], *, beside: bool = True) -> list[Place]:
    """Return the lines of the module's statements at some places.

    With ``beside`` they have one more on both sides. None begins with what would be a docstring
    there and is none, or in the middle of a line.
    """
    whole = 0, text.count("\n") + 1
    body = parse(text).body
    bounds = list(_bounds(body))
    found: list[Place] = []
    for place in sorted(places):
        at = [n for n, lines in enumerate(bounds) if meets(lines, [place])]
        at += _neighbours(place, bounds) if beside else []
        if not at:
            continue
        first, end = min(at), max(at) + 1
        while first > 0 and (_is_text(body[first]) or bounds[first][0] < bounds[first - 1][1]):
            first -= 1
        while end < len(body) and bounds[end][0] < bounds[end - 1][1]:
            end += 1
        begin = bounds[first][0] if first > 0 or not beside else whole[0]
        last = bounds[end - 1][1] if end < len(body) or not beside else whole[1]
        if found and begin <= found[-1][1]:
            begin, until = found.pop()
            last = max(last, until)
        found.append((begin, last))
    return found


def _neighbours(place: Place, bounds: list[Place]) -> Place:
    """Return which statements are next to a place, or past the ends where there are none."""
    above = max((n for n, lines in enumerate(bounds) if lines[1] <= place[0]), default=0)
    below = min((n for n, lines in enumerate(bounds) if lines[0] >= place[1]), default=len(bounds))
    return above, below


def differing(before: str, after: str) -> tuple[str, str]:
    """Return parts of two texts outside of which they are the same, each of whole statements.

    They are the texts themselves where one does not parse, or has line ends of several kinds.
    """
    if "\r" in (before + after).replace("\r\n", ""):
        return before, after
    old, new = before.split("\n"), after.split("\n")
    head, tail = _alike(old, new)
    try:
        starts, others = set(_starts(parse(before).body)), set(_starts(parse(after).body))
    except UnparsableSource:
        return before, after
    more = len(new) - len(old)
    first = max((line for line in starts if line < head), default=0)
    below = (line for line in starts if line >= len(old) - tail and line + more in others)
    last = min(below, default=len(old))
    return "\n".join(old[first:last]), "\n".join(new[first : last + more])


def _starts(body: list[ast.stmt]) -> Iterator[int]:
    """Yield the lines that begin with a statement of a module, and with no end of another."""
    end = 0
    for first, last in _bounds(body):
        if first >= end:
            yield first
        end = last


def _alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are the same at both ends."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    most -= head
    return head, next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)


def _bounds(body: list[ast.stmt]) -> Iterator[Place]:
    for statement in body:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in (statement, *decorators))
        yield first - 1, statement.end_lineno or first


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
