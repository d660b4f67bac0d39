"""Pieces of a statement replaced as a plan says, in the layout that black would give it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit, apply
from turnstay_lint.codemods.layout import relaid
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.statements import comments_in
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span

_SIMPLE = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return | ast.Raise | ast.Expr


def replace_parts(edits: Edits, parts: Iterable[Replacement]) -> None:
    """Make the replacements, those of one statement together.

    Raises CannotFix where a comment would be lost.
    """
    tree = edits.tree
    by_statement: dict[ast.stmt | None, list[TextEdit]] = {}
    for part in parts:
        start, end = tree.lines.offsets(part.span)
        if comments_in(tree.text[start:end]):
            raise CannotFix("a comment stands in what would be replaced")
        statement = _simple_statement(tree.source, part.span)
        by_statement.setdefault(statement, []).append(TextEdit(start, end, part.code))
    for statement, changes in by_statement.items():
        if statement is None or not _laid_anew(edits, statement, changes):
            for change in changes:
                edits.replace_text(change.start, change.end, change.replacement)


def _laid_anew(edits: Edits, statement: ast.stmt, changes: list[TextEdit]) -> bool:
    """Write a statement with its changes as black would; False where that is not known."""
    tree = edits.tree
    span = tree.source.span(statement)
    start, end = tree.lines.offsets(span)
    before = tree.text[start:end]
    moved = [TextEdit(c.start - start, c.end - start, c.replacement) for c in changes]
    after = apply(before, moved)
    indent, width = tree.indent_of(span.line), edits.settings.line_length
    if laid_out_query(before, indent, width) == before:
        laid = laid_out_query(after, indent, width)
    else:
        laid = relaid(before, after, indent, width)
        laid = laid if laid != after else None
    if laid is None:
        return False
    edits.replace_text(start, end, laid)
    return True


def _simple_statement(source: SourceFile, part: Span) -> ast.stmt | None:
    """Return the innermost simple statement that holds a span."""
    found = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, _SIMPLE) and node.lineno <= part.line <= (node.end_lineno or 0)
    ]
    spans = ((node, source.span(node)) for node in found)
    holders = [node for node, span in spans if span.start <= part.start and part.end <= span.end]
    return holders[-1] if holders else None
