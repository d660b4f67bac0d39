"""What the path of a route names: its segments, as far as they can be read, and where they are."""

from __future__ import annotations

import ast
import re

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.frameworks.literals import text
from turnstay_lint.project.endpoints.routers import own_path
from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.models.models import orm_classes
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex

PARAMETER = regex(r"\{(\w+)(?::(\w+))?\}$")
_WEBHOOK = regex(r"(?:^|/)web_?-?hook", re.IGNORECASE)


class ResourcePath(Struct, frozen=True):
    """The path of a route: what stands in its own call, and one way to it from an application."""

    own: str
    whole: str

    @property
    def parameter(self) -> str:
        """Return the parameter that the path ends in, empty where it ends in none."""
        found = PARAMETER.search(self.own.rstrip("/"))
        return found.group(1) if found is not None and found.group(2) != "path" else ""

    @property
    def resource(self) -> str:
        """Return the last segment that is no parameter, wherever it is said; empty for none."""
        for segment in reversed(self.whole.split("/")):
            if segment and "{" not in segment:
                return segment
        return ""

    @property
    def says_resource(self) -> bool:
        """Tell whether the call itself says the resource, rather than a prefix."""
        return self.resource in self.own.split("/")

    @property
    def is_webhook(self) -> bool:
        """Tell whether others decide on the path, who send their events there."""
        return _WEBHOOK.search(self.whole) is not None


def resource_path(
    project: Project, source: SourceFile, endpoint: Endpoint, route: Route
) -> ResourcePath | None:
    """Return the path of a route, or None where the call's own part cannot be read."""
    known = _paths(project, source)
    if route.call not in known:
        known[route.call] = _path(project, source, endpoint, route)
    return known[route.call]


@file_fact
def _paths(project: Project, source: SourceFile) -> dict[ast.Call, ResourcePath | None]:
    """Paths as they were asked for; several rules look at each route."""
    return {}


def _path(
    project: Project, source: SourceFile, endpoint: Endpoint, route: Route
) -> ResourcePath | None:
    own = own_path(project, route)
    if own is None:
        return None
    name = endpoint.handler
    if endpoint.scope is not None:
        name = f"{source.scope.module}.{endpoint.scope.qualname}"
    for fact in routes(project).get(name, ()):
        if (fact.pieces[-1:] == (own,) or not own.strip("/")) and not (
            route.methods and fact.method not in (*route.methods, "ANY")
        ):
            return ResourcePath(own, "".join(fact.pieces))
    prefix = route.router.keyword("prefix")
    above = text(prefix, route.router.scope) if prefix and route.router.scope else None
    return ResourcePath(own, f"{above or ''}{own}")


@project_fact
def names_of_rows(project: Project) -> frozenset[str]:
    """Return what the service's ORM classes are called, in small letters."""
    return frozenset(model.short.lower() for model in orm_classes(project))


def same_route(
    project: Project, source: SourceFile, others: tuple[Endpoint, ...], route: Route, path: str
) -> str:
    """Return the method and path of another route of the file that ``path`` would be, or nothing.

    ``route`` is the one that would get the path.
    """
    for endpoint in others:
        for other in endpoint.routes:
            own = own_path(project, other)
            if other.call is route.call or other.router.name != route.router.name or own is None:
                continue
            shared = set(other.methods) & set(route.methods)
            if shared and _plain(own) == _plain(path):
                return f"{min(shared)} {own or '(the prefix itself)'}"
    return ""


def _plain(path: str) -> str:
    """Names of parameters make no difference, and neither does a slash at the end."""
    return re.sub(r"\{[^}]*\}", "{}", path.rstrip("/"))
