"""Which files of a service may ask for a fixture: those that import it, and those below such.

A fixture that a ``conftest.py`` imports, or names in ``pytest_plugins``, is there for all tests in
its folder and below (https://docs.pytest.org/en/stable/reference/fixtures.html).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.summaries.values import Items, Literal, Value

_PLUGINS = "pytest_plugins"


class Asker(Struct, frozen=True):
    """A file in which a fixture may be asked for; ``module`` is what it imports it from.

    Without a ``module`` it does not import it by its name; ``local`` is what it calls it.
    """

    path: str
    module: str = ""
    local: str = ""


def askers(project: Project, module: str, name: str) -> tuple[Asker, ...]:
    """Return the files that may ask for the fixture ``name`` of a module, that one left out."""
    found: dict[str, Asker] = {}
    above: list[str] = []
    for other in project.modules.values():
        asker = _importing(project, other, module, name)
        if asker is None or other.name == module:
            continue
        found[other.path] = asker
        if other.path.endswith("conftest.py"):
            above.append(other.path.removesuffix("conftest.py"))
    for other in project.modules.values():
        if other.name != module and any(other.path.startswith(folder) for folder in above):
            found.setdefault(other.path, Asker(other.path))
    return tuple(found[path] for path in sorted(found))


def _importing(project: Project, other: ModuleSummary, module: str, name: str) -> Asker | None:
    whole = f"{module}.{name}"
    for local, target in other.imports.items():
        if target.endswith(f".{name}") and project.canonical(target, other.name) == whole:
            return Asker(other.path, target.rpartition(".")[0], local)
    if any(project.canonical(star, other.name) == module for star in other.stars):
        return Asker(other.path)
    plugins = other.variables.get(_PLUGINS)
    if plugins is not None and module in _strings(plugins.value):
        return Asker(other.path)
    return None


def _strings(value: Value) -> Iterator[str]:
    if isinstance(value, Items):
        for item in value.items:
            yield from _strings(item)
    elif isinstance(value, Literal) and isinstance(value.value, str):
        yield value.value
