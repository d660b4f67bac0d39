"""What stands around a node of a function or module: the statements that lead to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from turnstay_lint.source.scopes import Scope, inner_bodies

Surrounding = ast.stmt | ast.ExceptHandler


def statements_around(node: ast.AST, scope: Scope) -> tuple[Surrounding, ...]:
    """Return the statements of the scope's function or module that hold a node, outermost first.

    An ``except`` clause stands between its ``try`` and its statements.
    """
    while not isinstance(scope.node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
        if scope.parent is None or isinstance(scope.node, ast.ClassDef):
            break
        scope = scope.parent
    body = getattr(scope.node, "body", None)
    return tuple(_path(body, _place(node))) if isinstance(body, list) else ()


def _path(body: Sequence[ast.stmt], place: tuple[int, int]) -> Iterator[Surrounding]:
    blocks: list[Sequence[ast.stmt]] = [body]
    while blocks:
        holder = next((s for block in blocks for s in block if _holds(s, place)), None)
        if holder is None:
            return
        yield holder
        blocks = list(inner_bodies(holder))
        if isinstance(holder, ast.Try | ast.TryStar):
            handler = next((h for h in holder.handlers if _holds(h, place)), None)
            if handler is not None:
                yield handler
                blocks = [handler.body]


def _holds(statement: Surrounding, place: tuple[int, int]) -> bool:
    begin = (statement.lineno, statement.col_offset)
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return begin <= place < end


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
