"""Which applications a service makes, and what they do with exceptions that nobody caught.

Starlette asks the handler of ``Exception``, or of 500, for what no other takes
(https://www.starlette.io/exceptions/). A middleware that catches all does the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import argument
from turnstay_lint.frameworks.starlette import status_code
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ClassSummary, ModuleSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

APPLICATION = "fastapi.FastAPI"
ADDING = "add_exception_handler"
DECORATING = "exception_handler"
HANDLING = "exception_handlers"
_ALL = frozenset({"builtins.Exception", "builtins.BaseException"})
_INTERNAL = 500


class Registration(Struct, frozen=True):
    """Something that is told to take exceptions, and by whom.

    ``takes_all`` is None where it cannot be read what it takes; ``handler`` is the function or the
    expression that is handed over, ``owner`` the name of the application in its file.
    """

    node: ast.expr
    scope: Scope
    owner: str
    takes_all: bool | None
    handler: ast.expr | FunctionNode | None


@fact
def registrations(source: SourceFile) -> tuple[Registration, ...]:
    """Return what a file registers to take exceptions, in calls, decorators and constructors."""
    if source.words.isdisjoint({ADDING, DECORATING, HANDLING}):
        return ()
    return (*_called(source), *_decorating(source))


def _called(source: SourceFile) -> Iterator[Registration]:
    for call, scope in source.index.calls:
        given = next((k.value for k in call.keywords if k.arg == HANDLING), None)
        if isinstance(given, ast.Dict):
            for key, value in zip(given.keys, given.values, strict=True):
                taken = _takes_all(key, scope)
                yield Registration(call, scope, "", taken, value)
        elif given is not None:
            yield Registration(call, scope, "", None, given)
        if isinstance(call.func, ast.Attribute) and call.func.attr == ADDING:
            taken = _takes_all(argument(call, 0, "exc_class_or_status_code"), scope)
            owner = ast.unparse(call.func.value)
            yield Registration(call, scope, owner, taken, argument(call, 1, "handler"))


def _decorating(source: SourceFile) -> Iterator[Registration]:
    for function in source.index.functions:
        node, outer = function.node, function.parent or function
        assert isinstance(node, FunctionNode)
        for made in node.decorator_list:
            if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
                if made.func.attr == DECORATING:
                    taken = _takes_all(argument(made, 0, "exc_class_or_status_code"), outer)
                    owner = ast.unparse(made.func.value)
                    yield Registration(made, outer, owner, taken, node)


def _takes_all(taken: ast.expr | None, scope: Scope) -> bool | None:
    if taken is None:
        return None
    number = status_code(taken, scope, lambda name: None)
    if number is not None:
        return number == _INTERNAL
    name = resolve(taken, scope)
    if name is None:
        return None
    if name in _ALL:
        return True
    found = scope.lookup(taken.id) if isinstance(taken, ast.Name) else None
    loops = found is not None and not isinstance(
        found[1][-1].node, ast.ClassDef | ast.Import | ast.ImportFrom | ast.alias
    )
    return None if loops and not name.startswith("builtins.") else False


@noted_fact
def takes_all_somewhere(project: Project) -> bool:
    """Tell whether a function of the service, given an application, lets it take all."""
    return any(
        one.takes_all is not False and _is_handed(one)
        for module in project.modules.values()
        if not is_apart(module.path) and _mentions(module)
        for source in [project.read(module.path)]
        if source is not None
        for one in registrations(source)
    )


def _is_handed(one: Registration) -> bool:
    """Tell whether the application is not made where the handler is registered."""
    found = one.scope.lookup(one.owner) if one.owner.isidentifier() else None
    made = [binding.value for binding in found[1]] if found is not None else []
    return not any(
        isinstance(value, ast.Call) and resolve(value.func, one.scope) == APPLICATION
        for value in made
    )


def _mentions(module: ModuleSummary) -> bool:
    if not module.called.isdisjoint({ADDING, DECORATING}):
        return True
    names = [made.name for made in module.statements if isinstance(made, Call)]
    for function in module.functions.values():
        names += [made.name for made in function.decorators if isinstance(made, Call)]
    for variable in module.variables.values():
        if isinstance(variable.value, Call) and variable.value.keyword(HANDLING) is not None:
            return True
    return any(name.rpartition(".")[2] in (ADDING, DECORATING) for name in names)


@noted_fact
def catches_all(project: Project, name: str, near: str) -> bool:
    """Tell whether a middleware class of the service catches what nobody caught."""
    symbol = project.find(name, near)
    if symbol is None or not isinstance(symbol.definition, ClassSummary):
        return False
    source = project.read(symbol.module.path)
    if source is None:
        return True
    methods = [
        scope.node
        for scope in source.index.functions
        if scope.qualname.startswith(f"{symbol.qualname}.")
    ]
    return any(has_catch_all(method) for method in methods)


def has_catch_all(function: ast.AST) -> bool:
    """Tell whether a function has a clause that catches every exception and answers."""
    return any(
        isinstance(node, ast.ExceptHandler) and _is_catch_all(node) and not _raises(node.body)
        for node in ast.walk(function)
    )


def _is_catch_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or ast.unparse(handler.type) in ("Exception", "BaseException")


def _raises(body: Sequence[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise)
