"""Methods of schemas that validate, declared in the words of Pydantic 2 or of Pydantic 1."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.frameworks.pydantic import VALIDATORS
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope


class Validator(Struct, frozen=True):
    """A method and the decorator that makes it a validator: ``kind`` is Pydantic's name of it."""

    kind: str
    decorator: ast.expr
    function: FunctionNode
    scope: Scope

    @property
    def named(self) -> ast.expr:
        """Return the expression that names the decorator, without its arguments."""
        return self.decorator.func if isinstance(self.decorator, ast.Call) else self.decorator

    @property
    def keywords(self) -> dict[str, ast.expr]:
        """Return what the decorator is told by keyword; ``**`` for what cannot be read."""
        if not isinstance(self.decorator, ast.Call):
            return {}
        return {keyword.arg or "**": keyword.value for keyword in self.decorator.keywords}

    def others(self) -> Iterator[tuple[int, str]]:
        """Yield the other decorators that are builtins, each with its place in the list."""
        outer = self.scope.parent or self.scope
        for place, decorator in enumerate(self.function.decorator_list):
            name = resolve(decorator, outer)
            if name is not None and name.startswith("builtins."):
                yield place, name.removeprefix("builtins.")


def kind_of_validator(project: Project, expression: ast.expr, scope: Scope) -> str:
    """Return what Pydantic calls a decorator, empty where it is none of its validators."""
    name = resolve(expression, scope)
    if name is None:
        return ""
    return VALIDATORS.get(name) or VALIDATORS.get(project.canonical(name, scope.module), "")


def validators(project: Project, source: SourceFile) -> Iterator[Validator]:
    """Yield the validators that classes of a file declare, in the order of the text."""
    for scope in source.index.functions:
        node, outer = scope.node, scope.parent
        if outer is None or not outer.is_class or not isinstance(node, FunctionNode):
            continue
        for decorator in node.decorator_list:
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            kind = kind_of_validator(project, named, outer)
            if kind:
                yield Validator(kind, decorator, node, scope)
