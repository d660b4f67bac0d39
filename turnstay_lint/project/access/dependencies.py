"""Which functions of a service are dependencies: FastAPI calls them, and nobody else needs to."""

from __future__ import annotations

from turnstay_lint.project.access.factories import given_by, inner_functions
from turnstay_lint.project.access.guards import DEPENDS
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, Parameter
from turnstay_lint.project.summaries.values import Call, Name, Value

_CONNECTIONS = frozenset(
    {
        "fastapi.Request",
        "fastapi.requests.Request",
        "fastapi.WebSocket",
        "starlette.requests.HTTPConnection",
        "starlette.requests.Request",
        "starlette.websockets.WebSocket",
    }
)


@project_fact
def is_dependency(project: Project, name: str) -> bool:
    """Tell whether a function of that canonical name is a dependency by what itself says.

    It is called as the handbook calls one, takes the request, or depends on something itself.
    """
    symbol = project.find(name)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return False
    settings = project.settings
    own = (
        settings.session_dependency,
        settings.company_dependency,
        settings.access_dependency,
        settings.user_dependency,
    )
    if name.rpartition(".")[2] in own:
        return True
    near = symbol.module.name
    for parameter in symbol.definition.parameters:
        if _is_connection(project, parameter, near):
            return True
        said = (parameter.default, *project.parameter(parameter, near).metadata)
        if any(isinstance(v, Call) and project.canonical(v.name, near) in DEPENDS for v in said):
            return True
    return False


@project_fact
def can_be_depended_on(project: Project, name: str) -> bool:
    """Tell whether FastAPI, or a call without arguments, knows all that a function must be told."""
    symbol = project.find(name)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return False
    near = symbol.module.name
    return all(
        parameter.default is not None
        or parameter.kind in ("*", "**")
        or project.parameter(parameter, near).metadata
        or _is_connection(project, parameter, near)
        for parameter in symbol.definition.parameters
    )


def _is_connection(project: Project, parameter: Parameter, near: str) -> bool:
    return project.parameter(parameter, near).type.without_none.name in _CONNECTIONS


@project_fact
def gives_nothing_to_call(project: Project, name: str) -> bool:
    """Tell whether what a call of a function or class gives is certainly nothing to call."""
    symbol = project.find(name)
    if symbol is None:
        return False
    if isinstance(symbol.definition, ClassSummary):
        return _is_uncallable(project, symbol)
    function = symbol.definition
    if not isinstance(function, FunctionSummary) or function.decorators:
        return False
    if function.is_async:
        return True
    if not is_dependency(project, symbol.name) or inner_functions(project, symbol.name):
        return False
    near = symbol.module.name
    return not any(_may_be_called(project, v, near) for v in given_by(project, symbol.name))


def _is_uncallable(project: Project, symbol: Symbol) -> bool:
    """A base class that nobody knows may have a ``__call__``."""
    for name in project.ancestors(symbol.name):
        found = project.find(name)
        if found is None or not isinstance(found.definition, ClassSummary):
            if name.partition(".")[0] not in ("builtins", "pydantic", "abc", "typing"):
                return False
        elif "__call__" in found.definition.methods:
            return False
    return not symbol.definition.keywords if isinstance(symbol.definition, ClassSummary) else False


def _may_be_called(project: Project, value: Value, near: str) -> bool:
    """Tell whether what a function returns may be called: a function, an object that can be."""
    if not isinstance(value, Name | Call):
        return False
    symbol = project.find(value.name, near)
    if symbol is None:
        return value.name.startswith("functools.")
    if isinstance(value, Name):
        return True
    if isinstance(symbol.definition, ClassSummary):
        return not _is_uncallable(project, symbol)
    return bool(inner_functions(project, symbol.name))
