"""What a constant is worth, in this file or in the module that it is imported from."""

from __future__ import annotations

import ast
from enum import Enum
from typing import Final

from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope

_MOST_HOPS = 8


class Unreadable(Enum):
    """The one value of what has none that can be read."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE


def constant_of(expression: ast.expr, scope: Scope, project: Project) -> object:
    """Return the value of a literal or of a name bound once to one, else ``UNREADABLE``."""
    for _ in range(_MOST_HOPS):
        if isinstance(expression, ast.Constant):
            return expression.value
        found = scope.lookup(expression.id) if isinstance(expression, ast.Name) else None
        if found is None or found[1][-1].kind is Binds.IMPORT:
            return _elsewhere(expression, scope, project)
        scope, bindings = found
        if len(bindings) != 1 or bindings[0].value is None:
            return UNREADABLE
        expression = bindings[0].value
    return UNREADABLE


def _elsewhere(expression: ast.expr, scope: Scope, project: Project) -> object:
    name = resolve(expression, scope)
    symbol = project.find(name, scope.module) if name else None
    if symbol is not None and isinstance(symbol.definition, VariableSummary):
        value = symbol.definition.value
        if isinstance(value, Literal):
            return value.value
    return UNREADABLE
