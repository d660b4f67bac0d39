"""Functions that only read what they are given in another form: ``parse_global_id(text)``.

What they return is as unchecked as what they were given. Anything else a function calls might ask
whose it is, so that little is counted: parsing by builtins, by libraries, by functions like it.
"""

from __future__ import annotations

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary
from turnstay_lint.source.patterns import regex

_DECODES = regex(
    r"^_*(as|convert|decode|deseriali[sz]e|extract|from|normali[sz]e|parse|split|strip|to|unpack"
    r"|unquote)(_|$)"
)
_PARSES = regex(
    r"^from_|^(\w+_)?(fromisoformat|fullmatch|loads|match|parse|split|unquote)\w*$|decode$"
    r"|(Error|Exception|UUID|Decimal)$"
)
_SAYS = frozenset({"debug", "error", "exception", "info", "warning"})
_MOST_HOPS = 4


class Decoders:
    """Tells which functions of a service only decode."""

    def __init__(self, project: Project) -> None:
        """Tell it of a service."""
        self._project = project
        self._roots = frozenset(
            module.name.partition(".")[0] for module in project.modules.values()
        )
        self._known: dict[str, bool] = {}

    def decodes(self, name: str) -> bool:
        """Tell whether a function, by its canonical name, only decodes its arguments."""
        if name not in self._known:
            self._known[name] = self._only_decodes(name, _MOST_HOPS)
        return self._known[name]

    def _only_decodes(self, name: str, hops: int) -> bool:
        symbol = self._project.find(name)
        function = symbol.definition if symbol is not None else None
        if symbol is None or not isinstance(function, FunctionSummary) or not hops:
            return False
        plain = not function.is_async and "." not in function.name and not function.decorators
        if not plain or not _DECODES.match(function.name):
            return False
        return all(self._harmless(called, symbol.module.name, hops) for called in function.calls)

    def _harmless(self, called: str, near: str, hops: int) -> bool:
        last = called.rpartition(".")[2]
        if called.startswith("<") or last in _SAYS:
            return True
        name = self._project.canonical(called, near)
        if name.partition(".")[0] not in self._roots:
            return _PARSES.search(last) is not None
        symbol = self._project.find(name)
        if symbol is not None and isinstance(symbol.definition, ClassSummary):
            return _PARSES.search(last) is not None
        return self._only_decodes(name, hops - 1)


@project_fact
def decoders(project: Project) -> Decoders:
    """Return the decoders of a service."""
    return Decoders(project)
