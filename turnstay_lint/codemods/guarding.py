"""A statement put under an ``if`` that was not there."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.layout import moved


def guard_statement(edits: Edits, statement: ast.stmt, test: str) -> None:
    """Let a statement run only where a test holds; its comments stay beside it.

    Raises CannotFix where its line holds another statement, or a string cannot be moved.
    """
    tree = edits.tree
    span = tree.source.span(statement)
    start, end = tree.lines.offsets(span)
    indent, unit = tree.indent_of(span.line), tree.indent_unit
    before = tree.lines.line(span.line)[: span.column]
    if before.strip():
        head = before.rstrip()
        if not head.endswith(":"):
            raise CannotFix("its line holds another statement too")
        indent += unit
        start -= len(before) - len(head)
    text = tree.text[tree.lines.offset(*span.start) : end]
    inner = indent + unit
    laid = moved(text, tree.indent_of(span.line), inner, edits.settings.line_length)
    if laid is None:
        laid = _indented(text, unit)
    lead = f"\n{indent}" if before.strip() else ""
    edits.replace_text(start, end, f"{lead}if {test}:\n{inner}{laid}")


def _indented(text: str, unit: str) -> str:
    if '"""' in text or "'''" in text:
        raise CannotFix("a string over several lines cannot be moved")
    first, *rest = text.split("\n")
    return "\n".join([first, *(unit + line if line.strip() else line for line in rest)])
