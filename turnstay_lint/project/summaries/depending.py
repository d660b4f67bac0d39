"""What FastAPI is told to depend on, in parameters, decorators, routers and inclusions."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal, Name, Value, calls_within

DEPENDS = frozenset({"Depends", "Security"})


def depended_on(function: FunctionSummary) -> Iterator[str]:
    """Yield the names of what a function depends on, as a parameter or by its route."""
    for parameter in function.parameters:
        if parameter.default is not None:
            yield from in_depends(parameter.default)
        for value in parameter.metadata:
            yield from in_depends(value)
    for decorator in function.decorators:
        yield from in_depends(decorator)


def in_depends(value: Value) -> Iterator[str]:
    """Yield the names of what a value depends on: ``Depends(get_session)``."""
    if not isinstance(value, Call | Items):
        return
    for call in calls_within(value):
        if call.arguments and call.name.rpartition(".")[2] in DEPENDS:
            given = call.arguments[0]
            if isinstance(given, Call | Name):
                yield given.name


def demanded_in(value: Value) -> Iterator[str]:
    """Yield what a dependency is made with: ``Depends(require(Permission.FULL_ADMIN))``."""
    if not isinstance(value, Call | Items):
        return
    for call in calls_within(value):
        if call.arguments and call.name.rpartition(".")[2] in DEPENDS:
            made = call.arguments[0]
            if isinstance(made, Call):
                yield from _said((*made.arguments, *(held for _, held in made.keywords)))


def demanded(function: FunctionSummary) -> Iterator[str]:
    """Yield what the dependencies of a function, or of its route, are made with."""
    for parameter in function.parameters:
        for value in (parameter.default, *parameter.metadata):
            if value is not None:
                yield from demanded_in(value)
    for decorator in function.decorators:
        yield from demanded_in(decorator)


def _said(values: tuple[Value, ...]) -> Iterator[str]:
    for value in values:
        match value:
            case Name(name=name):
                yield name.rpartition(".")[2]
            case Literal(value=str(text)):
                yield text
            case Items(items=items):
                yield from _said(items)
