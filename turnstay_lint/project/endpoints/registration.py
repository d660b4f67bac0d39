"""Whether a router is registered, and where the service registers its siblings.

A router that its module makes is registered when something includes it, or when another file, or a
call in its own, gets hold of it: what that does with it is not always to be seen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from turnstay_lint.frameworks.routers import APPLICATION_CLASSES
from turnstay_lint.project.endpoints.inclusions import INCLUDE, inclusions
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

_FINDING_MODULES = frozenset({"importlib", "pkgutil"})


@project_fact
def includes_any(project: Project) -> bool:
    """Tell whether the service has an application and includes routers in ways that can be read."""
    modules = [m for m in project.modules.values() if not is_apart(m.path)]
    including = [module for module in modules if _includes(module)]
    if not including or any(_finds_modules(module) for module in including):
        return False
    return any(_may_make_application(module) for module in modules)


def _may_make_application(module: ModuleSummary) -> bool:
    """What only has routers is a part of somebody else's service."""
    return any(t == "fastapi" or t in APPLICATION_CLASSES for t in module.imports.values())


def _includes(module: ModuleSummary) -> bool:
    return (
        INCLUDE in module.called
        or bool(module.inclusions)
        or any(isinstance(s, Call) and s.name.endswith(f".{INCLUDE}") for s in module.statements)
    )


def _finds_modules(module: ModuleSummary) -> bool:
    return any(t.partition(".")[0] in _FINDING_MODULES for t in module.imports.values())


def is_registered(project: Project, source: SourceFile, variable: str) -> bool:
    """Tell whether something may include the router that a variable of a file holds."""
    name = f"{source.scope.module}.{variable}"
    if name in inclusions(project) or variable in _handed_on(source):
        return True
    stem = source.scope.module.rpartition(".")[2]
    importing = _importing(project)
    may = {m for word in (variable, stem, "*") for m in importing.get(word, ())}
    return any(
        _gets_hold_of(project, module, name)
        for module in sorted(may)
        if module != source.scope.module and not is_apart(project.modules[module].path)
    )


@project_fact
def _importing(project: Project) -> Mapping[str, list[str]]:
    """Return the names of the modules that import something called so, or ``*`` with a star."""
    found: dict[str, list[str]] = {}
    for module in project.modules.values():
        said = {target.rpartition(".")[2] for target in module.imports.values()}
        for word in (*said, *(["*"] if module.stars else ())):
            found.setdefault(word, []).append(module.name)
    return found


@fact
def _handed_on(source: SourceFile) -> frozenset[str]:
    """Return the variables with which the file does more than ask for their attributes."""
    found: set[str] = set()
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        if type(node) is ast.Name:
            if type(node.ctx) is ast.Load:
                found.add(node.id)
            continue
        if type(node) is ast.Attribute and type(node.value) is ast.Name:
            continue
        for value in node.__dict__.values():
            if type(value) is list:
                todo += [child for child in value if isinstance(child, ast.AST)]
            elif isinstance(value, ast.AST):
                todo.append(value)
    return frozenset(found)


@noted_fact
def _gets_hold_of(project: Project, name: str, router: str) -> bool:
    module = project.modules[name]
    home, _, variable = router.rpartition(".")
    stem = home.rpartition(".")[2]
    if home in {project.canonical(star, module.name) for star in module.stars}:
        return _uses(project, module, variable)
    for local, target in module.imports.items():
        last = target.rpartition(".")[2]
        if last == variable and project.canonical(target, module.name) == router:
            if _uses(project, module, local):
                return True
        elif last == stem and project.canonical(target, module.name) == home:
            source = project.read(module.path)
            if source is None or re.search(rf"\b{local}\.{variable}\b", source.text):
                return True
    return False


def _uses(project: Project, module: ModuleSummary, name: str) -> bool:
    """Tell whether a module does something with what it imports; a package may only export it."""
    source = project.read(module.path) if module.is_package else None
    return source is None or any(
        isinstance(node, ast.Name) and node.id == name for node in ast.walk(source.tree)
    )


class Sibling(Struct, frozen=True):
    """A call that includes the router of a neighbouring module.

    ``child`` is the included router as its file names it, ``module`` the neighbour's own name.
    """

    call: ast.Call
    scope: Scope
    source: SourceFile
    child: str
    module: str

    @property
    def stem(self) -> str:
        """Return the last part of the neighbour's name."""
        return self.module.rpartition(".")[2]

    @property
    def place(self) -> tuple[str, str, str]:
        """Return where it stands: the file, the function, and what includes."""
        assert isinstance(self.call.func, ast.Attribute)
        return self.source.path, self.scope.qualname, ast.unparse(self.call.func.value)


def siblings(project: Project, module: str) -> list[Sibling]:
    """Return the inclusions of the routers of a module's folder, where most of them stand."""
    folder = module.rpartition(".")[0]
    near = {
        inclusion.near
        for child, made in inclusions(project).items()
        if child.rpartition(".")[0].rpartition(".")[0] == folder
        for inclusion in made
    }
    found: dict[tuple[str, str, str], list[Sibling]] = {}
    for name in sorted(near):
        source = project.read(project.modules[name].path)
        for sibling in _siblings_in(project, source, folder) if source is not None else ():
            found.setdefault(sibling.place, []).append(sibling)
    return max(found.values(), key=len, default=[])


def _siblings_in(project: Project, source: SourceFile, folder: str) -> Iterator[Sibling]:
    for call, scope in source.index.calls:
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == INCLUDE and call.args):
            continue
        child = resolve(call.args[0], scope)
        module = project.canonical(child, scope.module).rpartition(".")[0] if child else ""
        if child and module.rpartition(".")[0] == folder and module in project.modules:
            yield Sibling(call, scope, source, child, module)
