"""What calling a function of the service does to loading: what it gives, and what it may load."""

from __future__ import annotations

from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.fetching import ANYTHING, QUERY
from turnstay_lint.project.summaries.summary import FunctionSummary

_MOST_HOPS = 6


class Callees:
    """Follows the functions of a service through what they call, each once."""

    def __init__(self, project: Project) -> None:
        """Follow in a service."""
        self._project = project
        self._fetches: dict[str, bool] = {}
        self._loads: dict[str, frozenset[str]] = {}

    def fetches(self, name: str) -> bool:
        """Tell whether all that a function returns was just loaded by an async query."""
        if name not in self._fetches:
            self._fetches[name] = False
            self._fetches[name] = self._only_queries(name, _MOST_HOPS)
        return self._fetches[name]

    def _only_queries(self, name: str, hops: int) -> bool:
        symbol = self._project.find(name)
        if symbol is None or not isinstance(symbol.definition, FunctionSummary) or not hops:
            return False
        found = symbol.definition.fetching
        if found is None or not found.sources or not symbol.definition.is_async:
            return False
        return all(
            source == QUERY
            or self._only_queries(self._project.canonical(source, symbol.module.name), hops - 1)
            for source in found.sources
        )

    def loads(self, name: str) -> frozenset[str]:
        """Return the relationships that a function may load, with all that it calls.

        ``<refresh>`` is among them for a refresh that names none, ``*`` for any.
        """
        if name not in self._loads:
            self._loads[name] = self._loaded(name)
        return self._loads[name]

    def _loaded(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        seen: set[str] = set()
        todo = [(name, 0)]
        while todo:
            called, hops = todo.pop()
            symbol = self._project.find(called)
            if called in seen or symbol is None:
                continue
            seen.add(called)
            definition = symbol.definition
            if not isinstance(definition, FunctionSummary):
                continue
            if definition.fetching is not None:
                found |= definition.fetching.loads
            if hops < _MOST_HOPS and ANYTHING not in found:
                near = symbol.module.name
                for further in definition.calls:
                    callee = self._within(further, symbol, definition)
                    todo.append((self._project.canonical(callee, near), hops + 1))
        return frozenset(found)

    @staticmethod
    def _within(called: str, symbol: Symbol, function: FunctionSummary) -> str:
        """``<self>.find`` is a method of the class around."""
        head, _, method = called.partition(">.")
        owner = symbol.name.rpartition(".")[0]
        first = function.parameters[0].name if function.parameters else ""
        is_method = "." in symbol.qualname and head == f"<{first}"
        return f"{owner}.{method}" if is_method else called


@project_fact
def callees(project: Project) -> Callees:
    """Return the functions of a service as callees."""
    return Callees(project)
