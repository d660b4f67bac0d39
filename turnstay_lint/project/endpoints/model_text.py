"""How a response model is written in a file: its names as the file has them, imports it needs."""

from __future__ import annotations

import ast
import copy

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.response_models import CONTAINERS, LISTS, Model
from turnstay_lint.project.project import Project
from turnstay_lint.project.writing.spelling import (
    Spelling,
    Unspellable,
    is_bound,
    spell,
    spell_outsider,
)
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import NONE, Type


class Written(Struct, frozen=True):
    """The text of a model, and what to import for it: modules and the names from them."""

    text: str
    imports: tuple[tuple[str, str], ...] = ()


def write_model(
    project: Project, source: SourceFile, endpoint: Endpoint, route: Route, model: Model
) -> Written:
    """Return how a route names a model; raises Unspellable with the reason."""
    function = endpoint.function
    if model.annotated and function is not None and function.returns is not None:
        return Written(_copied(source, function.returns, route))
    writing = Writing(project, source, route.call, route.scope)
    return writing.of(model.type)


class Writing(Struct, frozen=True):
    """Writes types where a call stands."""

    project: Project
    source: SourceFile
    call: ast.Call
    scope: Scope

    def of(self, type_: Type) -> Written:
        """Return the text of a type; raises Unspellable."""
        if type_ == NONE:
            return Written("None")
        if type_.name == "...":
            return Written("...")
        if type_.name == "|":
            return _joined(" | ", [self.of(member) for member in type_.arguments])
        if type_.name in LISTS:
            return self._subscripted(Written("list"), type_)
        if type_.name in CONTAINERS:
            return self._subscripted(Written(type_.name.rpartition(".")[2]), type_)
        if type_.name.startswith("builtins."):
            return Written(type_.name.rpartition(".")[2])
        return self._subscripted(_written(self.spelling(type_.name)), type_)

    def spelling(self, name: str) -> Spelling:
        """Return how a class is named here; raises Unspellable."""
        symbol = self.project.find(name, self.scope.module)
        if symbol is None:
            return spell_outsider(self.project, self.source, name, self.call, self.scope)
        return spell(self.project, self.source, symbol, self.call, self.scope)

    def _subscripted(self, base: Written, type_: Type) -> Written:
        if not type_.arguments:
            return base
        inner = _joined(", ", [self.of(argument) for argument in type_.arguments])
        return Written(f"{base.text}[{inner.text}]", base.imports + inner.imports)


def _written(spelling: Spelling) -> Written:
    needed = ((spelling.module, spelling.name),) if spelling.module else ()
    return Written(spelling.text, needed)


def _joined(separator: str, parts: list[Written]) -> Written:
    text = separator.join(part.text for part in parts)
    return Written(text, tuple(dict.fromkeys(i for part in parts for i in part.imports)))


def _copied(source: SourceFile, annotation: ast.expr, route: Route) -> str:
    """Return an annotation as a decorator can say it: nothing quoted, every name defined."""
    plain = _Unquoting().visit(copy.deepcopy(annotation))
    for node in ast.walk(plain):
        if isinstance(node, ast.Name):
            _require(source, node.id, route)
    start, end = source.lines.offsets(source.span(annotation))
    text = source.text[start:end]
    quoted = ast.dump(plain) != ast.dump(annotation)
    if quoted or "\n" in text or "\r" in text or "#" in text:
        return ast.unparse(plain)
    return text


def _require(source: SourceFile, name: str, route: Route) -> None:
    found = route.scope.lookup(name)
    if found is not None and not is_bound(source, name, found[0], route.scope, route.call):
        raise Unspellable(
            f"the return annotation names {name}, which is not there when the route is made"
        )


class _Unquoting(ast.NodeTransformer):
    """Forward references are no use in a decorator; literals stay strings."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        name = node.value.attr if isinstance(node.value, ast.Attribute) else ""
        name = node.value.id if isinstance(node.value, ast.Name) else name
        if name == "Literal":
            return node
        if name == "Annotated" and isinstance(node.slice, ast.Tuple):
            node.slice.elts[0] = self.visit(node.slice.elts[0])
            return node
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str):
            return node
        try:
            parsed = ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return node
        unquoted: ast.AST = self.visit(parsed)
        return ast.copy_location(unquoted, node)
