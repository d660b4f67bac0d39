"""Who gives a parameter, and who leaves it out: what the callers of a function pass for it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.calls.callers import callers
from turnstay_lint.project.endpoints.routes import RouteFact
from turnstay_lint.project.meanings import meant
from turnstay_lint.project.project import Project
from turnstay_lint.project.rereading import sites
from turnstay_lint.project.summaries.summary import (
    CallSite,
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
)

_Site = tuple[ModuleSummary, FunctionSummary, CallSite]


class Giving(Struct, frozen=True):
    """Canonical names of the callers that give a parameter, and of those that may not.

    ``leaving`` are those that leave it out, or give None or what may be None; ``asking`` the
    tenants' endpoints that reach one of these.
    """

    giving: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    asking: tuple[RouteFact, ...] = ()


def giving(project: Project, function: str, parameter: str) -> Giving:
    """Return what the callers of a function, by its canonical name, pass for a parameter."""
    symbol = project.find(function)
    definition = symbol.definition if symbol is not None else None
    if symbol is None or not isinstance(definition, FunctionSummary):
        return Giving()
    given: dict[str, None] = {}
    left: dict[str, None] = {}
    is_method = _owner(project, symbol.module, definition) is not None
    for module, caller, site in sites_of(project, symbol.name):
        name = f"{module.name}.{caller.name}"
        if name == symbol.name:
            continue
        gives = _gives(definition, parameter, site, is_method)
        (given if gives else left)[name] = None
    routes = (route for name in left for route in callers(project).reach(name).endpoints)
    return Giving(tuple(given), tuple(left), tuple(dict.fromkeys(routes)))


def _owner(
    project: Project, module: ModuleSummary, function: FunctionSummary
) -> ClassSummary | None:
    return module.classes.get(function.name.rpartition(".")[0])


def _gives(function: FunctionSummary, parameter: str, site: CallSite, is_method: bool) -> bool:
    """Tell whether a call certainly gives a parameter; what is spread may hold it."""
    if parameter in (*site.given, *site.left):
        return parameter in site.given
    if "**" in (*site.given, *site.left) or "*" in site.positional:
        return True
    place = place_of(function, parameter, is_method=is_method)
    return 0 <= place < len(site.positional) and site.positional[place] == "g"


def place_of(function: FunctionSummary, parameter: str, *, is_method: bool) -> int:
    """Return the place of a parameter among the arguments of a call, -1 for a keyword alone."""
    names = [p.name for p in function.parameters if p.kind == "positional"]
    is_static = any("staticmethod" in str(decorator) for decorator in function.decorators)
    names = names[1:] if is_method and not is_static else names
    return names.index(parameter) if parameter in names else -1


def sites_of(project: Project, function: str) -> Iterator[_Site]:
    """Yield the calls of a function, by its canonical name, with who makes them."""
    for name in sorted(callers(project).callers_of(function)):
        caller = project.find(name)
        if caller is None or not isinstance(caller.definition, FunctionSummary):
            continue
        for site in sites(project, caller.module.path).get(caller.qualname, ()):
            if function in meant(project, caller.module, caller.definition, site.called):
                yield caller.module, caller.definition, site
