"""Imports taken out once nothing uses what they bind."""

from __future__ import annotations

import ast
from collections.abc import Set

from turnstay_lint.codemods.edits import TextEdit, apply
from turnstay_lint.codemods.import_writing import rewritten
from turnstay_lint.project.organization.import_sections import heading_section
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import comments_above
from turnstay_lint.source.import_statements import (
    ImportStatement,
    has_comment,
    names_of,
)
from turnstay_lint.source.name_uses import names_used
from turnstay_lint.source.text import newline_of


def removable(source: SourceFile, unused: Set[str]) -> frozenset[str]:
    """Return those of the names that nothing in the file uses; none of a package's own file."""
    if not unused or source.module.endswith("__init__"):
        return frozenset()
    return frozenset(unused) - names_used(source)


def without_names(source: SourceFile, gone: Set[str], settings: Settings) -> str:
    """Return the file's text without the module's own imports of those names.

    An import stays where a comment would go with it, or where other code shares its line.
    """
    edits: list[TextEdit] = []
    leaving: list[int] = []
    for position, statement in enumerate(source.tree.body):
        if isinstance(statement, ast.Import | ast.ImportFrom) and gone:
            left = [alias for alias in statement.names if _local(alias) not in gone]
            if left and len(left) < len(statement.names):
                edits += _shortened(source, statement, gone, settings)
            elif not left and _stands_alone(source, position):
                leaving.append(position)
    edits += [_removed(source, first, last) for first, last in _neighbours(source, leaving)]
    return apply(source.text, edits)


def _neighbours(source: SourceFile, positions: list[int]) -> list[tuple[int, int]]:
    """Join statements with only blank lines between them: first and last position of each run."""
    body, runs = source.tree.body, list[tuple[int, int]]()
    for position in positions:
        if runs and runs[-1][1] == position - 1:
            between = range((body[position - 1].end_lineno or 0) + 1, body[position].lineno)
            if not any(source.lines.line(line).strip() for line in between):
                runs[-1] = runs[-1][0], position
                continue
        runs.append((position, position))
    return runs


def _local(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _stands_alone(source: SourceFile, position: int) -> bool:
    """Tell whether the lines of a statement hold nothing else, and no comment speaks of it."""
    statement = source.tree.body[position]
    span, lines = source.span(statement), source.lines
    start, end = lines.offset(span.line, 0), lines.offset(span.end_line + 1, 0)
    first, last = lines.offsets(span)
    outside = source.text[start:first] + source.text[last:end]
    if outside.strip() or has_comment(source.text[first:last]):
        return False
    before = source.tree.body[position - 1] if position else None
    above = comments_above(source, statement, before)
    return all(heading_section(lines.line(line)) is not None for line in range(above, span.line))


def _shortened(
    source: SourceFile, statement: ImportStatement, gone: Set[str], settings: Settings
) -> list[TextEdit]:
    """The names go from a statement that others stay in, which keeps its form."""
    start, end = source.lines.offsets(source.span(statement))
    code = source.text[start:end]
    names = [name for name, n in zip(names_of(statement), statement.names) if _local(n) not in gone]
    if isinstance(statement, ast.Import):
        return [TextEdit(start, end, f"import {', '.join(names)}")] if "#" not in code else []
    if not has_comment(code):
        new = rewritten(source, statement, names, settings)
        return [TextEdit(start, end, new.replace("\n", newline_of(source.text)))]
    return [
        TextEdit(source.lines.offset(n.lineno, 0), source.lines.offset(n.lineno + 1, 0), "")
        for n in statement.names
        if _local(n) in gone and source.lines.line(n.lineno).strip(" \t,") in (n.name, _as(n))
    ]


def _as(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}"


def _removed(source: SourceFile, start: int, end: int) -> TextEdit:
    """Whole statements go, with the blank lines that only they had need of."""
    body, lines = source.tree.body, source.lines
    first, last = body[start].lineno, body[end].end_lineno or body[end].lineno
    above, below = first, last
    while above > 1 and not lines.line(above - 1).strip():
        above -= 1
    while below < lines.count and not lines.line(below + 1).strip():
        below += 1
    if above == 1:
        last = below
    elif above < first and below > last:
        before = body[start - 1] if start else None
        if isinstance(before, ast.Import | ast.ImportFrom) and _is_code(body, end + 1):
            first = above
        elif below - last <= first - above or not _is_code(body, end + 1):
            last = below
        else:
            first = above
    inner = [line for line in range(first, last + 1) if not lines.line(line).strip()]
    touching = first == above and last == below and first > 1 and last < lines.count
    kept = newline_of(source.text) if inner and touching else ""
    return TextEdit(lines.offset(first, 0), lines.offset(last + 1, 0), kept)


def _is_code(body: list[ast.stmt], position: int) -> bool:
    """Tell whether something other than an import stands there; nothing is code too."""
    return position >= len(body) or not isinstance(body[position], ast.Import | ast.ImportFrom)
