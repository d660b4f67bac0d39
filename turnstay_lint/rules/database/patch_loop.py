"""Which fields a patch loop sets: ``for field, value in data.items(): setattr(...)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.project.dataflow.events import ClientWrite


def is_left_out_by_loop(write: ClientWrite) -> bool:
    """Tell whether the loop around a write passes over its column, or may do so.

    A list of names that stands elsewhere may hold it, or leave it out.
    """
    function = write.scope.function
    if function is None or write.call is None:
        return False
    key = write.call.args[1]
    for loop in ast.walk(function.node):
        if isinstance(loop, ast.For | ast.AsyncFor) and _holds(loop, write.call):
            return any(_names(test, ast.unparse(key), write.column) for test in _tests(loop))
    return False


def _holds(loop: ast.For | ast.AsyncFor, call: ast.Call) -> bool:
    return any(node is call for node in ast.walk(loop))


def _tests(loop: ast.For | ast.AsyncFor) -> Iterator[ast.expr]:
    for node in ast.walk(loop):
        if isinstance(node, ast.If | ast.IfExp):
            yield node.test


def _names(test: ast.expr, key: str, column: str) -> bool:
    """Tell whether a test speaks of the column, or of names that cannot be read here."""
    for node in ast.walk(test):
        match node:
            case ast.Constant(value=text) if text == column:
                return True
            case ast.Compare(left=left, ops=[op], comparators=[names]) if (
                isinstance(op, ast.In | ast.NotIn) and ast.unparse(left) == key
            ):
                if isinstance(op, ast.In) or not _is_written_out(names):
                    return True
    return False


def _is_written_out(names: ast.expr) -> bool:
    return isinstance(names, ast.Set | ast.Tuple | ast.List) and all(
        isinstance(name, ast.Constant) for name in names.elts
    )
