"""Classes whose objects know the caller and say what he may do: ``AccessChecker``.

Such an object comes from a dependency that itself depends on the current user or the tenant, and
has a method that is called after what it does: ``check``, ``authorize``, ``require``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from turnstay_lint.project.calls.callers import callers
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.project.summaries.depending import depended_on, in_depends
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.source.patterns import regex

_CHECKS = regex(
    r"(^|_)(assert|authori[sz]e|check|enforce|ensure|guard|must|require|validate|verify)(_|$)"
)
_CALLER = regex(r"(^|_)(user|member|person|principal|identity|employee|actor|caller)(_|$)")
_MOST_HOPS = 5


@lru_cache(maxsize=4096)
def names_check(name: str) -> bool:
    """Tell whether what is called so refuses what the caller may not do."""
    return _CHECKS.search(name) is not None


class Checkers:
    """Tells which classes of a service check what the caller may do."""

    def __init__(self, project: Project) -> None:
        """Tell it of a service."""
        self._project = project
        self._known: dict[str, bool] = {}

    def is_checker(self, name: str) -> bool:
        """Tell whether objects of a class, by its canonical name, check what the caller may do."""
        if name not in self._known:
            self._known[name] = self._checks(name) and any(
                self._reaches_caller(given, _MOST_HOPS) for given in self._given_by(name)
            )
        return self._known[name]

    def _checks(self, name: str) -> bool:
        if is_schema(self._project, name, ""):
            return False
        return any(
            names_check(method)
            for symbol in self._project.lineage(name)
            if isinstance(symbol.definition, ClassSummary)
            for method in symbol.definition.methods
        )

    def _given_by(self, name: str) -> Iterator[Symbol]:
        """Yield the dependencies that give objects of a class: functions, or the class itself."""
        graph = callers(self._project)
        made = self._project.find(f"{name}.__init__")
        if made is not None and graph.is_dependency(name):
            yield made
        for near, function in _functions_by_result(self._project).get(name.rpartition(".")[2], ()):
            if self._project.canonical(function.returns.without_none.name, near) == name:
                dotted = f"{near}.{function.name}"
                symbol = self._project.find(dotted)
                if symbol is not None and graph.is_dependency(dotted):
                    yield symbol

    def _reaches_caller(self, given: Symbol, hops: int) -> bool:
        """Tell whether a dependency depends on the user or the tenant, over any others."""
        function = given.definition
        if not isinstance(function, FunctionSummary) or not hops:
            return False
        settings = self._project.settings
        near = given.module.name
        for name in self._dependencies(function, near):
            last = name.rpartition(".")[2]
            if last in (settings.company_dependency, settings.access_dependency):
                return True
            if _CALLER.search(last):
                return True
            symbol = self._project.find(name, near)
            if symbol is None:
                continue
            if isinstance(symbol.definition, ClassSummary):
                symbol = self._project.find(f"{symbol.name}.__init__")
            if symbol is not None and self._reaches_caller(symbol, hops - 1):
                return True
        return False

    def _dependencies(self, function: FunctionSummary, near: str) -> Iterator[str]:
        yield from depended_on(function)
        for parameter in function.parameters:
            alias = self._project.find(parameter.type.without_none.name, near)
            if alias is not None and isinstance(alias.definition, VariableSummary):
                yield from in_depends(alias.definition.value)


@project_fact
def _functions_by_result(project: Project) -> dict[str, list[tuple[str, FunctionSummary]]]:
    """Return every function with its module, by the bare name of the class that it returns."""
    found: dict[str, list[tuple[str, FunctionSummary]]] = {}
    for module in project.modules.values():
        for function in module.functions.values():
            said = function.returns.without_none.name.rpartition(".")[2]
            found.setdefault(said, []).append((module.name, function))
    return found


@project_fact
def checkers(project: Project) -> Checkers:
    """Return the checkers of a service."""
    return Checkers(project)
