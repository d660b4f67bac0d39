"""Where an import gets a statement of its own, and the blank lines around it (handbook 10)."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.codemods.edits import Import, TextEdit
from turnstay_lint.codemods.import_writing import indent_unit, is_comment, written
from turnstay_lint.project.organization.import_sections import (
    Section,
    Sections,
    heading_section,
    module_order,
)
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import (
    ImportBlock,
    begins_definitions,
    comments_above,
    leading_blocks,
)
from turnstay_lint.source.import_statements import module_of


def spelled(wanted: Import) -> str:
    """Return the name of an import as a statement writes it, ``a`` or ``a as b``."""
    name = wanted.name or wanted.module
    return f"{name} as {wanted.alias}" if wanted.alias and wanted.alias != name else name


def early_blocks(source: SourceFile) -> list[ImportBlock]:
    """Return the module's blocks above its first function or class.

    What is imported further down is late on purpose.
    """
    first = next((s.lineno for s in source.tree.body if begins_definitions(s)), None)
    blocks = leading_blocks(source)
    return [b for b in blocks if first is None or b.imports[0].lineno < first]


def stated(source: SourceFile, wanted: Import, sections: Sections, settings: Settings) -> TextEdit:
    """Return the edit that writes an import as a statement of its own."""
    name = spelled(wanted)
    code = f"import {name}"
    if wanted.name:
        head, unit = f"from {wanted.module} import", indent_unit(source.text)
        code = written(head, [name], width=settings.line_length, unit=unit)
    section = sections.of(wanted.module, names=[wanted.name] if wanted.name else ())
    block = _home(source, section, sections)
    if block is None:
        return _first(source, code)
    new = _Newcomer(code, section, bool(wanted.name), module_order(wanted.module))
    around = _neighbours(source, block, sections)
    return _among(around, _place_in(around, new, settings), new)


def _home(source: SourceFile, section: Section, sections: Sections) -> ImportBlock | None:
    """The block that an import of a section joins: where its like stands, local ones last.

    What is between the blocks may be there for the local imports below it: ``sys.path`` edits.
    """
    blocks = early_blocks(source)
    if not blocks:
        return None
    held = [{sections.of_statement(s)[0] for s in block.imports} for block in blocks]
    for block, its in zip(blocks, held, strict=True):
        if section in its:
            return block
    for block, its in zip(reversed(blocks), reversed(held), strict=True):
        if any(other.group == section.group for other in its):
            return block
    return blocks[0] if section < Section.CORE else blocks[-1]


class _Newcomer(Struct, frozen=True):
    """A statement to be written: its code, its section, and what orders it there."""

    code: str
    section: Section
    is_from: bool
    key: tuple[object, ...]


class _Neighbours(Struct, frozen=True):
    """The block that a statement joins, its sections, and whether local ones are parted."""

    source: SourceFile
    block: ImportBlock
    held: tuple[Section, ...]
    spaced: bool

    def apart(self, one: Section, other: Section) -> bool:
        """Tell whether a blank line belongs between two sections in this file."""
        if one is other:
            return False
        return one.group != other.group or Section.FUTURE in (one, other) or self.spaced

    def before(self, place: int) -> ast.stmt | None:
        """Return the statement before the one at ``place`` of the block, of whatever kind."""
        position = self.block.position + place
        return self.block.body[position - 1] if position else None

    def comments(self, place: int) -> list[str]:
        """Return the comments directly above a statement of the block."""
        statement = self.block.imports[place]
        top = comments_above(self.source, statement, self.before(place))
        return [self.source.lines.line(line) for line in range(top, statement.lineno)]


def _neighbours(source: SourceFile, block: ImportBlock, sections: Sections) -> _Neighbours:
    held = tuple(sections.of_statement(statement)[0] for statement in block.imports)
    spaced = False
    for (above, one), (below, other) in pairwise(zip(block.imports, held, strict=True)):
        if one is not other and one.group == other.group == Section.CORE.group:
            between = range((above.end_lineno or above.lineno) + 1, below.lineno)
            spaced = any(not source.lines.line(line).strip() for line in between)
            break
    return _Neighbours(source, block, held, spaced)


def _place_in(around: _Neighbours, new: _Newcomer, settings: Settings) -> int:
    """Return after how many imports of a block a new one goes."""
    rows = list(zip(around.block.imports, around.held, strict=True))
    same = [i for i, (_, section) in enumerate(rows) if section is new.section]
    if not same:
        lower = [i for i, (_, section) in enumerate(rows) if section < new.section]
        return lower[-1] + 1 if lower else 0
    alike = same
    if not settings.force_sort_within_sections:
        alike = [i for i in same if isinstance(rows[i][0], ast.ImportFrom) == new.is_from]
    if not alike:
        return same[-1] + 1 if new.is_from else same[0]
    later = [i for i in alike if module_order(module_of(rows[i][0])) > new.key]
    return later[0] if later else alike[-1] + 1


def _among(around: _Neighbours, place: int, new: _Newcomer) -> TextEdit:
    """Write a statement after ``place`` imports of a block."""
    lines, imports, held = around.source.lines, around.block.imports, around.held
    below = held[place] if place < len(held) else None
    joins_above = below is None or around.apart(new.section, below)
    if place and (joins_above or held[place - 1] is new.section):
        line = (imports[place - 1].end_lineno or 0) + 1
        before = "\n" if around.apart(held[place - 1], new.section) else ""
        touching = place < len(held) and bool(lines.line(line).strip())
        after = "\n" if touching and below is not None and around.apart(new.section, below) else ""
        if line > lines.count and not around.source.text.endswith(("\n", "\r")):
            before = "\n" + before
    else:
        line, before = imports[place].lineno, ""
        comments = around.comments(place)
        above_comments = comments and _stay_with_import(around, place, new, comments)
        line -= len(comments) if above_comments else 0
        # Black has a blank line between an import and a comment.
        parted = below is not None and around.apart(new.section, below)
        after = "\n" if parted or above_comments else ""
    offset = lines.offset(line, 0)
    return TextEdit(offset, offset, f"{before}{new.code}\n{after}")


def _stay_with_import(around: _Neighbours, place: int, new: _Newcomer, comments: list[str]) -> bool:
    """Tell whether the comments above an import go on standing directly above it.

    A section's heading stays above the whole section, the first lines of a file above all.
    """
    if heading_section(comments[-1]) is not None:
        return around.held[place] is not new.section
    begins_file = around.block.imports[place].lineno == len(comments) + 1
    return not (begins_file and around.before(place) is None)


# A file without imports.

_HEADER = re.compile(r"#!|#.*coding[:=]|#\s*[\w./-]+\.py\s*$")


def _first(source: SourceFile, code: str) -> TextEdit:
    """Write the first import of a file: below its docstring, or what heads it as comments."""
    body, lines = source.tree.body, source.lines
    docstring = ast.get_docstring(source.tree, clean=False) is not None
    future = [s for s in body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    head: ast.stmt | None = future[-1] if future else body[0] if docstring else None
    line = (head.end_lineno or head.lineno) + 1 if head is not None else _below_header(source)
    offset = lines.offset(line, 0)
    rest = line
    while rest <= lines.count and not lines.line(rest).strip():
        rest += 1
    following = next((s for s in body if s.lineno >= rest), None)
    blank = rest - line
    if rest > lines.count:
        blank = 0
    elif following is not None and _is_definition_at(source, following, rest):
        blank = max(blank, 2)
    else:
        blank = max(blank, 1)
    before = "\n" if head is not None else ""
    if offset and not source.text[:offset].endswith(("\n", "\r")):
        before = "\n" + before
    return TextEdit(offset, lines.offset(rest, 0), before + code + "\n" + "\n" * blank)


def _is_definition_at(source: SourceFile, statement: ast.stmt, line: int) -> bool:
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    decorators = [d.lineno for d in statement.decorator_list]
    first = min([statement.lineno, *decorators])
    return all(is_comment(source, between) for between in range(line, first))


def _below_header(source: SourceFile) -> int:
    """Return the line below what heads a file: shebang, encoding, path, a comment apart."""
    lines = source.lines
    line = 1
    while line <= lines.count and is_comment(source, line):
        line += 1
    if line > lines.count:
        return line
    if line > 1 and not lines.line(line).strip():
        while line <= lines.count and not lines.line(line).strip():
            line += 1
        return line
    line = 1
    while line <= lines.count and _HEADER.match(lines.line(line)):
        line += 1
    return line
