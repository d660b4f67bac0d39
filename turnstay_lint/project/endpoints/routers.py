"""Endpoints whose routers the service confirms, and what routes inherit from their routers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import Endpoint, Route, argument, candidates
from turnstay_lint.frameworks.literals import Elsewhere, text
from turnstay_lint.frameworks.routers import ROUTER_CLASSES, Router, looks_like_router
from turnstay_lint.frameworks.starlette import (
    JSON_RESPONSE_CLASSES,
    status_code,
    status_named,
)
from turnstay_lint.project.endpoints.inclusions import inclusions
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Literal, Name, Value
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds

_MOST_HOPS = 6


def endpoints(project: Project, source: SourceFile) -> tuple[Endpoint, ...]:
    """Return the endpoints of a file, their routers followed through the service.

    What another module defines is a router if it is one there; where that module is not known, it
    is one if it is called so and the file imports FastAPI.
    """
    return _known(project, source).endpoints


def endpoint_of(project: Project, source: SourceFile, function: ast.AST) -> Endpoint | None:
    """Return the endpoint that a function of a file is, or None where it answers no requests."""
    return _known(project, source).by_function.get(function)


class _Known(Struct, frozen=True):
    """The endpoints of a file in a service, and which function is which."""

    project: Project
    endpoints: tuple[Endpoint, ...]
    by_function: dict[ast.AST, Endpoint]


def _known(project: Project, source: SourceFile) -> _Known:
    kept = source.remembered("endpoints", dict[int, _Known])
    known = kept.get(id(project))
    if known is None or known.project is not project:
        found = tuple(_confirmed(project, source))
        first: dict[ast.AST, Endpoint] = {}
        for endpoint in found:
            if endpoint.function is not None:
                first.setdefault(endpoint.function, endpoint)
        known = kept[id(project)] = _Known(project, found, first)
    return known


def _confirmed(project: Project, source: SourceFile) -> Iterator[Endpoint]:
    for endpoint in candidates(source):
        routes = tuple(r for r in endpoint.routes if _is_router(project, r.router, source))
        if routes:
            yield Endpoint(endpoint.function, endpoint.scope, endpoint.handler, routes)


def _is_router(project: Project, router: Router, source: SourceFile) -> bool:
    if router.certain:
        return True
    near = source.scope.module
    for name, is_class in ((router.type, True), (router.name, False)):
        if not name:
            continue
        verdict = makes_router(project, name, near) if is_class else _holds(project, name, near)
        if verdict is not None:
            return verdict
    return router.looks_like_one and _imports_fastapi(source)


def _imports_fastapi(source: SourceFile) -> bool:
    return any(
        binding.kind is Binds.IMPORT and binding.target.partition(".")[0] == "fastapi"
        for bindings in source.scope.bindings.values()
        for binding in bindings
    )


def makes_router(project: Project, name: str, near: str, hops: int = _MOST_HOPS) -> bool | None:
    """Tell whether calling a class or factory gives a router; None where nobody knows."""
    if hops == 0:
        return None
    symbol = project.find(name, near)
    match symbol:
        case Symbol(definition=ClassSummary()):
            ancestors = set(project.ancestors(name, near))
            return bool(ancestors & ROUTER_CLASSES) or _may_derive(project, ancestors)
        case Symbol(definition=FunctionSummary(returns=returns)):
            types = [m for m in returns.without_none.members if m.name not in ("?", "None")]
            if not types:
                return None
            return any(makes_router(project, t.name, symbol.module.name, hops - 1) for t in types)
    if symbol is not None:
        return None
    return project.canonical(name, near) in ROUTER_CLASSES or None


def _may_derive(project: Project, ancestors: set[str]) -> bool | None:
    """A base class that nobody knows may be a router, if it is called so."""
    outside = [name for name in ancestors if project.find(name) is None]
    return None if any(looks_like_router(name) for name in outside) else False


def _holds(project: Project, name: str, near: str) -> bool | None:
    """Tell whether a variable or class attribute elsewhere holds a router; None: nobody knows."""
    symbol = project.find(name, near)
    if symbol is None:
        return _attribute_holds(project, name, near)
    if not isinstance(symbol.definition, VariableSummary):
        return False
    return _value_is_router(project, symbol.definition, symbol.module.name)


def _value_is_router(project: Project, held: VariableSummary, near: str) -> bool | None:
    if held.type is not None:
        return makes_router(project, held.type.without_none.name, near)
    if isinstance(held.value, Call):
        return makes_router(project, held.value.name, near)
    return False if isinstance(held.value, Literal) else None


def _attribute_holds(project: Project, name: str, near: str) -> bool | None:
    owner, _, attribute = name.rpartition(".")
    if not owner or project.find(owner, near) is None:
        return None
    for ancestor in project.ancestors(owner, near):
        symbol = project.find(ancestor, near)
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            continue
        held = symbol.definition.attribute(attribute)
        if held is not None and isinstance(held.value, Call):
            return makes_router(project, held.value.name, symbol.module.name)
        if held is not None and held.type is not None:
            return makes_router(project, held.type.without_none.name, symbol.module.name)
    return None


def constants(project: Project, near: str) -> Elsewhere:
    """Return the look-up of constants by dotted name that ``frameworks.literals`` asks for."""

    def value_of(dotted: str) -> str | int | None:
        value = _constant(project, dotted.removesuffix(".value"), near)
        if isinstance(value, Literal) and isinstance(value.value, str | int):
            return value.value
        return status_named(value.name) if isinstance(value, Name) else None

    return value_of


def _constant(project: Project, dotted: str, near: str) -> Value | None:
    symbol = project.find(dotted, near)
    if symbol is not None:
        held = symbol.definition
        return held.value if isinstance(held, VariableSummary) else None
    owner, _, attribute = dotted.rpartition(".")
    symbol = project.find(owner, near) if owner else None
    if symbol is not None and isinstance(symbol.definition, ClassSummary):
        declared = symbol.definition.attribute(attribute)
        return declared.value if declared is not None else None
    return None


def own_path(project: Project, route: Route) -> str | None:
    """Return a route's path without its router's prefix, constants of other modules followed."""
    if route.path is not None:
        return route.path
    elsewhere = constants(project, route.scope.module)
    return text(route.path_expression, route.scope, elsewhere)


def status_of(project: Project, route: Route) -> int | None:
    """Return the status code that a route is declared with, or None where none can be read.

    It may stand second among the arguments, or on the router, where a subclass allows that.
    """
    elsewhere = constants(project, route.scope.module)
    said = status_expression(route)
    if said is not None:
        return status_code(said, route.scope, elsewhere)
    on_router = route.router.keyword("status_code")
    if on_router is not None and route.router.scope is not None:
        return status_code(on_router, route.router.scope, elsewhere)
    return None


def status_expression(route: Route) -> ast.expr | None:
    """Return what a route says of its status code, or None where it says nothing."""
    second = argument(route.call, 1, "status_code") if route.is_decorator else None
    return second if second is not None else route.keyword("status_code")


def default_response_class(project: Project, route: Route) -> str:
    """Return the response class that a route has from above, empty for JSON or none.

    From its router, the ``include_router`` calls above and the application. A default that
    renders JSON says nothing about the model, so it does not count.
    """
    near = route.scope.module
    own = route.router.keyword("default_response_class")
    if own is not None and route.router.scope is not None:
        return _unless_json(project, resolve(own, route.router.scope) or "", near)
    name = project.canonical(route.router.name, near) if route.router.name else ""
    return _default_of(project, name, frozenset())


def _default_of(project: Project, router: str, seen: frozenset[str]) -> str:
    """Return the default of a router by its canonical name, else what includes it has."""
    symbol = project.find(router) if router and router not in seen else None
    if symbol is None or not isinstance(symbol.definition, VariableSummary):
        return ""
    said = _said_default(project, symbol.definition.value, symbol.module.name)
    if said is not None:
        return said
    for above_it in inclusions(project).get(router, ()):
        said = _said_default(project, above_it.call, above_it.near)
        further = above_it.parent
        above = said if said is not None else _default_of(project, further, seen | {router})
        if above:
            return above
    return ""


def _said_default(project: Project, made: Value, near: str) -> str | None:
    said = made.keyword("default_response_class") if isinstance(made, Call) else None
    return _unless_json(project, said.name, near) if isinstance(said, Name) else None


def _unless_json(project: Project, name: str, near: str) -> str:
    ancestors = set(project.ancestors(name, near)) if name else set()
    return "" if ancestors & JSON_RESPONSE_CLASSES else name
