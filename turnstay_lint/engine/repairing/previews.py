"""What the fix of one finding would do to the text, for reports that show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.mending.black_style import as_black_had_it, is_installed
from turnstay_lint.engine.mending.excerpts import changed_lines
from turnstay_lint.engine.mending.fixing import fixed_alone
from turnstay_lint.engine.services.roots import Root, read_source
from turnstay_lint.engine.services.service import Service, Services
from turnstay_lint.findings import Finding, Fix, Move
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
    """Findings, those whose fix proved impossible with the reason, and what the others' would do.

    ``moves`` are of the fixes that give files other paths, as the user is shown them; the edits
    are those of the files under the paths that they have.
    """

    findings: tuple[Finding, ...]
    edits: Mapping[Finding, tuple[Edit, ...]]
    moves: Mapping[Finding, tuple[Move, ...]] = field(default_factory=dict)


class _Impossible(Exception):
    """A fix cannot be made; the message is for the user."""


def previews(
    findings: Iterable[Finding], services: Services, contents: Mapping[str, bytes]
) -> Previews:
    """Make the fix of every finding that has one, each by itself, on the text as it is.

    What comes of it is laid out as it would be written. Paths are as the user is shown them;
    ``contents`` stand for what is on disk.
    """
    seen: list[Finding] = []
    edits: dict[Finding, tuple[Edit, ...]] = {}
    moves: dict[Finding, tuple[Move, ...]] = {}
    reader = _Reader(services, contents)
    for finding in findings:
        if finding.fix is None:
            seen.append(finding)
            continue
        try:
            edits[finding] = tuple(_made(finding, finding.fix, reader))
        except _Impossible as reason:
            seen.append(replace(finding, fix=None, unfixable=str(reason)))
            continue
        seen.append(finding)
        if finding.fix.moves:
            moves[finding] = tuple(_moves(finding, finding.fix, reader))
    return Previews(tuple(seen), edits, moves)


class _Reader(Struct):
    """The files of the services as they are, each read once."""

    services: Services
    contents: Mapping[str, bytes]
    _sources: dict[Path, SourceFile | None] = field(default_factory=dict)
    _projects: dict[Root, Project] = field(default_factory=dict)

    def project(self, service: Service) -> Project:
        """Return what codemods must know of a service: which modules it has, to write imports."""
        if service.root not in self._projects:
            settings = service.configuration.settings
            self._projects[service.root] = Project((), settings, layout=service.layout)
        return self._projects[service.root]

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


def _made(finding: Finding, fix: Fix, reader: _Reader) -> Iterator[Edit]:
    """Yield the edits of a finding's fix; raises _Impossible."""
    service = _service(finding, reader)
    base, settings = service.root.base, service.configuration.settings
    own = service.root.path_of(Path.cwd() / finding.path)
    sources = _sources(own, fix, base, reader)
    inside = replace(finding, path=own)
    texts, reason = fixed_alone(sources, reader.project(service), settings, inside)
    if reason:
        raise _Impossible(reason)
    for path, text in texts.items():
        before, file = sources[path].text, str(base / path)
        if text != before and is_installed():
            text = as_black_had_it(file, before, text, settings.line_length)
        for edit in edits_between(before, text):
            yield edit if path == own else replace(edit, path=displayed(file))


def _sources(own: str, fix: Fix, base: Path, reader: _Reader) -> dict[str, SourceFile]:
    """Return the files that a fix concerns; raises _Impossible where they are otherwise now."""
    created = {part.path for part in fix.elsewhere if part.created}
    for path in (*created, *(move.new for move in fix.moves)):
        if (base / path).exists():
            raise _Impossible(f"{displayed(str(base / path))} is there already")
    paths = (own, *(part.path for part in fix.elsewhere), *(move.old for move in fix.moves))
    found = {path: reader.source(base / path, created=path in created) for path in paths}
    sources = {path: source for path, source in found.items() if source is not None}
    if len(sources) < len(found):
        raise _Impossible("the file has changed since it was checked")
    return sources


def _moves(finding: Finding, fix: Fix, reader: _Reader) -> Iterator[Move]:
    base = _service(finding, reader).root.base
    for move in fix.moves:
        yield Move(displayed(str(base / move.old)), displayed(str(base / move.new)))


def _service(finding: Finding, reader: _Reader) -> Service:
    return reader.services.of(Path.cwd() / finding.path)


def edits_between(before: str, after: str) -> Iterator[Edit]:
    """Yield the edits that lead from one text to another, as narrow as whole words allow."""
    old, new = LineMap(before), LineMap(after)
    for (first, last), (new_first, new_last) in changed_lines(_lines(old), _lines(new)):
        start, end = old.starts[first], _end(old, last)
        content = after[new.starts[new_first] : _end(new, new_last)]
        start, end, content = _narrowed(before, start, end, content)
        yield Edit(Span(*old.position(start), *old.position(end)), content)


def edited(lines: LineMap, edits: tuple[Edit, ...]) -> str:
    """Return the text with edits made."""
    text = lines.text
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start, end = lines.offsets(edit.span)
        text = text[:start] + edit.content + text[end:]
    return text


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
