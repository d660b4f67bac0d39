"""The parameter that gives an endpoint its access object, in the endpoint's own style.

A function declares its dependencies as defaults, in ``Annotated``, or by names of such types;
what the file itself says decides, then what the service's dependencies module offers.
"""

from __future__ import annotations

from turnstay_lint.project.dataflow.events import TenantName
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.rules.database.missing_row import Refusal
from turnstay_lint.rules.database.tenant_queries import outermost_function
from turnstay_lint.rules.dependency_words import (
    ANNOTATED,
    DependencyParameter,
    FileWords,
    Style,
    dependency_named,
)
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.scopes import Scope


def access_parameter(look: Look, function: Scope) -> DependencyParameter | str:
    """Return the parameter that gives ``function`` the access object, or why there is none."""
    found = _Dependencies(look, function)
    if not found.access_class:
        return f"the service has no {look.settings.access_class}"
    if not found.dependency:
        return f"the service has no dependency {look.settings.access_dependency}"
    return found.parameter()


def access_for(
    look: Look, scope: Scope, tenants: tuple[TenantName, ...]
) -> str | DependencyParameter | Refusal:
    """Return the variable that has the access object, or the parameter for it, or why none can."""
    for name in tenants:
        if name.kind == "access":
            return name.expression.rpartition(".")[0]
    function, outer = scope.function, outermost_function(scope)
    if function is None or outer is not function:
        return Refusal("it stands in an inner function, which FastAPI fills no parameters of")
    if not any(e.function is function.node for e in endpoints(look.project, look.source)):
        return Refusal("the function is no endpoint, so FastAPI fills no parameters of it")
    found = access_parameter(look, function)
    return Refusal(found) if isinstance(found, str) else found


class _Dependencies:
    """How one file and its service speak of the access object."""

    def __init__(self, look: Look, function: Scope) -> None:
        self._look = look
        self._project: Project = look.project
        self._function = function
        access = look.settings.access_class.rpartition(".")[2]
        symbol = self._project.class_named(access)
        self.access_class = symbol.name if symbol is not None else ""
        self.dependency = dependency_named(look, look.settings.access_dependency)

    def parameter(self) -> DependencyParameter:
        words = FileWords(self._look, self._function)
        alias = self._alias() if words.style() is Style.ALIAS else ""
        if alias:
            return words.parameter(self._free_name(), "", "", alias)
        class_, dependency = words.said(self.access_class), words.said(self.dependency)
        return words.parameter(self._free_name(), class_, dependency)

    def _free_name(self) -> str:
        words = self._look.settings.access_class.rpartition(".")[2]
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in words).lstrip("_")
        return name if name not in self._function.bindings else f"{name}_"

    def _alias(self) -> str:
        """Return the name of the annotated type that gives the access class, or an empty one."""
        for module in self._project.modules.values():
            for name, variable in module.variables.items():
                value = variable.value
                if isinstance(value, Call) and value.name in ANNOTATED and value.arguments:
                    first = value.arguments[0]
                    if isinstance(first, Name):
                        if self._project.canonical(first.name, module.name) == self.access_class:
                            return f"{module.name}.{name}"
        return ""
