"""Comments that silence findings: ``# noqa: TSL101`` and ``# turnstay: ignore[TSL101] reason``.

A comment holds for the whole logical line that it stands in, as it does in flake8, so that a
statement over several lines can carry it anywhere. ``# turnstay: ignore`` on a line of its own
holds for the statement below it. ``# turnstay: ignore-file[TSL101]`` holds for the file.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstay_lint.source.file import SourceFile, fact

if TYPE_CHECKING:
    from turnstay_lint.findings import Finding

# flake8 reads `# noqa`, `#noqa:E1,W2`, `# NOQA : E1 W2`; what follows the codes is prose.
_NOQA = re.compile(
    r"#\s*noqa(?::[\s]?(?P<codes>[A-Z][0-9]+(?:[,\s]+[A-Z]+[0-9]+)*|[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?",
    re.IGNORECASE,
)
_IGNORE = re.compile(
    r"#\s*turnstay:\s*ignore(?P<file>-file)?(?:\[(?P<codes>[\w\-,\s]*)\])?", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[,\s]+")


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What is silenced: for each line (from 1) the codes or names, in lower case; None is all."""

    lines: dict[int, frozenset[str] | None] = field(default_factory=dict)
    file: frozenset[str] | None = frozenset()

    def silence(self, finding: Finding) -> bool:
        """Tell whether a finding is silenced where it begins."""
        names = self.lines.get(finding.span.line, frozenset())
        return any(
            codes is None or _names(finding.code, finding.name, codes)
            for codes in (self.file, names)
        )


def _names(code: str, name: str, silenced: frozenset[str]) -> bool:
    """flake8 takes a code's beginning for the code; names are whole."""
    return name in silenced or any(
        code.lower().startswith(word) for word in silenced if word.startswith("tsl")
    )


@fact
def suppressions(source: SourceFile) -> Suppressions:
    """Return what the comments of a file silence; tokenizes only files that hold such words."""
    lowered = source.text.lower()
    if "noqa" not in lowered and "turnstay:" not in lowered:
        return Suppressions()
    lines: dict[int, frozenset[str] | None] = {}
    whole: frozenset[str] | None = frozenset()
    for comment, first, last in _comments(source.text):
        for pattern in (_NOQA, _IGNORE):
            match = pattern.search(comment)
            if match is None:
                continue
            codes = _codes(match.group("codes"))
            if pattern is _IGNORE and match.group("file"):
                whole = _merge(whole, codes)
                continue
            for line in range(first, last + 1):
                lines[line] = _merge(lines.get(line, frozenset()), codes)
    return Suppressions(lines, whole)


def _codes(listed: str | None) -> frozenset[str] | None:
    if listed is None:
        return None
    return frozenset(word.lower() for word in _SEPARATOR.split(listed) if word)


def _merge(
    one: frozenset[str] | None, other: frozenset[str] | None
) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


def _comments(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each comment with the first and last line of the logical line that it speaks of."""
    waiting: list[tuple[str, int]] = []
    above: list[tuple[str, int]] = []
    first = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                alone = first == 0
                (above if alone else waiting).append((token.string, token.start[0]))
            elif token.type == tokenize.NEWLINE:
                for comment, line in above:
                    yield comment, line, line
                    if "turnstay:" in comment.lower():
                        yield comment, first, token.end[0]
                yield from ((comment, first, token.end[0]) for comment, _ in waiting)
                waiting, above, first = [], [], 0
            elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
                first = first or token.start[0]
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass
    yield from ((comment, line, line) for comment, line in (*above, *waiting))
