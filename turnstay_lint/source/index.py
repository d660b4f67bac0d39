"""One walk over a file: every scope, every function and class, every call with its scope.

A walk in Python costs as much as the parse if it visits all; this one visits only nodes that can
hold a statement or an expression with a call in it.
"""

from __future__ import annotations

import ast

from turnstay_lint.source.scopes import COMPREHENSIONS, FunctionNode, Scope, all_parameters

_LEAVES = (
    ast.Name,
    ast.Constant,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Global,
    ast.Nonlocal,
    ast.Import,
    ast.ImportFrom,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
    ast.boolop,
)


class Index:
    """Scopes, functions, classes and calls of one file, in the order of the text."""

    __slots__ = ("calls", "classes", "functions", "module", "scopes")

    def __init__(self, tree: ast.Module, module: str) -> None:
        self.module = Scope(tree, None, "", module)
        self.scopes: dict[ast.AST, Scope] = {tree: self.module}
        self.functions: list[Scope] = []
        self.classes: list[Scope] = []
        self.calls: list[tuple[ast.Call, Scope]] = []
        self._walk(tree, module)

    def _walk(self, tree: ast.Module, module: str) -> None:
        """Depth first without recursion, so that no file is too deep."""
        todo: list[tuple[ast.AST, Scope]] = [(child, self.module) for child in reversed(tree.body)]
        calls = self.calls
        while todo:
            node, scope = todo.pop()
            kind = type(node)
            if kind is ast.Call:
                calls.append((node, scope))  # type: ignore[arg-type]
            elif kind in _SCOPED:
                self._enter(node, scope, module, todo)
                continue
            elif kind is ast.NamedExpr:
                scope.walrus_target.walruses.append(node)  # type: ignore[arg-type]
            elif kind is ast.Attribute or kind is ast.Expr:
                value = node.value  # type: ignore[attr-defined]
                if type(value) not in _SKIPPED:
                    todo.append((value, scope))
                continue
            start = len(todo)
            for field in node._fields:
                value = getattr(node, field, None)
                if type(value) is list:
                    todo.extend((child, scope) for child in value if type(child) not in _SKIPPED)
                elif value is not None and type(value) not in _SKIPPED:
                    todo.append((value, scope))
            todo[start:] = reversed(todo[start:])

    def _enter(
        self, node: ast.AST, scope: Scope, module: str, todo: list[tuple[ast.AST, Scope]]
    ) -> None:
        """Make the scope of a function, class, lambda or comprehension, and queue what is in it."""
        inner = Scope(node, scope, getattr(node, "name", ""), module)  # type: ignore[arg-type]
        self.scopes[node] = inner
        start = len(todo)
        if isinstance(node, FunctionNode):
            self.functions.append(inner)
            outside: list[ast.AST] = [*node.decorator_list, *_evaluated_outside(node.args)]
            if node.returns is not None:
                outside.append(node.returns)
            todo.extend((child, scope) for child in outside)
            todo.extend((child, inner) for child in node.body)
        elif isinstance(node, ast.ClassDef):
            self.classes.append(inner)
            todo.extend((c, scope) for c in (*node.decorator_list, *node.bases, *node.keywords))
            todo.extend((child, inner) for child in node.body)
        elif isinstance(node, ast.Lambda):
            todo.extend((child, scope) for child in _evaluated_outside(node.args))
            todo.append((node.body, inner))
        elif isinstance(node, COMPREHENSIONS):
            first, *rest = node.generators
            todo.append((first.iter, scope))
            todo.extend((condition, inner) for condition in first.ifs)
            todo.extend((generator, inner) for generator in rest)
            parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
            todo.extend((part, inner) for part in parts)
        todo[start:] = reversed(todo[start:])


def _evaluated_outside(arguments: ast.arguments) -> list[ast.AST]:
    """Defaults and annotations belong to the scope around the function."""
    found: list[ast.AST] = [*arguments.defaults]
    found.extend(default for default in arguments.kw_defaults if default is not None)
    for parameter in all_parameters(arguments):
        if parameter.annotation is not None:
            found.append(parameter.annotation)
    return found


_SKIPPED = frozenset({*_LEAVES, str, int, bool, bytes, float, complex, type(None), type(...)}) | {
    subclass for leaf in _LEAVES for subclass in leaf.__subclasses__()
}
_SCOPED = frozenset({*FunctionNode.__args__, ast.ClassDef, ast.Lambda, *COMPREHENSIONS})
