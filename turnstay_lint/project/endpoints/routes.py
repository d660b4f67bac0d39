"""Every endpoint of the service by its path, read from the summaries of its modules.

The path is put together from the route's own, its router's prefix and the prefixes under which
that router is included, so that ``/admin`` is seen wherever it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import DECORATORS, VERBS
from turnstay_lint.frameworks.routers import (
    APPLICATION_CLASSES,
    ROUTER_CLASSES,
    looks_like_router,
)
from turnstay_lint.project.endpoints.inclusions import inclusions
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.depending import demanded_in, in_depends
from turnstay_lint.project.summaries.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import Call, Literal, Name, Value
from turnstay_lint.source.patterns import regex

_MOST_DEPTH = 10
_MOST_WAYS = 20
_MOST_PIECES = 4096
OPERATIONAL = frozenset(
    {
        "/health", "/healthcheck", "/healthz", "/live", "/liveness", "/livez", "/metrics", "/ping",
        "/readiness", "/ready", "/readyz",
    }
)  # fmt: skip
"""What asks a process how it is; only as a whole path, for an account may have metrics too."""
_ENTRANCE = regex(
    r"/(\.well-known|auth|authorize|callback|docs|forgot[_-]?password|jwks(\.json)?|log_?-?(in|out)"
    r"|o?auth2?|oidc|openapi\.json|password[_-]?reset|refresh([_-]token)?|register|reset[_-]?password"
    r"|robots\.txt|saml2?|sign[_-]?(in|out|up)|sso|status|tokens?|verify([_-]email)?|version)(/|$)"
)
"""Where people come in, or machines look whether somebody is there."""
_VERSION = regex(r"^(?:/(?:api|v\d+))*(?=/)")
_API_PREFIX = regex(r"^(?:/(?:api|v\d+|\{[^}]*\}))*(?=/|$)")


class Asked(Struct, frozen=True):
    """What ``dependencies=`` of a route, a router or an inclusion says, in the module ``near``."""

    said: Value
    near: str


class RouteFact(Struct, frozen=True):
    """One route: the canonical name of its function, its verb, and its path piece by piece.

    ``included`` says that an include chain was found, so that the pieces are all there are.
    ``own`` is the route's part of it. ``asked`` is what the route, the routers on the way and what
    includes them depend on; it is all of that where the way is seen ``whole``, from the route to
    an application.
    """

    function: str
    path_of_file: str
    method: str
    pieces: tuple[str, ...]
    included: bool
    asked: tuple[Asked, ...] = ()
    whole: bool = False
    own: str = ""

    @property
    def guards(self) -> tuple[str, ...]:
        """Return the names of what is depended on, and what that is made with."""
        said = (asked.said for asked in self.asked)
        return tuple(name for one in said for name in (*in_depends(one), *demanded_in(one)))

    @property
    def label(self) -> str:
        """Return the route as a reader names it: ``GET /api/v1/account``."""
        return f"{self.method} {''.join(self.pieces) or '/'}"

    def is_exempt(self, settings: Settings) -> bool:
        """Tell whether a route sees every tenant by design: admin, public, metrics and health."""
        return self.is_below(settings.admin_paths) or self.is_public(settings)

    def is_public(self, settings: Settings) -> bool:
        """Tell whether anybody may ask: public paths, metrics and health."""
        if self.is_below(settings.public_paths):
            return True
        return _VERSION.sub("", "".join(self.pieces)).rstrip("/") in OPERATIONAL

    def is_entrance(self, settings: Settings) -> bool:
        """Tell whether anybody may ask, or people come in there: public paths, ``/login``."""
        whole = "".join(self.pieces)
        return self.is_public(settings) or not whole or _ENTRANCE.search(whole) is not None

    def is_below(self, prefixes: tuple[str, ...]) -> bool:
        """Tell whether the path lies below one of ``prefixes``, the API's own left out.

        Where no router is seen to include this one, the folder of the file tells.
        """
        begun = _begun(prefixes)
        for piece in self.pieces:
            if _bare(piece).startswith(begun):
                return True
        if self.included:
            return False
        folders = f"/{self.path_of_file.rpartition('.')[0]}/"
        return any(f"/endpoints{prefix}" in folders for prefix in begun)


@lru_cache(maxsize=_MOST_PIECES)
def _bare(piece: str) -> str:
    """Return a piece of a path as what lies below it begins, without the API's own part."""
    return f"{_API_PREFIX.sub('', piece)}/"


@cache
def _begun(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix.rstrip('/')}/" for prefix in prefixes)


@project_fact
def routes(project: Project) -> Mapping[str, tuple[RouteFact, ...]]:
    """Return the routes of the service by the canonical name of their function."""
    found: dict[str, list[RouteFact]] = {}
    chains = _Chains(project)
    for module in project.modules.values():
        for fact in _routes_of(project, module, chains):
            found.setdefault(fact.function, []).append(fact)
    return {name: tuple(facts) for name, facts in found.items()}


def _routes_of(project: Project, module: ModuleSummary, chains: _Chains) -> Iterator[RouteFact]:
    for function in module.functions.values():
        for decorator in function.decorators:
            if isinstance(decorator, Call):
                name = f"{module.name}.{function.name}"
                yield from _route(project, module, chains, decorator, name)
    for statement in module.statements:
        if isinstance(statement, Call) and statement.name.endswith(".add_api_route"):
            handler = _argument(statement, 1, "endpoint")
            symbol = project.find(handler.name, module.name) if isinstance(handler, Name) else None
            if symbol is not None and isinstance(symbol.definition, FunctionSummary):
                yield from _route(project, module, chains, statement, symbol.name)


def _route(
    project: Project, module: ModuleSummary, chains: _Chains, call: Call, function: str
) -> Iterator[RouteFact]:
    router, _, verb = call.name.rpartition(".")
    if verb not in DECORATORS and verb != "add_api_route":
        return
    if not router or not chains.starts_at(router, module.name):
        return
    own = _text(project, _argument(call, 0, "path"), module.name)
    if own is None:
        return
    method = verb.upper() if verb in VERBS else "ANY"
    for way in chains.above(router, module.name):
        pieces = tuple(piece for piece in (*way.prefixes, own) if piece and piece != "/")
        asked = (*way.asked, *_asked_by(call, module.name))
        whole = way.whole and _is_plain(call)
        yield RouteFact(function, module.path, method, pieces, way.included, asked, whole, own)


@project_fact
def _is_router(project: Project, dotted: str, near: str) -> bool:
    symbol = project.find(dotted, near)
    if symbol is not None and isinstance(symbol.definition, VariableSummary):
        made = symbol.definition.value
        if isinstance(made, Call):
            known = set(project.ancestors(made.name, symbol.module.name)) & ROUTER_CLASSES
            return bool(known) or looks_like_router(dotted.rpartition(".")[2])
    return looks_like_router(dotted.rpartition(".")[2])


class _Way(Struct, frozen=True):
    """A way from an application to a router: prefixes, outermost first, and what is depended on."""

    prefixes: tuple[str, ...]
    included: bool
    asked: tuple[Asked, ...]
    whole: bool


class _Chains:
    """How each router is included, up to an application."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._above = inclusions(project)
        self._known: dict[str, list[_Way]] = {}
        self._named: dict[tuple[str, str], str] = {}

    def starts_at(self, router: str, near: str) -> bool:
        """Tell whether a name is that of a router, as most routes of a module say it."""
        return bool(self._name(router, near))

    def _name(self, router: str, near: str) -> str:
        """Return the canonical name of a router, empty for what is none."""
        named = self._named.get((router, near))
        if named is None:
            is_router = _is_router(self._project, router, near)
            named = self._project.canonical(router, near) if is_router else ""
            self._named[router, near] = named
        return named

    def above(self, router: str, near: str) -> list[_Way]:
        """Return what lies above a route of a router, for each way to it."""
        name = self._name(router, near)
        if name not in self._known:
            self._known[name] = self._ways(name, _MOST_DEPTH)[:_MOST_WAYS]
        return self._known[name]

    def _ways(self, name: str, depth: int) -> list[_Way]:
        own, asked = self._own_prefix(name), self._asked_by_own(name)
        maker = name.rpartition(".")[0]
        above = (self._above.get(name) or self._above.get(maker, ())) if depth else ()
        if not above:
            return [_Way((own,), False, asked, self._is_application(name))]
        found = []
        for inclusion in above[:_MOST_WAYS]:
            said = inclusion.call.keyword("prefix")
            prefix = _text(self._project, said, inclusion.near) or ""
            above_it = _asked_by(inclusion.call, inclusion.near)
            for further in self._ways(inclusion.parent, depth - 1):
                prefixes = (*further.prefixes, prefix, own)
                whole = further.whole and _is_plain(inclusion.call) and self._is_router(name)
                all_asked = (*further.asked, *above_it, *asked)
                found.append(_Way(prefixes, True, all_asked, whole))
        return found[:_MOST_WAYS]

    def _asked_by_own(self, name: str) -> tuple[Asked, ...]:
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, VariableSummary):
            return ()
        return _asked_by(symbol.definition.value, symbol.module.name)

    def _is_application(self, name: str) -> bool:
        """Tell whether a name is an application that is seen whole, or a function's own."""
        return self._is_made_of(name, APPLICATION_CLASSES)

    def _is_router(self, name: str) -> bool:
        return self._is_made_of(name, ROUTER_CLASSES)

    def _is_made_of(self, name: str, classes: frozenset[str]) -> bool:
        symbol = self._project.find(name)
        if symbol is None:
            return looks_like_router(name.rpartition(".")[2])
        if isinstance(symbol.definition, FunctionSummary):
            return classes is ROUTER_CLASSES
        if not isinstance(symbol.definition, VariableSummary):
            return False
        made = symbol.definition.value
        if not isinstance(made, Call) or not _is_plain(made):
            return False
        return _is_of_class(self._project, made.name, symbol.module.name, classes)

    def _own_prefix(self, name: str) -> str:
        symbol = self._project.find(name)
        if symbol is not None and isinstance(symbol.definition, VariableSummary):
            made = symbol.definition.value
            if isinstance(made, Call):
                return _text(self._project, made.keyword("prefix"), symbol.module.name) or ""
        return ""


def _is_of_class(project: Project, name: str, near: str, classes: frozenset[str]) -> bool:
    """Tell whether a class is one of some, or derives from one and says nothing of its own."""
    if project.canonical(name, near) in classes:
        return True
    own = [one for one in project.lineage(name, near) if one.name not in classes]
    plain = all(
        isinstance(one.definition, ClassSummary)
        and not one.definition.methods
        and not one.definition.attributes
        for one in own
    )
    return bool(own) and plain and project.derives(name, near, *classes)


def _asked_by(value: Value, near: str) -> tuple[Asked, ...]:
    said = value.keyword("dependencies") if isinstance(value, Call) else None
    return (Asked(said, near),) if said is not None else ()


def _is_plain(call: Call) -> bool:
    """Tell whether all that a call says can be read, and none of it has routes work otherwise."""
    return not call.has_unknown_keywords and call.keyword("route_class") is None


def _argument(call: Call, position: int, name: str) -> Value | None:
    return call.arguments[position] if len(call.arguments) > position else call.keyword(name)


def _text(project: Project, value: Value | None, near: str) -> str | None:
    """Return a string, or the constant of that name; None for what is no string."""
    if isinstance(value, Name):
        symbol = project.find(value.name, near)
        value = (
            symbol.definition.value
            if symbol is not None and isinstance(symbol.definition, VariableSummary)
            else None
        )
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else None
