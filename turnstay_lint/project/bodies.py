"""The schemas that endpoints take as their bodies, and those that they answer with, by route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.routes import RouteFact, routes
from turnstay_lint.project.schemas import is_schema
from turnstay_lint.project.summary import FunctionSummary
from turnstay_lint.source.types import Type

_CONTAINERS = frozenset(
    {
        "builtins.list", "builtins.tuple", "builtins.set", "typing.Sequence", "typing.Iterable",
        "collections.abc.Sequence", "collections.abc.Iterable",
    }
)  # fmt: skip


@project_fact
def taken(project: Project) -> Mapping[str, tuple[RouteFact, ...]]:
    """Return the schemas that parameters of endpoints are, each with the routes that take it."""
    found: dict[str, list[RouteFact]] = {}
    for name, facts in routes(project).items():
        symbol = project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary):
            continue
        for parameter in symbol.definition.parameters:
            for schema in schemas_in(project, parameter.type, symbol.module.name):
                found.setdefault(schema.name, []).extend(facts)
    return {schema: tuple(facts) for schema, facts in found.items()}


def schemas_in(project: Project, type_: Type, near: str) -> Iterator[Symbol]:
    """Yield the schemas that a type is: itself, members of a union, elements of a list."""
    plain, _ = project.unaliased(type_, near)
    for member in plain.members:
        if member.name in _CONTAINERS:
            for inner in member.arguments:
                yield from schemas_in(project, inner, near)
        elif member.known and "." in member.name:
            symbol = project.find(member.name, near)
            if symbol is not None and is_schema(project, symbol.name, symbol.module.name):
                yield symbol
