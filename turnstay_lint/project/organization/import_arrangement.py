"""The one form that an import block is written in: sections apart, each sorted as isort sorts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.organization.import_comments import comments_above
from turnstay_lint.project.organization.import_sections import (
    Section,
    Sections,
    module_order,
    name_order,
)
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import ImportBlock
from turnstay_lint.source.import_statements import (
    ImportStatement,
    has_comment,
    has_trailing_comma,
    local_of,
    module_of,
    spelled,
)
from turnstay_lint.source.name_uses import uses_any
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span

_FORMATTER = regex(r"#\s*(fmt|yapf):\s*(off|on|disable|enable)")
_MOST_NAMES = 1000


class ArrangedImport(Struct, frozen=True):
    """One statement of the new block: a statement of the old one, and what to make of it.

    ``names`` are written in place of those that it has, ``spread`` over a line each; where there
    are none it stays as it stands. ``comments`` are the lines (from 1) above it that go with it.
    """

    statement: Span
    head: str = ""
    names: tuple[str, ...] = ()
    spread: bool = False
    comments: tuple[int, ...] = ()


class ArrangedSection(Struct, frozen=True):
    """A section of the new block, below the lines (from 1) of its heading."""

    heading: tuple[int, ...]
    imports: tuple[ArrangedImport, ...]


class Arrangement(Struct, frozen=True):
    """Whole lines of a file (from 1, both included), and the sections to write in their place."""

    first_line: int
    last_line: int
    sections: tuple[ArrangedSection, ...]


class Refused(Exception):
    """The block must stay as it is; the message says why, for the user."""


class _Row(Struct, frozen=True):
    """An import on its way to its place: one module, where it stood (``places``), its names.

    ``binds`` are the names that it binds and what each then is. ``plain`` rows have no comment
    and can be merged; of rows that are not ``free``, the text stays as it stands.
    """

    places: tuple[int, ...]
    section: Section
    module: str
    statement: ImportStatement
    names: tuple[str, ...]
    binds: tuple[tuple[str, str], ...]
    comments: tuple[int, ...]
    plain: bool
    free: bool
    spread: bool

    @property
    def is_from(self) -> bool:
        return isinstance(self.statement, ast.ImportFrom)

    @property
    def head(self) -> str:
        return f"from {self.module} import" if self.is_from else "import"

    @property
    def spelling(self) -> str:
        return f"{self.head} {', '.join(self.names)}"


def arrange(
    source: SourceFile, block: ImportBlock, sections: Sections, settings: Settings
) -> Arrangement:
    """Return the canonical form of a block; raises Refused where writing it could change a program.

    That is so where an import that must run first is there for its side effect, where two imports
    bind one name, or where the block shares a line with something else.
    """
    rows, headings, first_line = _read(source, block, sections)
    ordered = sorted(_merged(rows), key=lambda row: _order(row, settings))
    _hold_order(ordered, _side_effects(source, rows, settings))
    present = sorted({row.section for row in ordered})
    last = block.imports[-1]
    return Arrangement(
        first_line,
        last.end_lineno or last.lineno,
        tuple(
            ArrangedSection(
                tuple(headings.get(section, ())),
                tuple(_arranged(source, row) for row in ordered if row.section is section),
            )
            for section in present
        ),
    )


def _read(
    source: SourceFile, block: ImportBlock, sections: Sections
) -> tuple[list[_Row], dict[Section, list[int]], int]:
    """Return the rows of a block, the headings of its sections, and the line that it begins at."""
    present = {section for s in block.imports for section in sections.of_statement(s)}
    local = min((section for section in present if section >= Section.CORE), default=None)
    headings: dict[Section, list[int]] = {}
    rows: list[_Row] = []
    first_line = block.imports[0].lineno
    for place, statement in enumerate(block.imports):
        above = comments_above(source, block, place)
        own = list(above.own)
        for meant, lines in above.headings:
            section = local if meant is Section.CORE and meant not in present else meant
            if section in present:
                headings.setdefault(section, []).extend(lines)
            else:
                own = sorted([*own, *lines])
        if place == 0:
            taken = [*above.own, *(line for _, lines in above.headings for line in lines)]
            first_line = min([first_line, *taken])
        if any(_FORMATTER.search(source.lines.line(line)) for line in own):
            raise Refused("a comment in the block turns the formatter off or on")
        rows += _rows(source, place, statement, sections.of_statement(statement), tuple(own))
    return rows, headings, first_line


def _rows(
    source: SourceFile,
    place: int,
    statement: ImportStatement,
    sections: tuple[Section, ...],
    comments: tuple[int, ...],
) -> Iterator[_Row]:
    """One row for a ``from`` import, one for each module of an ``import``."""
    span = source.span(statement)
    start, end = source.lines.offsets(span)
    code, beside = source.text[start:end], source.lines.line(span.end_line)[span.end_column :]
    if source.lines.line(span.line)[: span.column].strip() or not _is_blank_or_comment(beside):
        raise Refused("an import shares its line with other code")
    silent = not beside.strip() and not has_comment(code)
    free = silent or (span.line == span.end_line and "fmt:" not in beside)
    module = module_of(statement)
    parts = [(module, sections[0], list(statement.names))]
    if isinstance(statement, ast.Import):
        parts = [(n.name, s, [n]) for n, s in zip(statement.names, sections, strict=True)]
        if len(parts) > 1 and not silent:
            if len(set(sections)) > 1:
                raise Refused("one statement imports from two sections, and has a comment")
            parts = [(module, sections[0], list(statement.names))]
    for number, (name, section, aliases) in enumerate(parts):
        yield _Row(
            places=(place * _MOST_NAMES + number,),
            section=section,
            module=name,
            statement=statement,
            names=tuple(spelled(alias) for alias in aliases),
            binds=tuple((local_of(statement, a), _target(statement, a)) for a in aliases),
            comments=comments if number == 0 else (),
            plain=silent and not comments,
            free=free,
            spread=has_trailing_comma(code),
        )


def _is_blank_or_comment(rest: str) -> bool:
    return not rest.strip() or rest.lstrip().startswith("#")


def _target(statement: ImportStatement, alias: ast.alias) -> str:
    if isinstance(statement, ast.ImportFrom):
        return f"{module_of(statement)}.{alias.name}"
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _merged(rows: list[_Row]) -> list[_Row]:
    """One statement a module, of those that no comment sets apart; nothing is imported twice."""
    kept: dict[tuple[object, ...], _Row] = {}
    for row in rows:
        key: tuple[object, ...] = (*row.places, row.names)
        if row.plain:
            names = row.names if not row.is_from or row.names == ("*",) else ()
            key = (row.section, row.is_from, row.module, names)
        first = kept.get(key)
        if first is not None:
            row = replace(
                first,
                places=first.places + row.places,
                names=tuple(dict.fromkeys(first.names + row.names)),
                binds=tuple(dict.fromkeys(first.binds + row.binds)),
                spread=first.spread or row.spread,
            )
        kept[key] = row
    return [_sorted_names(row) for row in kept.values()]


def _sorted_names(row: _Row) -> _Row:
    return replace(row, names=tuple(sorted(row.names, key=name_order))) if row.is_from else row


def _order(row: _Row, settings: Settings) -> tuple[object, ...]:
    kind = row.is_from and not settings.force_sort_within_sections
    names = () if row.is_from else row.names
    return row.section, kind, module_order(row.module), row.is_from, names


def _side_effects(source: SourceFile, rows: list[_Row], settings: Settings) -> set[int]:
    """Return the places of the imports whose running is what they are for."""
    found: set[int] = set()
    package = source.module.endswith("__init__")
    for row in rows:
        if any(_below(row.module, listed) for listed in settings.side_effect_imports):
            found.update(row.places)
        elif not row.is_from and not package and row.section > Section.STANDARD:
            if row.statement.names[0].asname == row.module:
                continue
            if not uses_any(source, frozenset(name for name, _ in row.binds)):
                found.update(row.places)
    return found


def _below(module: str, listed: str) -> bool:
    return module == listed or module.startswith(f"{listed}.")


def _hold_order(ordered: list[_Row], side_effects: set[int]) -> None:
    """Raise Refused where an import would change sides with one that it must not pass."""
    if not side_effects and not _are_entangled(ordered):
        return
    for number, row in enumerate(ordered):
        targets = dict(row.binds)
        if len(targets) < len(set(row.binds)):
            raise Refused(_twice(row.binds))
        for later in ordered[number + 1 :]:
            if max(row.places) <= min(later.places):
                continue
            if Section.FUTURE in (row.section, later.section):
                continue
            for name, target in later.binds:
                if name in targets and targets[name] != target and name != "*":
                    raise Refused(f"`{name}` is imported twice, and the last import wins")
            for one in (row, later):
                if side_effects.intersection(one.places):
                    raise Refused(
                        f"`{one.spelling}` is there for its side effect, "
                        "and must run before or after the same imports as it does"
                    )
            if row.module != later.module and ("*",) in (row.names, later.names):
                star = row if row.names == ("*",) else later
                raise Refused(f"`{star.spelling}` may bind names that the others bind too")


def _are_entangled(rows: list[_Row]) -> bool:
    """Tell whether one import may bind what another binds otherwise: few ever do."""
    targets: dict[str, str] = {}
    return any(
        name == "*" or targets.setdefault(name, target) != target
        for row in rows
        for name, target in row.binds
    )


def _twice(binds: tuple[tuple[str, str], ...]) -> str:
    names = [name for name, _ in binds]
    return f"`{max(names, key=names.count)}` is imported twice, and the last import wins"


def _arranged(source: SourceFile, row: _Row) -> ArrangedImport:
    span = source.span(row.statement)
    if not row.free:
        return ArrangedImport(span, comments=row.comments)
    return ArrangedImport(span, row.head, row.names, row.spread, row.comments)
