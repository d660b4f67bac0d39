"""What statements take along to another revision: imports, and definitions that they use.

These are constants, tables and functions of the module, and variables of their function that say
the same wherever they stand.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct

from turnstay_lint.rules.migrations.revision_bodies import CannotMove, code_of
from turnstay_lint.rules.migrations.spoken_names import spoken_names
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binding, Scope

_SAME_EVERYWHERE = frozenset({"alembic.op.get_bind", "alembic.op.get_context", "alembic.op.f"})
_OWN = frozenset({"revision", "down_revision", "branch_labels", "depends_on"})
_LOOKS = frozenset({"inspect", "Inspector", "MetaData"})


class Import(Struct, frozen=True):
    """What moved statements import: ``from module import name as alias``, each part as it is."""

    module: str
    name: str = ""
    alias: str = ""


class Carried(Struct, frozen=True):
    """What moved statements bring along: imports, code of the module, lines of the function."""

    imports: tuple[Import, ...] = ()
    module_code: str = ""
    function_code: str = ""
    statements: tuple[ast.stmt, ...] = ()


def with_carried(brought: Carried, code: str) -> str:
    """Return the lines of a function with the variables that they need before them."""
    return f"{brought.function_code}\n{code}" if brought.function_code else code


def carried(
    look: Look, function: str, body: Sequence[ast.stmt], moved: Sequence[ast.stmt]
) -> Carried:
    """Return what statements of a function need beside themselves; raises CannotMove."""
    gathering = _Gathering(look, function, body, moved)
    for statement in moved:
        gathering.need(statement)
    return gathering.found()


class _Gathering:
    """The names that moved statements use, followed to what binds them."""

    def __init__(
        self, look: Look, function: str, body: Sequence[ast.stmt], moved: Sequence[ast.stmt]
    ) -> None:
        self._look = look
        self._module = look.source.index.module
        self._function = look.source.index.scopes[_function(look, function)]
        self._body = [s for s in body if not any(s is one for one in moved)]
        self._moved = moved
        self._imports: dict[Import, str] = {}
        self._at_top: list[ast.stmt] = []
        self._before: list[ast.stmt] = []

    def found(self) -> Carried:
        """Return what was gathered, in the order of the file."""
        top = sorted(self._at_top, key=lambda s: s.lineno)
        before = sorted(self._before, key=lambda s: s.lineno)
        return Carried(
            imports=tuple(self._imports),
            module_code=_apart(self._look, top),
            function_code=code_of(self._look, before),
            statements=tuple(top),
        )

    def need(self, node: ast.AST) -> None:
        """Follow every name that a node reads."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                self._name(inner.id)

    def _name(self, name: str) -> None:
        if name in self._function.bindings:
            self._local(name)
        elif name in self._module.bindings:
            self._global(name, self._module.bindings[name])

    def _local(self, name: str) -> None:
        """A variable that moved statements bind before they read it needs nothing else."""
        first = next((s for s in self._moved if name in _names_in(s)), None)
        if first is not None and _binds_first(first, name):
            return
        for binder in (s for s in self._body if name in bound_by(s)):
            if binder in self._before:
                continue
            if not _says_the_same(binder, self._function):
                raise CannotMove(f"`{name}` is handed from one statement to the next")
            self._before.append(binder)
            self.need(binder)

    def _global(self, name: str, bindings: list[Binding]) -> None:
        if name in _OWN:
            raise CannotMove(f"it reads `{name}`, which is another one's in another revision")
        for binding in bindings:
            statement = self._statement_of(binding)
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._imported(name, statement)
            elif statement not in self._at_top:
                self._at_top.append(statement)
                self.need(statement)
                for spoken in sorted(spoken_names(self._look, statement)):
                    self._global(spoken, self._module.bindings[spoken])

    def _statement_of(self, binding: Binding) -> ast.stmt:
        for statement in self._look.source.tree.body:
            if any(inner is binding.node for inner in ast.walk(statement)):
                return statement
        raise CannotMove("what it uses of the module could not be read")

    def _imported(self, name: str, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            if name not in (alias.asname, alias.name, alias.name.partition(".")[0]):
                continue
            if isinstance(statement, ast.Import):
                made = Import(alias.name, alias=alias.asname or "")
            elif statement.level or not statement.module:
                raise CannotMove(f"`{name}` is imported from a relative module")
            else:
                renamed = alias.asname if alias.asname != alias.name else ""
                made = Import(statement.module, alias.name, renamed or "")
            self._imports[made] = name


def unused_without(
    look: Look, moved: Sequence[ast.stmt], statements: Sequence[ast.stmt]
) -> list[ast.stmt]:
    """Return those statements of the module that nothing uses once others have moved."""
    unused = list(statements)
    while True:
        gone = {id(node) for one in (*moved, *unused) for node in ast.walk(one)}
        used = {
            node.id
            for node in ast.walk(look.source.tree)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in gone
        }
        for statement in look.source.tree.body:
            if id(statement) not in gone:
                used |= spoken_names(look, statement) - bound_by(statement)
        still = [one for one in unused if not bound_by(one) & used]
        if len(still) == len(unused):
            return still
        unused = still


def _function(look: Look, name: str) -> ast.FunctionDef:
    return next(
        s for s in look.source.tree.body if isinstance(s, ast.FunctionDef) and s.name == name
    )


def _apart(look: Look, statements: Sequence[ast.stmt]) -> str:
    """Definitions stand two lines apart, as black has them, constants as they were."""
    code = ""
    for before, statement in zip([None, *statements], statements):
        one = code_of(look, [statement])
        wide = any(isinstance(s, ast.ClassDef | ast.FunctionDef) for s in (before, statement) if s)
        code += ("\n\n\n" if wide else "\n") * bool(code) + one
    return code


def bound_by(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, in blocks of it too."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } | {
        node.name
        for node in ast.walk(statement)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def _names_in(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _binds_first(statement: ast.stmt, name: str) -> bool:
    """Tell whether a statement gives a name its value before it reads it."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            stored = any(isinstance(t, ast.Name) and t.id == name for t in targets)
            return stored and name not in {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        case ast.With(items=items):
            bound = [item.optional_vars for item in items if item.optional_vars is not None]
        case ast.For(target=target):
            bound = [target]
        case _:
            return False
    return any(isinstance(n, ast.Name) and n.id == name for t in bound for n in ast.walk(t))


def _says_the_same(statement: ast.stmt, scope: Scope) -> bool:
    """Tell whether a variable holds the same in another revision: no row and no schema is read."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    calls = [node for node in ast.walk(statement.value) if isinstance(node, ast.Call)]
    return all(_is_construct(call, scope) for call in calls)


def _is_construct(call: ast.Call, scope: Scope) -> bool:
    name = resolve(call.func, scope) or ""
    if name in _SAME_EVERYWHERE:
        return True
    return name.startswith("sqlalchemy.") and name.rpartition(".")[2] not in _LOOKS
