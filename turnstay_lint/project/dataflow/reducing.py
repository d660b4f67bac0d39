"""``functools.reduce``: of conditions, what ``and_`` and ``or_`` of them say."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.values import Closure, Collection, Condition, Named, Value

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

REDUCE = frozenset({"functools.reduce", "_functools.reduce"})
_JUNCTIONS = frozenset({"and_", "or_"})
_MODULES = ("operator.", "_operator.", "sqlalchemy.", "sqlmodel.")


def reduced(given: Given, environment: Environment, evaluator: Evaluator) -> Value | None:
    """Return what ``reduce(and_, conditions)`` gives, or None where that is not known."""
    if len(given.positional) < 2:
        return None
    function, over, *initial = given.positional
    junction = _junction(function, environment, evaluator)
    if not junction or not isinstance(over, Collection):
        return None
    items = (*over.items, *initial)
    if not any(isinstance(item, Condition) for item in items):
        return None
    return evaluator.queries.function(junction, replace(given, positional=items))


def _junction(function: Value, environment: Environment, evaluator: Evaluator) -> str:
    """Return ``and_`` or ``or_`` for what joins two conditions so, a lambda among it."""
    match function:
        case Named(name=name) if name.startswith(_MODULES):
            last = name.rpartition(".")[2]
            return last if last in _JUNCTIONS else ""
        case Closure(node=ast.Lambda(args=ast.arguments(args=[one, other]), body=body)):
            names = {one.arg, other.arg}
            match body:
                case ast.BinOp(left=ast.Name(id=left), op=op, right=ast.Name(id=right)):
                    joined = {ast.BitAnd: "and_", ast.BitOr: "or_"}.get(type(op), "")
                    return joined if {left, right} == names else ""
                case ast.Call(func=called, args=[ast.Name(id=left), ast.Name(id=right)]):
                    inner = evaluator.value(called, environment)
                    known = {left, right} == names and isinstance(inner, Named)
                    return _junction(inner, environment, evaluator) if known else ""
    return ""
