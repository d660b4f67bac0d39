"""The constants of a service that name a status: what they are worth, and where they are."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.source.words import words_of

_MODULE = "constants"


class StatusConstants(Struct, frozen=True):
    """The constants of one module, by what they are worth; ``words`` are those of the values."""

    module: ModuleSummary
    by_value: Mapping[str, tuple[Symbol, ...]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()


def status_constants(project: Project, near: str) -> StatusConstants | None:
    """Return the constants of the module ``constants`` that is nearest above a module."""
    package = near
    modules = constants_modules(project)
    while package:
        package = package.rpartition(".")[0]
        name = f"{package}.{_MODULE}" if package else _MODULE
        if name in modules:
            return modules[name]
    return None


@project_fact
def constants_modules(project: Project) -> dict[str, StatusConstants]:
    """Return the modules of that name which have a constant for a status."""
    found: dict[str, StatusConstants] = {}
    for name in project.modules:
        if name.rpartition(".")[2] != _MODULE:
            continue
        module = project.modules[name]
        by_value: dict[str, tuple[Symbol, ...]] = {}
        for constant, variable in module.variables.items():
            match variable.value:
                case Literal(value=str(value)) if "STATUS" in constant.split("_"):
                    symbol = Symbol(module, constant, variable)
                    by_value[value] = (*by_value.get(value, ()), symbol)
        if by_value:
            found[name] = StatusConstants(module, by_value, words_of(" ".join(by_value)))
    return found
