"""What the fix of one finding would do to the text, for reports that show it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.fixing import fixed_alone
from turnstay_lint.engine.run import displayed
from turnstay_lint.engine.service import Services, read_source
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource
from turnstay_lint.source.positions import LineMap, Span
from turnstay_lint.source.text import UnreadableText


class Edit(Struct, frozen=True):
    """Put ``content`` in the place of a span of the text.

    ``path`` is empty in the finding's own file; else it is that of another which the fix changes
    as well, or creates.
    """

    span: Span
    content: str
    path: str = ""


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
    reader = _Reader(services, contents)
    for finding in findings:
        if finding.fix is None:
            seen.append(finding)
            continue
        made, reason = _made(finding, reader)
        if not reason:
            edits[finding] = tuple(made)
        seen.append(replace(finding, fix=None, unfixable=reason) if reason else finding)
    return Previews(tuple(seen), edits)


class _Reader(Struct):
    """The files of the services as they are, each read once."""

    services: Services
    contents: Mapping[str, bytes]
    _sources: dict[Path, SourceFile | None] = field(default_factory=dict)

    def source(self, file: Path, *, created: bool = False) -> SourceFile | None:
        """Return a file by its absolute path, or None where it cannot be read."""
        if file not in self._sources:
            try:
                self._sources[file] = read_source(
                    self.services.of(file).root, file, b"" if created else self._content(file)
                )
            except (OSError, UnreadableText, UnparsableSource):
                self._sources[file] = None
        return self._sources[file]

    def _content(self, file: Path) -> bytes:
        given = self.contents.get(str(file))
        return given if given is not None else content_of(file)


def _made(finding: Finding, reader: _Reader) -> tuple[list[Edit], str]:
    """Return the edits of a fix, and why it cannot be made, if so."""
    assert finding.fix is not None
    file = Path.cwd() / finding.path
    service = reader.services.of(file)
    own = service.root.path_of(file)
    read = {own: reader.source(file)}
    for part in finding.fix.elsewhere:
        other = service.root.base / part.path
        if part.created and other.exists():
            return [], f"{displayed(str(other))} is there already"
        read[part.path] = reader.source(other, created=part.created)
    sources = {path: source for path, source in read.items() if source is not None}
    if len(sources) < len(read):
        return [], "the file has changed since it was checked"
    settings = service.configuration.settings
    inside = replace(finding, path=own)
    texts, reason = fixed_alone(sources, Project((), settings), settings, inside)
    shown = {path: displayed(str(service.root.base / path)) for path in texts if path != own}
    return [
        replace(edit, path=shown.get(path, ""))
        for path, text in texts.items()
        for edit in edits_between(sources[path].text, text)
    ], reason


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
