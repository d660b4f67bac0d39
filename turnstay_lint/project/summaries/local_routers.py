"""What functions include in routers, as ``build_router()`` and ``create_app()`` do.

A router that is a variable of a function is named after both: ``app`` of ``create_app`` is
``create_app.app``. Its own prefix is said with what it includes, since nobody else can see it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from turnstay_lint.frameworks.fastapi import DECORATORS
from turnstay_lint.project.summaries.values import (
    UNKNOWN,
    Call,
    Items,
    Literal,
    Name,
    Value,
    call_of,
    read_value,
)
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope


def inclusions_in_functions(source: SourceFile) -> Iterator[Call]:
    """Yield the ``include_router`` calls in the functions of a file."""
    for call, scope in source.index.calls:
        into = call.func
        if isinstance(into, ast.Attribute) and into.attr == "include_router" and scope.function:
            parent = _name_of(into.value, scope)
            if parent is not None:
                made = call_of(f"{parent}.{into.attr}", call, scope)
                yield _below(_own(into.value, scope), _with_child(made, call, scope))


def route_in_function(decorator: ast.expr, scope: Scope) -> Call | None:
    """Return ``@router.get("/x")`` of a router that the function around makes, or None.

    The path says the router's own prefix too.
    """
    if not isinstance(decorator, ast.Call) or scope.function is None:
        return None
    called = decorator.func
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
        return None
    if called.attr not in DECORATORS or resolve(called.value, scope) is not None:
        return None
    made = call_of(f"{_name_of(called.value, scope)}.{called.attr}", decorator, scope)
    own = _own(called.value, scope)
    made = _depending(own, made)
    prefix, path = own.keyword("prefix") if own is not None else None, made.arguments[:1]
    if isinstance(prefix, Literal) and path and isinstance(path[0], Literal):
        whole = Literal(f"{prefix.value}{path[0].value}")
        return replace(made, arguments=(whole, *made.arguments[1:]))
    return made


def _name_of(router: ast.expr, scope: Scope) -> str | None:
    name = resolve(router, scope)
    if name is None and isinstance(router, ast.Name) and scope.function is not None:
        return f"{scope.module}.{scope.function.qualname}.{router.id}"
    return name


def _with_child(made: Call, call: ast.Call, scope: Scope) -> Call:
    """Name the router that is included where it is a variable of the function too."""
    child = call.args[0] if call.args else None
    if not isinstance(child, ast.Name) or made.arguments[0] != UNKNOWN:
        return made
    name = _name_of(child, scope)
    return replace(made, arguments=(Name(name), *made.arguments[1:])) if name else made


def _own(router: ast.expr, scope: Scope) -> Call | None:
    """Return the call with which a function makes a router of its own."""
    found = scope.lookup(router.id, router) if isinstance(router, ast.Name) else None
    if found is None or not found[0].is_function or found[1][-1].kind is not Binds.ASSIGNMENT:
        return None
    made = read_value(found[1][-1].value, scope)
    return made if isinstance(made, Call) else None


def _below(own: Call | None, made: Call) -> Call:
    made = _depending(own, made)
    prefix = own.keyword("prefix") if own is not None else None
    if prefix is None:
        return made
    said = made.keyword("prefix")
    if isinstance(prefix, Literal) and isinstance(said, Literal):
        prefix = Literal(f"{prefix.value}{said.value}")
    return _having(made, "prefix", prefix)


def _depending(own: Call | None, made: Call) -> Call:
    """Add to a call what the router itself depends on."""
    asked = own.keyword("dependencies") if own is not None else None
    if asked is None:
        return made
    said = made.keyword("dependencies")
    if said is None:
        return _having(made, "dependencies", asked)
    whole = Items((*_items(asked), *_items(said)))
    return _having(made, "dependencies", whole)


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Items) else (value,)


def _having(made: Call, name: str, value: Value) -> Call:
    kept = tuple((key, held) for key, held in made.keywords if key != name)
    return replace(made, keywords=(*kept, (name, value)))
