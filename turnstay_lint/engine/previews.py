"""What the fix of one finding would do to the text, for reports that show it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.fixing import fixed_alone
from turnstay_lint.engine.service import Services, read_source
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.positions import LineMap, Span
from turnstay_lint.source.text import UnreadableText


class Edit(Struct, frozen=True):
    """Put ``content`` in the place of a span of the text."""

    span: Span
    content: str


class Previews(Struct, frozen=True):
    """Findings, those whose fix proved impossible with the reason, and the edits of the others."""

    findings: tuple[Finding, ...]
    edits: Mapping[Finding, tuple[Edit, ...]]


def previews(
    findings: Iterable[Finding], services: Services, contents: Mapping[str, bytes]
) -> Previews:
    """Make the fix of every finding that has one, each by itself, on the text as it is.

    Paths are as the user is shown them; ``contents`` stand for what is on disk.
    """
    seen: list[Finding] = []
    edits: dict[Finding, tuple[Edit, ...]] = {}
    sources: dict[str, SourceFile | None] = {}
    for finding in findings:
        if finding.fix is None:
            seen.append(finding)
            continue
        file = str(Path.cwd() / finding.path)
        service = services.of(Path(file))
        if file not in sources:
            content = contents[file] if file in contents else Path(file).read_bytes()
            try:
                sources[file] = read_source(service.root, file, content)
            except (UnreadableText, UnparsableSource):
                sources[file] = None
        source = sources[file]
        reason = "the file has changed since it was checked"
        if source is not None:
            settings = service.configuration.settings
            text, reason = fixed_alone(source, Project((), settings), settings, finding)
            if not reason:
                edits[finding] = tuple(edits_between(source.text, text))
        seen.append(replace(finding, fix=None, unfixable=reason) if reason else finding)
    return Previews(tuple(seen), edits)


def edits_between(before: str, after: str) -> Iterator[Edit]:
    """Yield the edits that lead from one text to another, as narrow as whole words allow."""
    old, new = LineMap(before), LineMap(after)
    matcher = difflib.SequenceMatcher(None, _lines(old), _lines(new), autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        start, end = old.starts[first], _end(old, last)
        content = after[new.starts[new_first] : _end(new, new_last)]
        start, end, content = _narrowed(before, start, end, content)
        yield Edit(Span(*old.position(start), *old.position(end)), content)


def _lines(text: LineMap) -> list[str]:
    bounds = [*text.starts, len(text.text)]
    return [text.text[a:b] for a, b in pairwise(bounds)]


def _end(text: LineMap, line: int) -> int:
    return text.starts[line] if line < len(text.starts) else len(text.text)


def _narrowed(text: str, start: int, end: int, content: str) -> tuple[int, int, str]:
    """Leave out what an edit would replace by itself, at both ends."""
    most = min(end - start, len(content))
    head = next((n for n in range(most) if text[start + n] != content[n]), most)
    most -= head
    tail = next(
        (n for n in range(most) if text[end - 1 - n] != content[len(content) - 1 - n]), most
    )
    return start + head, end - tail, content[head : len(content) - tail]
