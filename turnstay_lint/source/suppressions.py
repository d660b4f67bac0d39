"""Comments that silence findings: ``# noqa: TSL101`` and ``# turnstay: ignore[TSL101] reason``.

``# noqa`` is read exactly as flake8 reads it, so that both say the same of a file: it holds for
its physical line (a string or a backslash over several lines makes them one), its codes are
upper case and may be a code's beginning, and ``# flake8: noqa`` holds for the file.

``# turnstay: ignore[...]`` takes codes, their beginnings and names, in any case. It holds for the
whole statement that it stands in, so that one over several lines can carry it anywhere; on a line
of its own, for the statement below, with its decorators. ``# turnstay: ignore-file[...]`` holds
for the file. Without a list, all findings are silenced.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Protocol

from msgspec import Struct

from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import LineMap, Span

_NOQA = regex(
    r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?",
    re.IGNORECASE,
)
_NOQA_FILE = regex(
    r"[ \t\f]*# flake8[:=]\s*noqa(?::\s?(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?\s*$",
    re.IGNORECASE,
)
# A list that is begun and not closed silences nothing, rather than everything.
_IGNORE = regex(
    r"#\s*turnstay:\s*ignore(?P<file>-file)?(?![\w-])"
    r"(?:\s*\[(?P<codes>[^\]\[#]*)\]|\s*[:=]?\s*(?P<bare>TSL\d+(?:[,\s]+TSL\d+)*)|(?!\s*\[))",
    re.IGNORECASE,
)
_PREFIX = "TSL"
"""What all our codes begin with."""
_SEPARATOR = regex(r"[,\s]+")
_LAYOUT = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})


class Silenceable(Protocol):
    """What a comment can silence: a code, a name, and where it begins; a finding is one."""

    @property
    def code(self) -> str:
        """Return the rule's code."""

    @property
    def name(self) -> str:
        """Return the rule's name."""

    @property
    def span(self) -> Span:
        """Return where it stands."""


class Kind(Enum):
    """Whose comment it is: flake8's, which flake8 itself may handle, or ours."""

    NOQA = "noqa"
    IGNORE = "turnstay: ignore"


class Suppression(Struct, frozen=True):
    """One comment: what it silences (codes and names as written, None for all) and where.

    ``lines`` are the first and last line (from 1) that it holds for, None for the whole file;
    ``place`` is where it stands.
    """

    kind: Kind
    codes: frozenset[str] | None
    lines: tuple[int, int] | None
    place: Span

    def holds(self, finding: Silenceable) -> bool:
        """Tell whether the comment silences a finding, by where that begins and what it is."""
        if self.lines is not None and not self.lines[0] <= finding.span.line <= self.lines[1]:
            return False
        if self.codes is None:
            return True
        if self.kind is Kind.NOQA:
            return finding.code.startswith(tuple(self.codes))
        words = {word.lower() for word in self.codes}
        code = finding.code.lower()
        return finding.name in words or any(
            word.startswith("tsl") and code.startswith(word) for word in words
        )


class Suppressions(Struct, frozen=True):
    """Every comment of a file that silences something, in the order of the text."""

    every: tuple[Suppression, ...] = ()

    def silence(self, finding: Silenceable, *, noqa: bool = True) -> bool:
        """Tell whether a finding is silenced; without ``noqa``, by our own comments alone."""
        return any(
            suppression.holds(finding)
            for suppression in self.every
            if noqa or suppression.kind is not Kind.NOQA
        )


@fact
def suppressions(source: SourceFile) -> Suppressions:
    """Return what the comments of a file silence; tokenizes only files that hold such words."""
    lowered = source.text.lower()
    flake8, ours = "noqa" in lowered, "turnstay:" in lowered
    if not flake8 and not ours:
        return Suppressions()
    tokens, whole = _tokens(source.text)
    found = [*_flake8(tokens if whole else [], source.lines)] if flake8 else []
    if ours:
        found += _ours(tokens)
    return Suppressions(tuple(sorted(found, key=lambda suppression: suppression.place)))


def may_silence(source: SourceFile) -> bool:
    """Tell from the text alone whether a comment may silence one of our findings.

    Most that silence something say other tools' codes, and need not be looked for by their tokens.
    """
    lowered = source.text.lower()
    if "turnstay:" in lowered or "flake8" in lowered:
        return True
    if "noqa" not in lowered:
        return False
    said = (_listed(match["codes"]) for match in _NOQA.finditer(source.text))
    return any(codes is None or any(map(_may_be_ours, codes)) for codes in said)


def _may_be_ours(code: str) -> bool:
    return _PREFIX.startswith(code[: len(_PREFIX)])


def _tokens(text: str) -> tuple[list[tokenize.TokenInfo], bool]:
    """Return the tokens of a text, every line end one ``\\n``, and whether they are all."""
    tokens: list[tokenize.TokenInfo] = []
    try:
        tokens.extend(tokenize.generate_tokens(io.StringIO(text, newline=None).readline))
    except (tokenize.TokenError, SyntaxError):
        return tokens, False
    return tokens, True


def _flake8(tokens: Iterable[tokenize.TokenInfo], lines: LineMap) -> Iterator[Suppression]:
    """Read ``# noqa`` where flake8 looks for it, in strings too: the first of each line."""
    for first, last in _physical_lines(tokens, lines.count):
        joined = "\n".join(lines.line(number) for number in range(first, last + 1)) + "\n"
        match = _NOQA.search(joined)
        if match is not None:
            place = _within(joined, match, first)
            yield Suppression(Kind.NOQA, _listed(match["codes"]), (first, last), place)
    for number in range(1, lines.count + 1):
        match = _NOQA_FILE.match(lines.line(number))
        if match is not None:
            place = _within(lines.line(number), match, number)
            yield Suppression(Kind.NOQA, _listed(match["codes"]), None, place)


def _physical_lines(tokens: Iterable[tokenize.TokenInfo], count: int) -> Iterator[tuple[int, int]]:
    """Yield the lines that flake8 takes as one: those between two ends of line outside strings."""
    following = 1
    for token in tokens:
        if token.type in (tokenize.NL, tokenize.NEWLINE):
            yield following, token.start[0]
            following = token.start[0] + 1
    yield from ((number, number) for number in range(following, count + 1))


def _within(text: str, match: re.Match[str], first: int) -> Span:
    """Return the span of a match in a text that begins at line ``first``."""
    lines = LineMap(text)
    line, column = lines.position(match.start())
    end_line, end_column = lines.position(match.start() + len(match.group().rstrip(", \t\n")))
    return Span(first + line - 1, column, first + end_line - 1, end_column)


def _ours(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[Suppression]:
    for comment, first, last in _comments(tokens):
        line, column = comment.start
        for match in _IGNORE.finditer(comment.string):
            yield Suppression(
                Kind.IGNORE,
                _listed(match["codes"] if match["bare"] is None else match["bare"]),
                None if match["file"] else (first, last),
                Span(line, column + match.start(), line, column + match.end()),
            )


def _listed(codes: str | None) -> frozenset[str] | None:
    if codes is None:
        return None
    return frozenset(word for word in _SEPARATOR.split(codes) if word)


def _comments(
    tokens: Iterable[tokenize.TokenInfo],
) -> Iterator[tuple[tokenize.TokenInfo, int, int]]:
    """Yield each comment with the first and last line of the statement that it speaks of."""
    above: list[tokenize.TokenInfo] = []
    within: list[tokenize.TokenInfo] = []
    first: tokenize.TokenInfo | None = None
    for token in tokens:
        if token.type == tokenize.COMMENT:
            (above if first is None else within).append(token)
        elif token.type == tokenize.NEWLINE and first is not None:
            last = token.start[0]
            yield from ((comment, first.start[0], last) for comment in within)
            if first.string != "@":
                yield from ((comment, comment.start[0], last) for comment in above)
                above = []
            within, first = [], None
        elif token.type not in _LAYOUT:
            first = first or token
    yield from ((comment, comment.start[0], comment.start[0]) for comment in (*above, *within))
