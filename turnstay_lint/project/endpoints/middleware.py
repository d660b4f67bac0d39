"""The functions that Starlette calls around a request: ``dispatch``, and ``@app.middleware``.

https://www.starlette.io/middleware/#basehttpmiddleware says what they get and give.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope

BASE = "starlette.middleware.base.BaseHTTPMiddleware"
_HEADER = regex(r"(?:async\s+)?def\s+\w+")


class Dispatch(Struct, frozen=True):
    """One such function; ``of_class`` tells a method from a function with a decorator."""

    scope: Scope
    of_class: bool

    @property
    def node(self) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """Return the function."""
        assert isinstance(self.scope.node, FunctionNode)
        return self.scope.node

    @property
    def parameters(self) -> list[ast.arg]:
        """Return its parameters by place, ``self`` left out."""
        arguments = self.node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        return plain[1:] if self.of_class else plain

    @property
    def next_name(self) -> str:
        """Return what it calls that which answers after it, empty where it takes nothing such."""
        parameters = self.parameters
        return parameters[1].arg if len(parameters) > 1 else ""


@file_fact
def dispatches(project: Project, source: SourceFile) -> list[Dispatch]:
    """Return what Starlette calls around a request, in the order of the text."""
    return list(_dispatches(project, source))


def _dispatches(project: Project, source: SourceFile) -> Iterator[Dispatch]:
    for scope in source.index.functions:
        node = scope.node
        assert isinstance(node, FunctionNode)
        owner = scope.parent
        if owner is not None and owner.is_class:
            name = f"{owner.module}.{owner.qualname}"
            if node.name == "dispatch" and not node.decorator_list:
                if project.derives(name, owner.module, BASE):
                    yield Dispatch(scope, of_class=True)
        elif any(map(_is_middleware, node.decorator_list)):
            yield Dispatch(scope, of_class=False)


def _is_middleware(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Attribute(attr="middleware"), args=[ast.Constant(value="http")]):
            return True
    return False


def header(source: SourceFile, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
    """Return where a function says that it is one: ``async def dispatch``."""
    span = source.span(node)
    start = source.lines.offset(*span.start)
    found = _HEADER.match(source.text, start)
    end = found.end() if found is not None else start
    return Span(span.line, span.column, *source.lines.position(end))


def calls_of_next(dispatch: Dispatch) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Yield the calls of what answers after it, each with what holds it."""
    yield from _calls(dispatch.node, dispatch.next_name)


def _calls(holder: ast.AST, name: str) -> Iterator[tuple[ast.Call, ast.AST]]:
    for child in ast.iter_child_nodes(holder):
        if isinstance(child, FunctionNode | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
            if child.func.id == name:
                yield child, holder
        yield from _calls(child, name)
