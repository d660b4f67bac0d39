"""Attributes put at the head of a class's body, below its docstring."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.source.positions import Span

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def add_attribute(edits: Edits, within: Span, code: str) -> None:
    """Write an attribute into the class whose bases hold a span.

    It takes the place of a ``pass``; raises CannotFix where the body stands on the class's line.
    """
    node = _class_around(edits, within)
    tree = edits.tree
    first, *rest = node.body
    if _is_empty(first) and not rest:
        edits.replace_span(tree.source.span(first), code)
        return
    if first.lineno == node.lineno or tree.lines.line(first.lineno)[: first.col_offset].strip():
        raise CannotFix(f"{node.name} stands on one line")
    indent = tree.indent_of(first.lineno)
    if not _is_docstring(first):
        start = tree.lines.offset(_first_line(first), 0)
        gap = "\n" if isinstance(first, _DEFINITIONS) else ""
        edits.replace_text(start, start, f"{indent}{code}\n{gap}")
        return
    if rest and _is_empty(rest[0]) and len(rest) == 1:
        edits.replace_span(tree.source.span(rest[0]), code)
        return
    line = (first.end_lineno or first.lineno) + 1
    start = tree.lines.offset(line, 0)
    lead = "" if tree.text[start - 1 : start] in ("\n", "\r") else "\n"
    edits.replace_text(start, start, f"{lead}\n{indent}{code}\n")


def _class_around(edits: Edits, span: Span) -> ast.ClassDef:
    for node in ast.walk(edits.tree.source.tree):
        if isinstance(node, ast.ClassDef):
            if any(edits.tree.source.span(base) == span for base in node.bases):
                return node
    raise CannotFix("the class is not where it was")


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_empty(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is ...
    )


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])
