"""A class called otherwise in all files of the service that speak of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Elsewhere
from turnstay_lint.project.endpoints.bodies import importers
from turnstay_lint.project.mentions import is_readable, says_attribute, says_word
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.scopes import Scope


class NotRenamable(Exception):
    """A class that cannot be renamed; the message says why, for the user."""


class RenameClass(Struct, frozen=True):
    """Call a class ``new`` in a file that names it ``old``; ``targets`` are its dotted names."""

    old: str
    new: str
    targets: tuple[str, ...]


class Renaming(Struct, frozen=True):
    """What is done in the class's own file, and in others."""

    plan: RenameClass
    elsewhere: tuple[Elsewhere, ...]


def renamed(look: Look, scope: Scope, new: str) -> Renaming:
    """Return how a class gets a name everywhere; raises NotRenamable."""
    old = scope.name
    if scope.parent is None or not scope.parent.is_module:
        raise NotRenamable("it is defined within another class or a function")
    if new in look.source.words:
        raise NotRenamable(f"{new} is the name of something in this file")
    name = f"{scope.module}.{old}"
    targets = _targets(look, name)
    plan = RenameClass(old, new, targets)
    parts: list[Elsewhere] = []
    for path in _speaking(look, name, old):
        if not is_readable(look.project, path):
            raise NotRenamable(f"{path}, which speaks of it, cannot be read")
        if says_word(look.project, path, new):
            raise NotRenamable(f"{new} is the name of something in {path}")
        parts.append(Elsewhere(path, plan, new))
    return Renaming(plan, tuple(parts))


def _targets(look: Look, name: str) -> tuple[str, ...]:
    """Return the dotted names by which the service speaks of a class, packages' own included."""
    targets = [name, *(target for _, target in importers(look.project).get(name, ()))]
    for path, target in importers(look.project).get(name, ()):
        module = _by_path(look.project).get(path)
        if module is not None and target.endswith(f".{name.rpartition('.')[2]}"):
            targets.append(f"{module}.{name.rpartition('.')[2]}")
    return tuple(dict.fromkeys(targets))


@project_fact
def _by_path(project: Project) -> dict[str, str]:
    return {module.path: module.name for module in project.modules.values()}


@project_fact
def _starring(project: Project) -> list[ModuleSummary]:
    return [module for module in project.modules.values() if module.stars]


def _speaking(look: Look, name: str, old: str) -> Iterator[str]:
    """Yield the other files that import the class, or a module through which they name it."""
    known = importers(look.project)
    paths = dict.fromkeys(path for path, _ in known.get(name, ()))
    holders = [name.rpartition(".")[0], *(_by_path(look.project).get(p, "") for p in paths)]
    for holder in dict.fromkeys(holders):
        for path, _ in known.get(holder, ()):
            if path not in paths and says_attribute(look.project, path, old):
                paths[path] = None
    for module in _starring(look.project):
        if module.path not in paths and any(star in holders for star in module.stars):
            if says_word(look.project, module.path, old):
                paths[module.path] = None
    yield from (path for path in paths if path != look.source.path)
