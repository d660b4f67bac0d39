"""One walk over a file: every scope, every function and class, every call with its scope.

A walk in Python costs as much as the parse if it visits all; this one visits only nodes that can
hold a statement or an expression with a call in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

from turnstay_lint.source.bindings import BINDERS
from turnstay_lint.source.scopes import (
    COMPREHENSIONS,
    FunctionNode,
    Scope,
    ScopeNode,
    all_parameters,
)


class Index:
    """Scopes, functions, classes and calls of one file, in the order of the text."""

    __slots__ = ("_bodies", "calls", "classes", "functions", "module", "scopes")

    def __init__(self, tree: ast.Module, module: str, *, bodies: bool = True) -> None:
        """Walk the tree; without ``bodies`` nothing inside functions is seen."""
        self._bodies = bodies
        self.module = Scope(tree, None, "", module)
        self.scopes: dict[ast.AST, Scope] = {tree: self.module}
        self.functions: list[Scope] = []
        self.classes: list[Scope] = []
        self.calls: list[tuple[ast.Call, Scope]] = []
        self._walk(tree, module)

    def _walk(self, tree: ast.Module, module: str) -> None:
        """Depth first without recursion, so that no file is too deep.

        What is to be visited lies in ``todo``, the next last; a scope there is the one in which
        what comes after it stands.
        """
        scope = self.module
        todo: list[Any] = []
        _queue(tree.body, todo)
        calls, pop, push, visited = self.calls, todo.pop, todo.append, _VISITED
        while todo:
            node = pop()
            kind = type(node)
            while kind in _HOLDING_ONE or kind is ast.Call:
                if kind is ast.Call:
                    calls.append((node, scope))
                    for keyword in reversed(node.keywords):
                        if type(keyword.value) in visited:
                            push(keyword.value)
                    for argument in reversed(node.args):
                        if type(argument) in visited:
                            push(argument)
                    node = node.func
                else:
                    node = node.value
                kind = type(node)
            fields = _FIELDS.get(kind)
            if fields is None:
                if kind is Scope:
                    scope = node
                elif kind in _SCOPED:
                    self._enter(node, scope, module, todo)
                continue
            if kind in BINDERS:
                holder = scope.walrus_target if kind is ast.NamedExpr else scope
                holder.binders.append(node)
            for field in fields:
                value = getattr(node, field, None)
                if type(value) is list:
                    for child in reversed(value) if len(value) > 1 else value:
                        if type(child) in visited:
                            push(child)
                elif type(value) in visited:
                    push(value)

    def _enter(self, node: ScopeNode, scope: Scope, module: str, todo: list[Any]) -> None:
        """Make the scope of a function, class, lambda or comprehension, and queue what is in it."""
        inner = Scope(node, scope, getattr(node, "name", ""), module)
        self.scopes[node] = inner
        outside: list[ast.AST] = []
        inside: Sequence[ast.AST]
        if isinstance(node, FunctionNode):
            self.functions.append(inner)
            scope.binders.append(node)
            outside += [*node.decorator_list, *_evaluated_outside(node.args)]
            if node.returns is not None:
                outside.append(node.returns)
            inside = node.body if self._bodies else ()
        elif isinstance(node, ast.ClassDef):
            self.classes.append(inner)
            scope.binders.append(node)
            outside += [*node.decorator_list, *node.bases, *node.keywords]
            inside = node.body
        elif isinstance(node, ast.Lambda):
            outside += _evaluated_outside(node.args)
            inside = (node.body,)
        elif isinstance(node, COMPREHENSIONS):
            first, *rest = node.generators
            outside.append(first.iter)
            parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
            inside = (*first.ifs, *rest, *parts)
        todo.append(scope)
        _queue(inside, todo)
        todo.append(inner)
        _queue(outside, todo)


_HOLDING_ONE = frozenset({ast.Attribute, ast.Await, ast.Expr, ast.Return, ast.Starred, ast.keyword})
"""What holds one expression and binds nothing: most of what there is."""


def _queue(nodes: Sequence[ast.AST], todo: list[Any]) -> None:
    todo.extend(node for node in reversed(nodes) if type(node) in _VISITED)


def _evaluated_outside(arguments: ast.arguments) -> list[ast.AST]:
    """Defaults and annotations belong to the scope around the function."""
    found: list[ast.AST] = [*arguments.defaults]
    found.extend(default for default in arguments.kw_defaults if default is not None)
    for parameter in all_parameters(arguments):
        if parameter.annotation is not None:
            found.append(parameter.annotation)
    return found


_LEAVES = (
    ast.Name,
    ast.Constant,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.alias,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
    ast.boolop,
    ast.type_ignore,
)
_SCOPED = frozenset({*FunctionNode.__args__, ast.ClassDef, ast.Lambda, *COMPREHENSIONS})
_NOT_NODES = frozenset(
    {
        "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs",
        "level", "lineno", "module", "name", "names", "op", "ops", "rest", "simple", "str",
        "type_comment",
    }
)  # fmt: skip


def _kinds(of: Iterable[type[ast.AST]]) -> Iterable[type[ast.AST]]:
    for kind in of:
        yield kind
        yield from _kinds(kind.__subclasses__())


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Return the fields that may hold a node to visit, last first."""
    return tuple(field for field in reversed(kind._fields) if field not in _NOT_NODES)


_VISITED = frozenset(_kinds([ast.AST])) - frozenset(_kinds(_LEAVES))
_FIELDS = {kind: _fields(kind) for kind in _VISITED - _SCOPED}
