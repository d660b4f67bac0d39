"""Endpoints as FastAPI knows them: functions handed to a router, by decorator or by call.

https://fastapi.tiangolo.com/reference/apirouter/ has the methods that make routes. Websockets,
Starlette's plain routes and other objects that happen to have a ``get`` are none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.frameworks.literals import text
from turnstay_lint.frameworks.routers import Router, returned_values, router_of
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
DECORATORS = VERBS | {"api_route"}
_DECORATED = regex(rf"@[^@\n]*(?:\n[^@\n]*)?\.\s*(?:{'|'.join(sorted(DECORATORS))})\s*\(")
_CALLED_AGAIN = regex(r"\)\s*\(")


class Route(Struct, frozen=True):
    """One way to an endpoint: the call that makes it, on which router, and what it says.

    ``call`` is the decorator's expression or the ``add_api_route`` call, evaluated in ``scope``.
    ``methods`` are upper case, empty where the file cannot tell; ``path`` is the route's own, the
    prefixes of its router left out, None where the file alone cannot tell.
    """

    call: ast.Call
    scope: Scope
    router: Router
    methods: tuple[str, ...]
    path: str | None

    @property
    def is_decorator(self) -> bool:
        """Tell whether a decorator makes it, rather than ``add_api_route``."""
        return _called(self.call) in DECORATORS

    @property
    def path_expression(self) -> ast.expr | None:
        """Return the expression that is the path."""
        return argument(self.call, 0, "path")

    def keyword(self, name: str) -> ast.expr | None:
        """Return the value of a keyword of the call, or None where it is not given."""
        return _keyword(self.call, name)

    @property
    def keywords(self) -> tuple[str, ...]:
        """Return the names of the keywords that the call has, ``**kwargs`` left out."""
        return tuple(k.arg for k in self.call.keywords if k.arg is not None)

    @property
    def has_unknown_keywords(self) -> bool:
        """Tell whether a ``**kwargs`` may say more than can be read."""
        return any(keyword.arg is None for keyword in self.call.keywords)


class Endpoint(Struct, frozen=True):
    """A function that answers requests, with all of its routes.

    ``function`` and its ``scope`` are None where the function is not of this file; ``handler`` is
    then the dotted name by which it is handed over, empty where there is none.
    """

    function: FunctionNode | None
    scope: Scope | None
    handler: str
    routes: tuple[Route, ...]

    @property
    def name(self) -> str:
        """Return the function's own name, empty where it has none."""
        return self.function.name if self.function is not None else self.handler.rpartition(".")[2]


@fact
def endpoints(source: SourceFile) -> tuple[Endpoint, ...]:
    """Return the endpoints of a file, as far as it shows them, in the order of their routes.

    A router that another module defines counts here when it is called like one;
    ``project.routers.endpoints`` follows it there and knows better.
    """
    found = []
    for endpoint in candidates(source):
        routes = tuple(route for route in endpoint.routes if route.router.looks_like_one)
        if routes:
            found.append(Endpoint(endpoint.function, endpoint.scope, endpoint.handler, routes))
    return tuple(found)


@fact
def candidates(source: SourceFile) -> tuple[Endpoint, ...]:
    """Return what would be endpoints if what they are added to turns out to be a router."""
    if not _may_make_routes(source):
        return ()
    handed: dict[object, list[Route]] = {}
    handlers: dict[object, tuple[Scope | None, str]] = {}
    for key, scope, handler, route in (*_decorated(source), *_handed_over(source)):
        handed.setdefault(key, []).append(route)
        handlers.setdefault(key, (scope, handler))
    found = []
    for key, routes in handed.items():
        scope, handler = handlers[key]
        function = scope.node if scope is not None else None
        assert function is None or isinstance(function, FunctionNode)
        found.append(Endpoint(function, scope, handler, tuple(routes)))
    return tuple(sorted(found, key=_place))


def _may_make_routes(source: SourceFile) -> bool:
    """Most files say ``get`` somewhere, few below an ``@`` or in a call of what a call gives."""
    words, text_ = source.words, source.text
    if words.isdisjoint(DECORATORS):
        return "add_api_route" in words
    return (
        "add_api_route" in words
        or _DECORATED.search(text_) is not None
        or _CALLED_AGAIN.search(text_) is not None
    )


def _place(endpoint: Endpoint) -> tuple[int, int]:
    first = endpoint.routes[0].call
    return first.lineno, first.col_offset


_Handed = tuple[object, Scope | None, str, Route]


def _decorated(source: SourceFile) -> Iterator[_Handed]:
    for scope in source.index.functions:
        node = scope.node
        assert isinstance(node, FunctionNode)
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and _called(decorator) in DECORATORS:
                route = _route(decorator, scope.parent or scope, source)
                if route is not None:
                    yield node, scope, f"{scope.module}.{scope.qualname}", route


def _handed_over(source: SourceFile) -> Iterator[_Handed]:
    """``router.add_api_route("/x", f)`` and ``router.get("/x")(f)``."""
    if "add_api_route" not in source.words and _CALLED_AGAIN.search(source.text) is None:
        return
    for call, scope in source.index.calls:
        if _called(call) == "add_api_route":
            handler, made = argument(call, 1, "endpoint"), call
        elif isinstance(call.func, ast.Call) and _called(call.func) in DECORATORS and call.args:
            handler, made = call.args[0], call.func
        else:
            continue
        route = _route(made, scope, source) if handler is not None else None
        if handler is not None and route is not None:
            function = _function_named(handler, scope, source)
            key = function.node if function is not None else made
            yield key, function, resolve(handler, scope) or "", route


def is_routed(function: ast.AST) -> bool:
    """Tell whether a function is decorated as endpoints are, by whatever router it may be."""
    return isinstance(function, FunctionNode) and any(
        isinstance(decorator, ast.Call) and _called(decorator) in DECORATORS
        for decorator in function.decorator_list
    )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """Return the argument that stands at ``position`` or is called ``name``, or None."""
    if len(call.args) > position:
        for plain in call.args[: position + 1]:
            if type(plain) is ast.Starred:
                break
        else:
            return call.args[position]
    return _keyword(call, name)


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return None


def _route(call: ast.Call, scope: Scope, source: SourceFile) -> Route | None:
    path = argument(call, 0, "path")
    given = text(path, scope)
    if path is None or (given and not given.startswith("/")) or _is_no_path(path):
        return None
    assert isinstance(call.func, ast.Attribute)
    router = router_of(call.func.value, scope, source)
    if router is None:
        return None
    return Route(call, scope, router, _methods(call), given)


def _is_no_path(path: ast.expr) -> bool:
    return isinstance(path, ast.Constant) and not isinstance(path.value, str)


def _methods(call: ast.Call) -> tuple[str, ...]:
    verb = _called(call)
    if verb in VERBS:
        return (verb.upper(),)
    listed = _keyword(call, "methods")
    if listed is None:
        return () if any(k.arg is None for k in call.keywords) else ("GET",)
    if not isinstance(listed, ast.List | ast.Tuple | ast.Set):
        return ()
    return tuple(
        element.value.upper()
        for element in listed.elts
        if isinstance(element, ast.Constant) and isinstance(element.value, str)
    )


def _function_named(handler: ast.expr, scope: Scope, source: SourceFile) -> Scope | None:
    """Return the function of this file that an expression names, ``self.method`` included."""
    match handler:
        case ast.Name(id=name):
            found = scope.lookup(name)
            functions = [b for b in found[1] if b.kind is Binds.FUNCTION] if found else []
            return source.index.scopes.get(functions[-1].node) if functions else None
        case ast.Attribute(value=ast.Name(id=base), attr=method):
            found = scope.lookup(base)
            if found is None:
                return None
            owner = found[0].parent if found[1][0].kind is Binds.PARAMETER else None
            if found[1][-1].kind is Binds.CLASS:
                owner = source.index.scopes.get(found[1][-1].node)
            if owner is None or not owner.is_class:
                return None
            methods = owner.bindings.get(method, [])
            found_method = methods[-1].node if methods else None
            return source.index.scopes.get(found_method) if found_method is not None else None
        case ast.Call(func=ast.Name() as maker):
            return _made_by(_function_named(maker, scope, source), source)
    return None


def _made_by(factory: Scope | None, source: SourceFile) -> Scope | None:
    """``add_api_route("/x", make_handler(y))``: the inner function that the factory returns."""
    if factory is None or not isinstance(factory.node, FunctionNode):
        return None
    returned = list(returned_values(factory.node))
    if len(returned) != 1 or not isinstance(returned[0], ast.Name):
        return None
    found = factory.bindings.get(returned[0].id, [])
    made = found[-1].node if found and found[-1].kind is Binds.FUNCTION else None
    return source.index.scopes.get(made) if made is not None else None
