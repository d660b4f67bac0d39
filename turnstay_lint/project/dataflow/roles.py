"""Branches that only those take who look after every tenant: ``if user.is_admin:``.

What such a way does without the tenant's condition is meant so.
"""

from __future__ import annotations

import ast

from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.facts import UNDERSTOOD_BY_NOBODY
from turnstay_lint.project.dataflow.values import Collection, Condition, Query
from turnstay_lint.project.roles import names_role, tells_role
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.patterns import regex

_EQUAL = (ast.Eq, ast.Is, ast.In)
_UNEQUAL = (ast.NotEq, ast.IsNot, ast.NotIn)
_DEMANDS = regex(r"(^|_)(require|ensure|check|assert|verify|must|enforce|only|validate)")


def privileged_side(test: ast.expr, settings: Settings) -> bool | None:
    """Return which way those take who see every tenant: True for the body, None for neither."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            side = privileged_side(operand, settings)
            return None if side is None else not side
        case ast.BoolOp(values=values):
            sides = (privileged_side(value, settings) for value in values)
            return next((side for side in sides if side is not None), None)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            if not (_speaks_of_role(left, settings) or _speaks_of_role(right, settings)):
                return None
            denied = isinstance(right, ast.Constant) and right.value in (False, None)
            if isinstance(operator, _EQUAL):
                return not denied
            return denied if isinstance(operator, _UNEQUAL) else None
        case ast.Await(value=inner):
            return privileged_side(inner, settings)
    return True if _speaks_of_role(test, settings) else None


def _speaks_of_role(expression: ast.expr, settings: Settings) -> bool:
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return tells_role(name, settings)
        case ast.Constant(value=str(name)):
            return tells_role(name.upper(), settings)
        case ast.Call(func=func, args=args):
            return any(_speaks_of_role(part, settings) for part in (func, *args))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return any(_speaks_of_role(part, settings) for part in parts)
        case ast.Await(value=inner):
            return _speaks_of_role(inner, settings)
    return False


def demands_role(call: ast.Call, settings: Settings) -> bool:
    """``require_admin(user)``: whoever goes on from here sees every tenant."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = call.func.id if isinstance(call.func, ast.Name) else name
    return bool(_DEMANDS.search(name)) and names_role(name, settings)


def trust(environment: Environment) -> None:
    """Mark a way as theirs; what it does without the tenant's condition is meant so."""
    environment.privileged = True
    for name, value in environment.names.items():
        if isinstance(value, Query):
            environment.names[name] = value.having(UNDERSTOOD_BY_NOBODY)
        elif isinstance(value, Collection) and value.items:
            if all(isinstance(item, Condition) for item in value.items):
                anything = Condition(UNDERSTOOD_BY_NOBODY)
                environment.names[name] = Collection((*value.items, anything), value.open)


def refuses(body: list[ast.stmt]) -> bool:
    """Tell whether statements may end in an error: they check what the others need not."""
    return any(isinstance(node, ast.Raise) for statement in body for node in ast.walk(statement))
