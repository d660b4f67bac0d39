"""A statement laid out as black lays out its brackets.

Black puts a statement on one line where it fits, else what stands in its last brackets on a line
of its own, else one element on each line with a comma after the last; the elements of a list, a
tuple or a dict always so, and a comma that is already after the last keeps brackets spread. Only
that is known here. A statement that black would break otherwise (at operators, around comments,
in several strings) is left as it is, and so is one that was not laid out so before.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from keyword import iskeyword

from msgspec import Struct, field

_OPENING = "([{"
_CLOSING = ")]}"
_INDENT = "    "


class _Unknown(Exception):
    """A statement that black lays out by rules that are not known here."""


class _Brackets(Struct):
    """Brackets with their elements; ``comma`` where one stands after the last element.

    ``called`` tells those of a call from those of a tuple, whose only comma cannot go.
    """

    opening: str
    called: bool = False
    elements: list[list[_Part]] = field(default_factory=list)
    closing: str = ""
    comma: bool = False

    @property
    def flat(self) -> str:
        inner = ", ".join(_flat(element) for element in self.elements)
        return f"{self.opening}{inner}{',' if self.comma and self.alone else ''}{self.closing}"

    @property
    def alone(self) -> bool:
        """Tell whether this would be a tuple of one."""
        return self.opening == "(" and not self.called and len(self.elements) == 1


_Part = str | _Brackets


def relaid(before: str, after: str, indent: str, width: int, tail: str = "") -> str:
    """Return ``after`` laid out anew if ``before`` was laid out so, else ``after`` as it is.

    Both are a statement's text from its first character, ``indent`` what stands before it, and
    ``tail`` the comment behind it with its spaces, which black counts too.
    """
    try:
        if laid_out(before, indent, width, tail) != before:
            return after
        return laid_out(after, indent, width, tail)
    except (_Unknown, tokenize.TokenError, IndentationError, SyntaxError):
        return after


def moved(statement: str, inner: str, outer: str, width: int) -> str | None:
    """Return a statement as it is laid out at another indent, or None where that is not known."""
    try:
        if laid_out(statement, inner, width) != statement:
            return None
        return laid_out(statement, outer, width)
    except (_Unknown, tokenize.TokenError, IndentationError, SyntaxError):
        return None


def laid_out(statement: str, indent: str, width: int, tail: str = "") -> str:
    """Return a statement in black's layout, its first line without its indent."""
    parts = _read(statement)
    lines = "\n".join(_lines(parts, indent, width, tail))
    return lines.removeprefix(indent).removesuffix(tail)


def _read(statement: str) -> list[_Part]:
    """Return a statement as text and brackets, the line ends in brackets taken out."""
    stack: list[_Brackets] = [_Brackets("", elements=[[]])]
    end = (1, 0)
    for token in _tokens(statement):
        if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
            continue
        if token.type in (tokenize.COMMENT, tokenize.INDENT) or "\n" in token.string:
            raise _Unknown
        gap = " " if token.start[0] == end[0] and token.start[1] > end[1] else ""
        broken = token.start[0] > end[0]
        end = token.end
        _take(stack, token.string, gap, broken)
    if len(stack) != 1:
        raise _Unknown
    return stack[0].elements[0]


def _tokens(statement: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a statement, an f-string as one, as Python had it before 3.12."""
    lines = statement.splitlines()
    starts: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(statement).readline):
        name = tokenize.tok_name[token.type]
        if name.endswith("STRING_START"):
            starts.append(token)
        elif name.endswith("STRING_END"):
            first = starts.pop()
            if first.start[0] != token.end[0]:
                raise _Unknown
            if not starts:
                text = lines[first.start[0] - 1][first.start[1] : token.end[1]]
                kind = tokenize.STRING
                yield tokenize.TokenInfo(kind, text, first.start, token.end, token.line)
        elif not starts:
            yield token


def _take(stack: list[_Brackets], text: str, gap: str, broken: bool) -> None:
    """Add one token to the innermost brackets."""
    inside = stack[-1]
    if broken and len(stack) == 1:
        raise _Unknown
    if text in _CLOSING and len(stack) > 1:
        if not inside.elements[-1]:
            inside.elements.pop()
            inside.comma = bool(inside.elements)
        inside.closing = text
        stack.pop()
        return
    if text == "," and len(stack) > 1:
        inside.elements.append([])
        return
    element = inside.elements[-1] if inside.elements else []
    if not inside.elements:
        inside.elements.append(element)
    if broken and element:
        raise _Unknown
    if gap and element:
        element.append(gap)
    if text in _OPENING:
        brackets = _Brackets(text, bool(element) and _is_callable(element[-1]), [[]])
        element.append(brackets)
        stack.append(brackets)
    else:
        element.append(text)


def _is_callable(part: _Part) -> bool:
    return isinstance(part, _Brackets) or (part.isidentifier() and not iskeyword(part))


def _flat(parts: list[_Part]) -> str:
    return "".join(part if isinstance(part, str) else part.flat for part in parts)


def _is_spread(parts: list[_Part]) -> bool:
    """Tell whether a comma after a last element keeps something in here on several lines."""
    for part in parts:
        if isinstance(part, _Brackets):
            if (part.comma and not part.alone) or any(_is_spread(e) for e in part.elements):
                return True
    return False


def _lines(parts: list[_Part], indent: str, width: int, tail: str) -> Iterator[str]:
    """Yield the lines of a statement or an element, with ``tail`` behind it."""
    line = indent + _flat(parts) + tail
    if len(line) <= width and not _is_spread(parts):
        yield line
        return
    last = max((n for n, part in enumerate(parts) if isinstance(part, _Brackets)), default=-1)
    if last < 0:
        yield line
        return
    brackets = parts[last]
    assert isinstance(brackets, _Brackets)
    head = parts[:last]
    if not brackets.elements or _is_spread(head) or any(_is_operator(part) for part in parts):
        raise _Unknown
    yield indent + _flat(head) + brackets.opening
    yield from _body(brackets, indent + _INDENT, width)
    yield indent + brackets.closing + _flat(parts[last + 1 :]) + tail


def _is_operator(part: _Part) -> bool:
    """Black breaks at operators before it breaks brackets; assignment is none."""
    return isinstance(part, str) and part in (
        "+", "-", "*", "/", "%", "|", "&", "and", "or", "not", "in", "is", "if", "else", "for",
        "==", "!=", "<", ">", "<=", ">=", "lambda", "await",
    )  # fmt: skip


def _body(brackets: _Brackets, indent: str, width: int) -> Iterator[str]:
    inner = ", ".join(_flat(element) for element in brackets.elements)
    literal = not brackets.called and len(brackets.elements) > 1
    spread = brackets.comma or literal or any(_is_spread(e) for e in brackets.elements)
    if len(indent) + len(inner) <= width and not spread:
        yield indent + inner
        return
    alone = len(brackets.elements) == 1 and not brackets.comma
    for element in brackets.elements:
        yield from _lines(element, indent, width, "" if alone else ",")
