"""What holds what, in those statements of a file alone in which something rare stands."""

from __future__ import annotations

import ast

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.occurrences import stands_in
from turnstay_lint.source.scopes import Scope

_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def holders(source: SourceFile, offsets: list[int]) -> dict[ast.AST, ast.AST]:
    """Return what holds each node of the top-level statements in which an offset lies.

    The nodes come in the order of the text.
    """
    found: dict[ast.AST, ast.AST] = {}
    for statement in source.tree.body:
        parts: list[ast.stmt | ast.expr] = [statement]
        if isinstance(statement, _DECORATED):
            parts += statement.decorator_list
        if not any(stands_in(offsets, source, part) for part in parts):
            continue
        found[statement] = source.tree
        todo: list[ast.AST] = [statement]
        while todo:
            node = todo.pop()
            inner = list(ast.iter_child_nodes(node))
            for child in inner:
                found[child] = node
            todo.extend(reversed(inner))
    return found


def scope_around(source: SourceFile, parents: dict[ast.AST, ast.AST], node: ast.AST) -> Scope:
    """Return the scope in which a node stands, whatever it is in that scope."""
    scopes = source.index.scopes
    here = parents.get(node)
    while here is not None:
        if here in scopes:
            return scopes[here]
        here = parents.get(here)
    return source.scope
