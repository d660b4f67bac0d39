"""One import added to a file, where the handbook's order has it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence, Set
from typing import Any

from turnstay_lint.codemods.edits import Import, TextEdit, apply
from turnstay_lint.codemods.import_placement import early_blocks, spelled, stated
from turnstay_lint.codemods.import_writing import (
    is_comment,
    rewritten,
)
from turnstay_lint.project.organization.import_sections import Sections, name_order
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.import_blocks import leading_blocks
from turnstay_lint.source.import_statements import (
    ImportStatement,
    has_comment,
    has_trailing_comma,
    names_of,
)
from turnstay_lint.source.scopes import absolute_module
from turnstay_lint.source.text import newline_of


def with_import(
    source: SourceFile, wanted: Import, gone: Set[str], sections: Sections, settings: Settings
) -> str:
    """Return the file's text with one more import; names in ``gone`` make room for it.

    An existing ``from`` import of the module gets the name, else a statement of its own is
    written. Nothing changes where the module's own body imports it already.
    """
    for block in leading_blocks(source):
        if any(_holds(statement, wanted, source) for statement in block.imports):
            return source.text
    edit = None
    if wanted.name:
        edit = _extended(source, wanted, gone, settings)
    if edit is None:
        edit = stated(source, wanted, sections, settings)
    replacement = edit.replacement.replace("\n", newline_of(source.text))
    return apply(source.text, [TextEdit(edit.start, edit.end, replacement)])


def _holds(statement: ImportStatement, wanted: Import, source: SourceFile) -> bool:
    if isinstance(statement, ast.Import):
        return not wanted.name and any(
            alias.name == wanted.module and (alias.asname or "") == wanted.alias
            for alias in statement.names
        )
    return (
        bool(wanted.name)
        and absolute_module(statement, source.module) == wanted.module
        and any(
            alias.name == wanted.name and (alias.asname or alias.name) == wanted.local
            for alias in statement.names
        )
    )


# An existing statement gets the name.


def _extended(
    source: SourceFile, wanted: Import, gone: Set[str], settings: Settings
) -> TextEdit | None:
    for block in early_blocks(source):
        for statement in block.imports:
            if (
                isinstance(statement, ast.ImportFrom)
                and absolute_module(statement, source.module) == wanted.module
                and statement.names[0].name != "*"
            ):
                edit = _with_name(source, statement, spelled(wanted), gone, settings)
                if edit is not None:
                    return edit
    return None


def _with_name(
    source: SourceFile, statement: ast.ImportFrom, name: str, gone: Set[str], settings: Settings
) -> TextEdit | None:
    """Put a name into a statement; None where that would part a comment from what it says."""
    start, end = source.lines.offsets(source.span(statement))
    code = source.text[start:end]
    if has_comment(code):
        return _with_row(source, statement, name)
    beside = source.text[end : source.lines.offset((statement.end_lineno or 0) + 1, 0)].rstrip()
    names = [
        spelled
        for spelled, alias in zip(names_of(statement), statement.names, strict=True)
        if (alias.asname or alias.name) not in gone or beside
    ]
    names.insert(_place_among(names, name), name)
    new = rewritten(source, statement, names, settings)
    if beside and (beside.lstrip().startswith(";") or "\n" in new):
        return None
    if beside and len(new) + len(beside) > settings.line_length:
        return None
    return TextEdit(start, end, new)


def _place_among(names: Sequence[str], name: str) -> int:
    """Return where a name goes: in order where the names are in order, else last."""
    orders: tuple[Callable[[str], Any], ...] = (name_order, str.lower, str)
    for order in orders:
        keys = [order(spelled.partition(" ")[0]) for spelled in names]
        if keys == sorted(keys):
            own = order(name.partition(" ")[0])
            return sum(key <= own for key in keys)
    return len(names)


def _with_row(source: SourceFile, statement: ast.ImportFrom, name: str) -> TextEdit | None:
    """Give a name a row of its own in a statement that has one name on each, with comments."""
    rows = [alias.lineno for alias in statement.names]
    if len(set(rows)) < len(rows) or statement.lineno in rows or statement.end_lineno in rows:
        return None
    code = source.text[slice(*source.lines.offsets(source.span(statement)))]
    place = _place_among(names_of(statement), name)
    if not has_trailing_comma(code):
        return None
    line = rows[place] if place < len(rows) else statement.end_lineno or 0
    while place and line - 1 > rows[place - 1] and is_comment(source, line - 1):
        line -= 1
    offset = source.lines.offset(line, 0)
    first = source.lines.line(rows[0])
    indent = first[: len(first) - len(first.lstrip())]
    return TextEdit(offset, offset, f"{indent}{name},\n")
