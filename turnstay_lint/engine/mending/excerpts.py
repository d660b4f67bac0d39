"""The places at which a text became another, and the statements around them.

Lines count from 0, and the last of a place is the first one past it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from turnstay_lint.source.file import UnparsableSource, parse

Place = tuple[int, int]
Block = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

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


class Excerpt(Struct, frozen=True):
    """Some lines of a text, and headers to put ``above`` them that say in what blocks they lie."""

    place: Place
    above: str = ""


def statements(text: str, places: Iterable[Place]) -> list[Place]:
    """Return the lines of the module's statements that some places have a part in."""
    bounds = list(_bounds(parse(text).body))
    found: list[Place] = []
    for place in sorted(places):
        for lines in bounds:
            if meets(lines, [place]) and lines not in found:
                found.append(lines)
    return [one.place for one in _merged(Excerpt(place) for place in found)]


def excerpts(text: str, places: Iterable[Place]) -> list[Excerpt]:
    """Return the statements at some places with one more on both sides, as deep as those lie.

    None begins with what would be a docstring there and is none, or in the middle of a line. Of a
    class or function only a part of the body may be there, but never a text or ``...`` alone.
    """
    body, lines = parse(text).body, text.split("\n")
    whole = 0, len(lines)
    return _merged(
        Excerpt((begin, _end(place, body, whole[1])), above)
        for place in places
        for begin, above in (_begin(place, body, lines),)
    )


def _merged(found: Iterable[Excerpt]) -> list[Excerpt]:
    """Put together what meets or touches; it lies as deep as its beginning does."""
    merged: list[Excerpt] = []
    for one in sorted(found, key=lambda one: one.place):
        if merged and one.place[0] <= merged[-1].place[1]:
            before = merged.pop()
            last = max(before.place[1], one.place[1])
            one = Excerpt((before.place[0], last), before.above)
        merged.append(one)
    return merged


def _begin(place: Place, body: list[ast.stmt], lines: Sequence[str]) -> tuple[int, str]:
    """Return where the nearest statement above a place begins, and the headers of its blocks."""
    begin, above, headers = 0, "", ""
    while True:
        bounds = list(_bounds(body))
        first = max((n for n, where in enumerate(bounds) if where[1] <= place[0]), default=-1)
        while first > 0 and (_is_text(body[first]) or bounds[first][0] < bounds[first - 1][1]):
            first -= 1
        if first > 0 or (first == 0 and headers):
            begin, above = _last_of(body[first], headers, lines)
        block = _block_around(place[0], body, bounds)
        if block is None or place[0] < _lines_of(block.body[0])[0] or not _is_apart(block, lines):
            return begin, above
        headers += _header(block, lines)
        body = block.body


_HEADERS: dict[type[ast.stmt], str] = {
    ast.ClassDef: "class _:",
    ast.FunctionDef: "def _():",
    ast.AsyncFunctionDef: "async def _():",
}


def _header(block: Block, lines: Sequence[str]) -> str:
    line = lines[block.lineno - 1]
    return f"{line[: len(line) - len(line.lstrip())]}{_HEADERS[type(block)]}\n"


def _is_apart(block: Block, lines: Sequence[str]) -> bool:
    """Tell whether the body of a block begins on a line of its own."""
    first = block.body[0]
    return not lines[_lines_of(first)[0]][: first.col_offset].strip()


def _last_of(statement: ast.stmt, headers: str, lines: Sequence[str]) -> tuple[int, str]:
    """Return where the last statement begins of what ends with a statement, and its headers."""
    while isinstance(statement, Block) and _is_apart(statement, lines):
        last = statement.body[-1]
        alone = all(end <= _lines_of(last)[0] for _, end in _bounds(statement.body[:-1]))
        if _is_text(last) or not alone:
            break
        headers += _header(statement, lines)
        statement = last
    return _lines_of(statement)[0], headers


def _end(place: Place, body: list[ast.stmt], end: int) -> int:
    """Return where the nearest statement below a place ends, else where the text does."""
    while True:
        bounds = list(_bounds(body))
        below = (n for n, where in enumerate(bounds) if where[0] >= place[1])
        last = _enough(min(below, default=len(bounds)), body, bounds)
        if last < len(bounds):
            end = _first_of(body[last])
        block = _block_around(place[1], body, bounds)
        if block is None:
            return end
        body = block.body


def _enough(last: int, body: list[ast.stmt], bounds: list[Place]) -> int:
    """Return the first statement from one on that a block may end with."""
    while last + 1 < len(bounds) and (
        _is_text(body[last]) or bounds[last + 1][0] < bounds[last][1]
    ):
        last += 1
    return last


def _first_of(statement: ast.stmt) -> int:
    """Return where the first statement ends of what begins with a statement."""
    while isinstance(statement, Block):
        statement = statement.body[_enough(0, statement.body, list(_bounds(statement.body)))]
    return _lines_of(statement)[1]


def _block_around(line: int, body: list[ast.stmt], bounds: list[Place]) -> Block | None:
    """Return the class or function that a line is within, and not its first."""
    for statement, (first, last) in zip(body, bounds, strict=True):
        if first < line < last and isinstance(statement, Block):
            return statement
    return None


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
    return map(_lines_of, body)


def _lines_of(statement: ast.stmt) -> Place:
    decorators = getattr(statement, "decorator_list", [])
    first = min(node.lineno for node in (statement, *decorators))
    return first - 1, statement.end_lineno or first


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
