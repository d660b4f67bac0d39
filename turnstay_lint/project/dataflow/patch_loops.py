"""Which fields the loop of a patch sets: all of the schema's but those that it asks about by name.

``if field != "id":``, ``if field in ("id", "company_id"): continue``, ``if field in EDITABLE:``.
"""

from __future__ import annotations

import ast

from turnstay_lint.project.dataflow.values import Dump

_WITHOUT_PLACE = ast.ExceptHandler | ast.match_case | ast.comprehension | ast.withitem


def set_fields(function: ast.AST, call: ast.Call) -> Dump | None:
    """Return which fields ``setattr`` sets by the name of its loop, or None where nobody can tell.

    A field that the loop asks about by name is taken to be treated apart.
    """
    holding = around(function, call)
    loop = next((node for node in holding if isinstance(node, ast.For | ast.AsyncFor)), None)
    key = call.args[1]
    if loop is None or not isinstance(key, ast.Name):
        return None
    excluded: set[str] = set()
    only: frozenset[str] | None = None
    guards = [node for node in holding if isinstance(node, ast.If)]
    for test in ast.walk(loop):
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not _is(test.left, key.id):
            continue
        if isinstance(test.ops[0], ast.In) and _is_read(test.comparators[0], call.args[2]):
            continue
        names = _names(test.comparators[0])
        if names is None:
            return None
        guarding = any(test in ast.walk(guard.test) for guard in guards if call in _body(guard))
        if isinstance(test.ops[0], ast.In | ast.Eq) and guarding:
            only = names if only is None else only & names
        else:
            excluded |= names
    return Dump(frozenset(excluded), only)


def around(function: ast.AST, call: ast.Call) -> list[ast.AST]:
    """Return what holds a call, innermost first."""
    for child in ast.iter_child_nodes(function):
        if child is call:
            return [function]
        if isinstance(child, _WITHOUT_PLACE) or _may_hold(child, call):
            inside = around(child, call)
            if inside:
                return [*inside, function]
    return []


def _may_hold(node: ast.AST, call: ast.Call) -> bool:
    """Tell by the lines; the decorators of a definition stand above its first one."""
    if not isinstance(node, ast.stmt | ast.expr | ast.keyword | ast.excepthandler):
        return hasattr(node, "lineno")
    if hasattr(node, "decorator_list"):
        return True
    return node.lineno <= call.lineno <= (node.end_lineno or node.lineno)


def _body(guard: ast.If) -> set[ast.AST]:
    return {node for statement in guard.body for node in ast.walk(statement)}


def _is(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name


def _is_read(container: ast.expr, value: ast.expr) -> bool:
    """``if field in update_data:`` before ``update_data[field]`` only asks whether it is there."""
    return isinstance(value, ast.Subscript) and ast.dump(value.value) == ast.dump(container)


def _names(expression: ast.expr) -> frozenset[str] | None:
    """The strings that a name is compared with, or None where they stand elsewhere."""
    match expression:
        case ast.Constant(value=str(name)):
            return frozenset({name})
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            names = [i.value for i in items if isinstance(i, ast.Constant)]
            return frozenset(map(str, names)) if len(names) == len(items) else None
    return None
