"""The schemas that endpoints take as their bodies, and those that they answer with, by route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.project.summaries.values import Call, Name, Value
from turnstay_lint.source.types import Type

_CONTAINERS = frozenset(
    {
        "builtins.list", "builtins.tuple", "builtins.set", "typing.Sequence", "typing.Iterable",
        "collections.abc.Sequence", "collections.abc.Iterable",
    }
)  # fmt: skip

_NO_BODY = frozenset({"Depends", "Security", "Query", "Header", "Cookie", "Path", "Form"})


@project_fact
def taken(project: Project) -> Mapping[str, tuple[RouteFact, ...]]:
    """Return the schemas that parameters of endpoints are, each with the routes that take it."""
    found: dict[str, list[RouteFact]] = {}
    for endpoint, near, facts in _endpoints(project):
        for parameter in endpoint.parameters:
            for schema in schemas_in(project, parameter.type, near):
                found.setdefault(schema.name, []).extend(facts)
    return {schema: tuple(facts) for schema, facts in found.items()}


@noted_fact
def is_taken(project: Project, schema: str) -> bool:
    """Tell whether a parameter of an endpoint is a schema, by its canonical name."""
    return schema in taken(project)


@project_fact
def bodies(project: Project) -> Mapping[str, tuple[RouteFact, ...]]:
    """Return the schemas that clients send as a body, each with the routes that take it.

    What FastAPI reads with ``Depends()``, from the query or a form, is none.
    """
    found: dict[str, list[RouteFact]] = {}
    for endpoint, near, facts in _endpoints(project):
        for parameter in endpoint.parameters:
            schemas = schemas_in(project, parameter.type, near)
            if not schemas:
                continue
            read = project.parameter(parameter, near)
            if any(_is_read_otherwise(said) for said in (read.default, *read.metadata)):
                continue
            for schema in schemas:
                found.setdefault(schema.name, []).extend(facts)
    return {schema: tuple(facts) for schema, facts in found.items()}


@project_fact
def _endpoints(project: Project) -> list[tuple[FunctionSummary, str, tuple[RouteFact, ...]]]:
    """Return the functions that routes lead to, with their modules and routes."""
    found = []
    for name, facts in routes(project).items():
        symbol = project.find(name)
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            found.append((symbol.definition, symbol.module.name, facts))
    return found


def _is_read_otherwise(value: Value | None) -> bool:
    return isinstance(value, Call) and value.name.rpartition(".")[2] in _NO_BODY


@project_fact
def schemas_in(project: Project, type_: Type, near: str) -> tuple[Symbol, ...]:
    """Return the schemas that a type is: itself, members of a union, elements of a list."""
    plain, _ = project.unaliased(type_, near)
    return tuple(_schemas_of(project, plain, near))


def _schemas_of(project: Project, plain: Type, near: str) -> Iterator[Symbol]:
    for member in plain.members:
        if member.name in _CONTAINERS:
            for inner in member.arguments:
                yield from schemas_in(project, inner, near)
        elif member.known and "." in member.name:
            symbol = project.find(member.name, near)
            if symbol is not None and is_schema(project, symbol.name, symbol.module.name):
                yield symbol


@project_fact
def answered(project: Project) -> Mapping[str, tuple[RouteFact, ...]]:
    """Return the schemas that endpoints answer with, each with the routes that say so.

    Those that are held by a container, a page or a union count; those nested in another do not.
    """
    found: dict[str, list[RouteFact]] = {}
    for endpoint, near, facts in _endpoints(project):
        for decorator in endpoint.decorators:
            said = decorator.keyword("response_model") if isinstance(decorator, Call) else None
            for schema in _named_in(project, said, near):
                found.setdefault(schema.name, []).extend(facts)
    return {schema: tuple(facts) for schema, facts in found.items()}


def _named_in(project: Project, value: Value | None, near: str) -> Iterator[Symbol]:
    match value:
        case Name(name=name):
            symbol = project.find(name, near)
            if symbol is not None and is_schema(project, symbol.name, symbol.module.name):
                yield symbol
        case Call(arguments=arguments, subscript=True):
            for argument in arguments:
                yield from _named_in(project, argument, near)


@project_fact
def importers(project: Project) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return who imports a thing by name: the paths, and the names that they import it by."""
    found: dict[str, list[tuple[str, str]]] = {}
    for module in project.modules.values():
        for target in dict.fromkeys(module.imports.values()):
            found.setdefault(project.canonical(target, module.name), []).append(
                (module.path, target)
            )
    return {name: tuple(places) for name, places in found.items()}
