"""What is known on the ways that a branch opens, and after them."""

from __future__ import annotations

import ast

from turnstay_lint.project.dataflow.environment import Environment, join
from turnstay_lint.project.dataflow.values import Constant


def joined(ends: list[Environment]) -> Environment:
    """Return what holds after several branches, of which some may have left."""
    alive = [end for end in ends if end.alive]
    if not alive:
        return ends[0]
    found = alive[0]
    for end in alive[1:]:
        found = join(found, end)
    return found


def decides(statement: ast.If) -> bool:
    """Tell whether a branch leaves: only then a test keeps anything from what follows."""
    return any(_leaves(body) for body in (statement.body, statement.orelse) if body)


def _leaves(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return True
    if isinstance(last, ast.If):
        return _leaves(last.body) or (bool(last.orelse) and _leaves(last.orelse))
    return all(isinstance(statement, ast.Expr) for statement in body) and isinstance(last, ast.Expr)


def narrow(test: ast.expr, taken: Environment, other: Environment) -> None:
    """``if x is None:`` tells what x is on one of the ways, so that it needs no merging."""
    match test:
        case ast.Compare(
            left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)]
        ) if name in taken.names and name in other.names:
            taken.names[name] = Constant(None)
