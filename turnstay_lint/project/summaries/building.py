"""What a function builds and returns, where building a query is all that it does.

``def invoices(status): return select(Invoice).where(Invoice.status == status)`` is kept as it is
written, with what its names mean in its own file, so that whoever calls it from another file sees
the query with the arguments of the call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.project.summaries.summary import Building
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

_STEPS = frozenset({"delete", "filter", "filter_by", "query", "select", "update", "where"})
_PLAIN = ("builtins.staticmethod", "builtins.classmethod")
_DOING = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)
_MOST_STATEMENTS = 12
_MOST_TEXT = 1_200


def building(source: SourceFile, scope: Scope) -> Building | None:
    """Return what a function builds, or None where it does anything else or is too long."""
    node = scope.node
    if not isinstance(node, ast.FunctionDef) or scope.parent is None or scope.parent.is_function:
        return None
    if source.words.isdisjoint(_STEPS) or not isinstance(node.body[-1], ast.Return):
        return None
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if not body or len(body) > _MOST_STATEMENTS or not _only_builds(body):
        return None
    around = scope.parent
    if any(resolve(decorator, around) not in _PLAIN for decorator in node.decorator_list):
        return None
    try:
        text = "\n".join(map(ast.unparse, body))
    except (RecursionError, ValueError):
        # Nested too deeply, or an f-string that cannot be written in one line.
        return None
    return Building(text, tuple(sorted(_names(body, scope)))) if len(text) <= _MOST_TEXT else None


def _only_builds(body: list[ast.stmt]) -> bool:
    """Tell whether it assigns to variables and returns at its end, and nothing else."""
    *before, last = body
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Call | ast.Name):
        return False
    if not all(map(_assigns, before)):
        return False
    nodes = [node for statement in body for node in ast.walk(statement)]
    return any(map(_is_step, nodes)) and not any(isinstance(node, _DOING) for node in nodes)


def _assigns(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
            return True
        case ast.If(body=body, orelse=orelse):
            return all(map(_assigns, (*body, *orelse)))
    return False


def _is_step(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _STEPS
    return False


def _names(body: list[ast.stmt], scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield the names that the function does not bind itself, and what they are, or nothing."""
    assert isinstance(scope.node, FunctionNode)
    seen = set(scope.bindings)
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                yield node.id, resolve(node, scope) or ""
