"""Names that modules of a service give to what frameworks call otherwise, for others to import."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.modules import FRAMEWORKS
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.summaries.values import Name


@noted_fact
def aliases(project: Project) -> frozenset[str]:
    """Return the names under which modules import a thing that is called otherwise.

    A file that says only ``rel`` may mean ``relationship``, if another module named it so. An alias
    matters beyond its own file only where another file imports it by that name; one of a
    framework's module does not: what is asked of it keeps its name.
    """
    renamed = {
        local
        for module in project.modules.values()
        for local, target in _renamings(module)
        if target.partition(".")[0] in FRAMEWORKS and not target.endswith(f".{local}")
    }
    asked_for = renamed and {
        name
        for module in project.modules.values()
        for target in (*module.imports.values(), *module.stars)
        for name in _asked_for(project, target, module.name)
    }
    return frozenset(renamed & asked_for)


def _asked_for(project: Project, target: str, near: str) -> Iterator[str]:
    """Yield the names that an import makes useable: that of a module, all that it renames."""
    if target.partition(".")[0] in FRAMEWORKS:
        return
    yield target.rpartition(".")[2]
    module = project.module(target, near)
    if module is not None:
        yield from (local for local, _ in _renamings(module))


def _renamings(module: ModuleSummary) -> Iterator[tuple[str, str]]:
    """Yield names that are made for others, each with what it stands for."""
    for local, target in module.imports.items():
        if "." in target:
            yield local, target
    for name, variable in module.variables.items():
        if isinstance(variable.value, Name):
            yield name, variable.value.name
