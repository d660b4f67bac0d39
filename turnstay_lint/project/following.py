"""Revisions read with what functions of other files of the service do in them.

Followed are the service's own functions that use ``op``, or SQLAlchemy, themselves or through
others; what calls of all others may do is not looked at. Only a revision that calls one is read a
second time.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.calling import Interpreter
from turnstay_lint.frameworks.alembic.calls import OPERATIONS
from turnstay_lint.frameworks.alembic.changes import CallElsewhere, Change, Unanalyzable
from turnstay_lint.frameworks.alembic.classes import class_attribute
from turnstay_lint.frameworks.alembic.journey import TooLong
from turnstay_lint.frameworks.alembic.revision import Revision, read_revision, revision_of
from turnstay_lint.frameworks.alembic.values import Bound, Class, Environment, Function, Value
from turnstay_lint.project.file_facts import file_fact
from turnstay_lint.project.modules import is_known
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, ModuleSummary
from turnstay_lint.source.file import SourceFile

_MOST_FUNCTIONS = 100
_OPERATIONS = frozenset({*OPERATIONS, "batch_alter_table", "execute", "invoke"})
_MAKES = frozenset(f"alembic.op.{name}" for name in _OPERATIONS)
_DATABASE = ("alembic.", "sqlalchemy.")
_NOT_FOLLOWED = ("alembic.", "sqlalchemy.", "builtins.", "<", "*.")


@file_fact
def revision_in(project: Project, source: SourceFile) -> Revision | None:
    """Return the revision that a file holds, with what functions of other files do there.

    None where it holds none.
    """
    own = revision_of(source)
    if own is None or not any(_leads_on(project, o.change, source) for o in own.operations):
        return own
    return read_revision(source, _Following(project, source))


def _leads_on(project: Project, change: Change, source: SourceFile) -> bool:
    match change:
        case CallElsewhere(function=function, calls_back=handed):
            return is_followed(project, function, source.scope.module, handed)
        case Unanalyzable(function=function):
            return bool(function) and is_followed(project, function, source.scope.module, True)
    return False


def find(project: Project, name: str, near: str) -> Symbol | None:
    """Return what a name is in a revision: Alembic may look beside it, and beside ``versions``."""
    found, parts = project.find(name, near), near.split(".")
    if found is not None or "versions" not in parts or is_known(name.partition(".")[0]):
        return found
    at = parts.index("versions")
    folders = (".".join(parts[: at + 1]), ".".join(parts[:at]))
    beside = (project.find(f"{folder}.{name}", near) for folder in folders if folder)
    return next((symbol for symbol in beside if symbol is not None), None)


@project_fact
def is_followed(project: Project, function: str, near: str, handed: bool = False) -> bool:
    """Tell whether a function is the service's own and may change the database.

    One that is ``handed`` the operations, or a function, may, whatever else it calls. A class may
    if its methods use ``op``.
    """
    found = find(project, function, near)
    match found.definition if found is not None else None:
        case FunctionSummary():
            return handed or any(map(_is_of_database, _reached(project, function, near)))
        case ClassSummary(methods=methods):
            uses = any(makes_operations(project, f"{function}.{m}", near) for m in methods)
            return bool(methods) and (handed or uses)
    return False


def _is_of_database(called: str) -> bool:
    if called.startswith(("<", "*")):
        return called.rpartition(".")[2] in _OPERATIONS
    return called.startswith(_DATABASE)


@project_fact
def makes_operations(project: Project, function: str, near: str) -> bool:
    """Tell whether a function of the project, or one that it calls, uses Alembic's ``op``."""
    return any(called in _MAKES for called in _reached(project, function, near))


def _reached(project: Project, function: str, near: str) -> Iterator[str]:
    """Yield what a function calls, and what those of the project that it calls do."""
    todo, seen = [(function, near)], {function}
    while todo and len(seen) <= _MOST_FUNCTIONS:
        name, asker = todo.pop(0)
        found = find(project, name, asker)
        if found is None or not isinstance(found.definition, FunctionSummary):
            continue
        for called in sorted(found.definition.calls):
            yield called
            if called not in seen and not called.startswith(_NOT_FOLLOWED):
                seen.add(called)
                todo.append((called, found.module.name))


@project_fact
def file_at(project: Project, path: str) -> SourceFile | None:
    """Return a file of the service as it is read again, or None where it cannot be."""
    return project.read(path)


class _Following:
    """Gives the functions of other files to one reading of a revision.

    Each reading has the modules to itself, so that none sees what another has changed in them.
    """

    def __init__(self, project: Project, revision: SourceFile) -> None:
        self._project = project
        self._revision = revision
        self._modules: dict[str, Environment | None] = {}

    def __call__(self, function: str, near: str, handed: bool) -> Value | None:
        found = find(self._project, function, near)
        if found is None or found.module.path == self._revision.path:
            return None
        if not is_followed(self._project, function, near, handed):
            return None
        return self._function(found)

    def _function(self, found: Symbol) -> Value | None:
        module = self._module(found.module)
        name, *attributes = found.qualname.split(".")
        value = module.names.get(name) if module is not None else None
        for attribute in attributes:
            value = class_attribute(value, attribute) if isinstance(value, Class) else None
        return value if isinstance(value, Function | Bound | Class) else None

    def _module(self, summary: ModuleSummary) -> Environment | None:
        if summary.path not in self._modules:
            source = file_at(self._project, summary.path)
            self._modules[summary.path] = None
            if source is not None:
                module = Environment(source.scope, source=source)
                self._modules[summary.path] = module
                _import(Interpreter(module, self), source, module)
        return self._modules[summary.path]


def _import(interpreter: Interpreter, source: SourceFile, module: Environment) -> None:
    """Let a module define its names; what it does besides is done when it is imported."""
    try:
        interpreter.run(source.tree.body, module)
    except (TooLong, RecursionError):
        # What was defined up to there is known.
        return
