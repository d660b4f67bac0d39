"""The settings of a service: their classes, what they declare, which instances are shared."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.modules import shared_parts
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import AttributeSummary, ClassSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call

_BASES = (
    "pydantic_settings.BaseSettings",
    "pydantic_settings.main.BaseSettings",
    "pydantic.BaseSettings",
    "pydantic.v1.BaseSettings",
    "pydantic.env_settings.BaseSettings",
)
_MODULES = frozenset({"config", "settings"})


class SettingsClass(Struct, frozen=True):
    """A class of settings, and the variables that hold one, those of its own module first."""

    symbol: Symbol
    instances: tuple[Symbol, ...] = ()


class SettingsField(Struct, frozen=True):
    """A field that reads a variable of the environment, and who declares it."""

    owner: SettingsClass
    declared: AttributeSummary
    near: str


def is_settings_module(module: str) -> bool:
    """Tell whether a module is where settings are: ``app.settings``, ``app.core.config``."""
    return not _MODULES.isdisjoint(module.split("."))


@project_fact
def settings_classes(project: Project) -> tuple[SettingsClass, ...]:
    """Return the classes of settings of the application, by where they are."""
    found = [
        symbol
        for symbol in project.classes()
        if _may_be_settings(symbol)
        and not is_apart(symbol.module.path)
        and project.derives(symbol.name, symbol.module.name, *_BASES)
    ]
    names = {symbol.name: symbol.module for symbol in found}
    instances: dict[str, list[Symbol]] = {}
    for module in project.modules.values() if found else ():
        for name, variable in module.variables.items():
            made = variable.value
            if isinstance(made, Call) and not made.subscript:
                of = project.canonical(made.name, module.name)
                if of in names and (module is names[of] or is_settings_module(module.name)):
                    instances.setdefault(of, []).append(Symbol(module, name, variable))
    return tuple(SettingsClass(s, tuple(_own_first(s, instances.get(s.name, [])))) for s in found)


def _may_be_settings(symbol: Symbol) -> bool:
    definition = symbol.definition
    return isinstance(definition, ClassSummary) and any(
        base.name.rpartition(".")[2].endswith(("Settings", "Config")) for base in definition.bases
    )


def _own_first(symbol: Symbol, instances: list[Symbol]) -> list[Symbol]:
    return sorted(instances, key=lambda i: (i.module is not symbol.module, i.name))


def is_settings(project: Project, dotted: str, near: str) -> SettingsClass | None:
    """Return the class of settings that a name means, or None."""
    found = project.find(dotted, near)
    if found is None:
        return None
    return next((c for c in settings_classes(project) if c.symbol.name == found.name), None)


def settings_near(project: Project, near: str) -> list[SettingsClass]:
    """Return the classes of settings of the service that a module is of."""
    found = settings_classes(project)
    shared = [(shared_parts(c.symbol.module.name, near), c) for c in found]
    return [c for count, c in shared if count]


def field_of(project: Project, variable: str, near: str) -> SettingsField | None:
    """Return the field that reads a variable of the environment, whatever its case.

    None where several do, and where a prefix or an alias may say otherwise.
    """
    found = [
        SettingsField(settings, declared, owner.module.name)
        for settings in settings_near(project, near)
        if settings.instances and not _renames(project, settings.symbol)
        for owner, declared in _declared(project, settings.symbol)
        if declared.name.lower() == variable.lower()
    ]
    return found[0] if len(found) == 1 else None


def _declared(project: Project, symbol: Symbol) -> Iterator[tuple[Symbol, AttributeSummary]]:
    seen: set[str] = set()
    for owner in project.lineage(symbol.name, symbol.module.name):
        definition = owner.definition
        for declared in definition.attributes if isinstance(definition, ClassSummary) else ():
            if declared.type is not None and declared.name not in seen:
                seen.add(declared.name)
                yield owner, declared


def fields_of(project: Project, settings: SettingsClass) -> frozenset[str]:
    """Return the names of the fields that a class of settings declares or inherits."""
    return frozenset(declared.name for _, declared in _declared(project, settings.symbol))


def _renames(project: Project, symbol: Symbol) -> bool:
    """Tell whether variables are called otherwise than fields, by a prefix."""
    for owner in project.lineage(symbol.name, symbol.module.name):
        definition = owner.definition
        if not isinstance(definition, ClassSummary):
            continue
        config = definition.attribute("model_config")
        if config is not None and "env_prefix" in str(config.value):
            return True
        inner = owner.module.classes.get(f"{owner.qualname}.Config")
        if inner is not None and {a.name for a in inner.attributes} & {"env_prefix", "fields"}:
            return True
    return False


def instance_of(settings: SettingsClass) -> Symbol | None:
    """Return the instance that the service shares, if there is one alone."""
    own = [i for i in settings.instances if i.module is settings.symbol.module]
    chosen = own or list(settings.instances)
    first = chosen[0] if len(chosen) == 1 else None
    return first if first and isinstance(first.definition, VariableSummary) else None
