"""How a file names a class of the service: as it has it already, or with which import.

What a decorator names must be there when the module is imported: defined above, not imported for
type checking only, and not from a module that imports this one.
"""

from __future__ import annotations

import ast
from collections import Counter

from msgspec import Struct

from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.schemas.schemas import importable_name
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.import_blocks import is_type_checking
from turnstay_lint.source.scopes import Binding, Binds, Scope, inner_bodies


class Unspellable(Exception):
    """A name cannot be used at a place; the message says why, for the user."""


class Spelling(Struct, frozen=True):
    """How a class is written at a place; ``module`` and ``name`` are the import that it needs."""

    text: str
    module: str = ""
    name: str = ""


def spell(
    project: Project, source: SourceFile, wanted: Symbol, call: ast.expr, scope: Scope
) -> Spelling:
    """Return how an expression evaluated at import names ``wanted``; raises Unspellable."""
    bare = wanted.qualname
    for name, owner in visible(source, scope, call):
        target = _target(owner, name)
        if target and project.canonical(target, scope.module) == wanted.name:
            return Spelling(name)
    for name, owner in visible(source, scope, call):
        target = _target(owner, name)
        found = project.find(target, scope.module) if target else None
        if found is not None and not found.qualname and _is_import(owner, name):
            if project.canonical(f"{target}.{bare}", scope.module) == wanted.name:
                return Spelling(f"{name}.{bare}")
    return _imported(project, source, wanted, scope)


def spell_outsider(
    project: Project, source: SourceFile, dotted: str, call: ast.expr, scope: Scope
) -> Spelling:
    """Return how a call that runs at import names a class of an installed package.

    Raises Unspellable where another thing has its name.
    """
    module, _, bare = dotted.rpartition(".")
    for name, owner in visible(source, scope, call):
        target = _target(owner, name)
        if _is_import(owner, name) and project.canonical(target, scope.module) == dotted:
            return Spelling(name)
    if scope.lookup(bare) is not None:
        raise Unspellable(f"the name {bare} means something else in this file")
    return Spelling(bare, module, bare)


def visible(source: SourceFile, scope: Scope, call: ast.expr) -> list[tuple[str, Scope]]:
    """Return the names that are bound when a call runs, each with the scope that binds it."""
    found: dict[str, Scope] = {}
    here: Scope | None = scope
    while here is not None:
        if here is scope or not here.is_class:
            for name in here.bindings:
                found.setdefault(name, here)
        here = here.parent
    return [(n, owner) for n, owner in found.items() if is_bound(source, n, owner, scope, call)]


def is_bound(source: SourceFile, name: str, owner: Scope, scope: Scope, call: ast.expr) -> bool:
    """Tell whether a name of ``owner`` has a value when a call in ``scope`` runs at import."""
    never = for_type_checking(source)
    at_run_time = [b for b in owner.bindings.get(name, ()) if b.node not in never]
    if scope.function is not None and owner is not scope:
        return bool(at_run_time)
    return any(_after(binding) <= (call.lineno, call.col_offset) for binding in at_run_time)


def _after(binding: Binding) -> tuple[int, int]:
    line = getattr(binding.node, "end_lineno", None) or binding.line
    if isinstance(binding.node, ast.arg):
        return binding.line, 0
    return line, getattr(binding.node, "end_col_offset", None) or 0


@fact
def for_type_checking(source: SourceFile) -> frozenset[ast.AST]:
    """Return what stands under ``if TYPE_CHECKING``, which never runs."""
    found: set[ast.AST] = set()
    todo = list(source.tree.body)
    while todo:
        statement = todo.pop()
        if is_type_checking(statement) and isinstance(statement, ast.If):
            found.update(node for inner in statement.body for node in ast.walk(inner))
            todo.extend(statement.orelse)
            continue
        for body in inner_bodies(statement):
            todo.extend(body)
    return frozenset(found)


def _is_import(owner: Scope, name: str) -> bool:
    return owner.bindings[name][-1].kind is Binds.IMPORT


def _target(owner: Scope, name: str) -> str:
    """Return the dotted name that a name of a scope stands for, empty where it has none."""
    binding = owner.bindings[name][-1]
    if binding.kind is Binds.IMPORT:
        return binding.target
    if binding.kind is Binds.CLASS or (binding.kind is Binds.ASSIGNMENT and owner.is_module):
        inner = ".".join(part for part in (owner.qualname, name) if part)
        return f"{owner.module}.{inner}"
    return ""


def _imported(project: Project, source: SourceFile, wanted: Symbol, scope: Scope) -> Spelling:
    outer, _, _ = wanted.qualname.partition(".")
    if wanted.module.name == scope.module:
        raise Unspellable(f"{wanted.qualname} is defined below the route; move it above")
    if scope.lookup(outer) is not None:
        names = source.scope.bindings.get(outer, [])
        if names and all(binding.node in for_type_checking(source) for binding in names):
            raise Unspellable(f"{outer} is imported for type checking only; import it outright")
        raise Unspellable(f"the name {outer} means something else in this file")
    module = import_path(project, wanted, outer)
    if imports_back(project, wanted.module, scope.module):
        raise Unspellable(
            f"{wanted.module.name} imports this module, so {outer} cannot be imported from it"
        )
    return Spelling(wanted.qualname, module, outer)


def import_path(project: Project, wanted: Symbol, outer: str) -> str:
    """Return the module that others import a class from; else the one that defines it."""
    bare = f"{wanted.module.name}.{outer}"
    used: Counter[str] = Counter()
    for module in project.modules.values():
        for local, target in module.imports.items():
            if local == outer and target.endswith(f".{outer}") and module is not wanted.module:
                if project.canonical(target, module.name) == bare:
                    used[importable_name(project, target)] += 1
    best = min(used, key=lambda target: (-used[target], target), default="")
    return (best or importable_name(project, bare)).rpartition(".")[0]


def imports_back(project: Project, module: ModuleSummary, near: str) -> bool:
    """Tell whether importing a module imports ``near``, unless ``near`` imports it already."""
    home = project.modules.get(near)
    if home is not None and module.name in set(_imports_of(project, home)):
        return False
    seen: set[str] = set()
    todo = [module.name]
    while todo:
        name = todo.pop()
        if name == near:
            return True
        if name in seen or near.startswith(f"{name}."):
            continue
        seen.add(name)
        found = project.modules.get(name)
        todo.extend(_imports_of(project, found) if found is not None else ())
    return False


def _imports_of(project: Project, module: ModuleSummary) -> list[str]:
    found = []
    for target in (*module.imports.values(), *module.stars):
        symbol = project.find(target, module.name)
        imported = project.module(target, module.name)
        holder = imported or project.module(target.rpartition(".")[0], module.name)
        if holder is None and symbol is not None:
            holder = symbol.module
        if holder is not None:
            found.append(holder.name)
    return found
