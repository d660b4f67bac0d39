"""What a call of a function of the service gives, where that is something to call in its turn.

``check_permissions(["Refund"])`` gives ``permissions_checker``; FastAPI calls that, and of
``Depends(check_permissions)`` it calls the factory, with what it gives nobody does anything.
"""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.routers import returned_values
from turnstay_lint.project.access.refusals import scope_of
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.project.summaries.values import UNKNOWN, Name, Value, read_value
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope


@noted_fact
def given_by(project: Project, name: str) -> tuple[Value, ...]:
    """Return what a function returns, by its canonical name: inner functions, what it makes."""
    symbol = project.find(name)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return ()
    found = scope_of(project, symbol)
    if found is None or not isinstance(found[1].node, FunctionNode):
        return ()
    scope = found[1]
    return tuple(_value(returned, scope) for returned in returned_values(found[1].node))


def _value(returned: ast.expr, scope: Scope) -> Value:
    if isinstance(returned, ast.Name) and returned.id in scope.bindings:
        binding = scope.bindings[returned.id][-1]
        if binding.kind is Binds.FUNCTION:
            return Name(f"{scope.module}.{scope.qualname}.{returned.id}")
        return read_value(binding.value, scope) if binding.value is not None else UNKNOWN
    return read_value(returned, scope)


@project_fact
def inner_functions(project: Project, name: str) -> tuple[str, ...]:
    """Return the functions of its own that a function returns and nothing else; else none."""
    symbol = project.find(name)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return ()
    within = f"{symbol.qualname}."
    if not any(other.startswith(within) for other in symbol.module.functions):
        return ()
    given = given_by(project, symbol.name)
    names = [value.name for value in given if isinstance(value, Name)]
    whole = len(names) == len(given) and all(n.startswith(f"{symbol.name}.") for n in names)
    return tuple(names) if whole else ()
