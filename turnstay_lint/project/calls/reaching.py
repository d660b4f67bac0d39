"""What reaches a function of a file, the routes that only the file itself shows among it."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks import literals
from turnstay_lint.project.calls.callers import Reach, callers
from turnstay_lint.project.calls.serving import serving
from turnstay_lint.project.endpoints.routers import endpoints, own_path
from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope


def reach_of_function(project: Project, source: SourceFile, function: Scope) -> Reach:
    """Return what reaches an outermost function of a file."""
    name = f"{function.module}.{function.qualname}"
    facts = _routes_here(project, source, function, name)
    if facts:
        tenants = tuple(fact for fact in facts if not fact.is_exempt(project.settings))
        return Reach(tenants, exempt=not tenants)
    return callers(project).reach(name)


def serves_no_tenant(project: Project, source: SourceFile, function: Scope) -> bool:
    """Tell whether what reaches an outermost function is exempt, where that is soon told."""
    name = f"{function.module}.{function.qualname}"
    facts = _routes_here(project, source, function, name)
    if facts:
        return all(fact.is_exempt(project.settings) for fact in facts)
    return not serving(project).may_serve(name)


def _routes_here(
    project: Project, source: SourceFile, function: Scope, name: str
) -> tuple[RouteFact, ...]:
    """Return the routes of a function whose router the service's summaries do not show."""
    return () if name in routes(project) else tuple(_routes_of(project, source, function))


def _routes_of(project: Project, source: SourceFile, function: Scope) -> Iterator[RouteFact]:
    for endpoint in endpoints(project, source):
        if endpoint.function is not function.node:
            continue
        for route in endpoint.routes:
            prefix = literals.text(route.router.keyword("prefix"), route.scope) or ""
            pieces = (prefix, own_path(project, route) or "")
            method = route.methods[0] if route.methods else "ANY"
            yield RouteFact("", source.path, method, pieces, included=False)
