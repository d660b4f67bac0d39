"""The routes of one file, each with the ways to it through the service, and what guards them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import VERBS, Endpoint, Route
from turnstay_lint.project.access.guarding import Guard
from turnstay_lint.project.access.guards import guards
from turnstay_lint.project.access.refusals import Guarding
from turnstay_lint.project.endpoints.routers import endpoints, own_path
from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.roles import demands_admin, may_speak_for_any_tenant, names_role
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.file import SourceFile


class GuardedRoute(Struct, frozen=True):
    """A route as its file has it, one way to it, and what stands before it on that way."""

    endpoint: Endpoint
    route: Route
    fact: RouteFact
    guard: Guard


@file_fact
def guarded_routes(project: Project, source: SourceFile) -> tuple[GuardedRoute, ...]:
    """Return the routes of a file that the service's summaries show, once for each way to them."""
    return tuple(_guarded_routes(project, source))


def _guarded_routes(project: Project, source: SourceFile) -> Iterator[GuardedRoute]:
    if is_apart(source.path):
        return
    for endpoint in endpoints(project, source):
        scope = endpoint.scope
        name = f"{scope.module}.{scope.qualname}" if scope is not None else endpoint.handler
        known = routes(project).get(project.canonical(name, source.scope.module), ())
        if not _is_summarised(project, endpoint, name, source):
            continue
        for route in endpoint.routes:
            for fact in _ways_to(project, route, known, source):
                yield GuardedRoute(endpoint, route, fact, guards(project).of_route(fact))


def _is_summarised(project: Project, endpoint: Endpoint, name: str, source: SourceFile) -> bool:
    """Of two functions of one name, defined on conditions, the service knows one."""
    symbol = project.find(name, source.scope.module)
    known = symbol.definition if symbol is not None else None
    if not isinstance(known, FunctionSummary):
        return False
    here = endpoint.function
    return here is None or known.span.line == here.lineno


def _ways_to(
    project: Project, route: Route, known: Iterable[RouteFact], source: SourceFile
) -> list[RouteFact]:
    """Return the ways to a route; one that a function makes may say its router's prefix too."""
    verb, own = getattr(route.call.func, "attr", ""), own_path(project, route)
    method = verb.upper() if verb in VERBS else "ANY"
    here = [f for f in known if f.path_of_file == source.path and f.method == method]
    exact = [fact for fact in here if fact.own == own]
    return exact or [fact for fact in here if own is not None and fact.own.endswith(own)]


def lacks_admin_check(project: Project, guarded: GuardedRoute) -> bool:
    """Tell whether nobody asks for an administrator before an admin route, as far as all is seen.

    Silent in doubt: a name, or a test, that may speak of a role is taken for it.
    """
    settings = project.settings
    guard = guarded.guard
    if guard.guarding is Guarding.UNKNOWN or not guarded.fact.whole:
        return False
    if not guarded.fact.is_below(settings.admin_paths) or guard.asks_for_role:
        return False
    names = [name.rpartition(".")[2] for name in guard.names]
    if any(guards(project).bodies.is_for_admins(name) for name in guard.names):
        return False
    return not any(
        names_role(name, settings)
        or demands_admin(name, settings)
        or may_speak_for_any_tenant(name)
        for name in names
    )
