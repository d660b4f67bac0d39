"""A revision module: its ways up and down, each as the operations that it makes in order.

A module is one if it binds ``revision``, defines ``upgrade()``, or calls ``op`` at its top level,
as the handbook's fragments do; several ``def upgrade`` in one text are each read by themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from msgspec import Struct

from turnstay_lint.frameworks.alembic.calling import Elsewhere, Interpreter
from turnstay_lint.frameworks.alembic.changes import CallElsewhere, Unanalyzable
from turnstay_lint.frameworks.alembic.journey import TooLong
from turnstay_lint.frameworks.alembic.operating import OP
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.values import Environment, Function, Operations
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import all_parameters, inner_bodies

UPGRADE = "upgrade"
DOWNGRADE = "downgrade"


class Way(Struct, frozen=True, eq=False):
    """One way up or down: its function, and what it does; None for a fragment's top level.

    ``refuses`` says that it raises somewhere.
    """

    function: ast.FunctionDef | None
    operations: tuple[Operation, ...]
    refuses: bool = False

    @property
    def name(self) -> str:
        """Return the function's name, empty for a fragment's top level."""
        return self.function.name if self.function is not None else ""


class Revision(Struct, frozen=True, eq=False):
    """Every way up and every way down that a file has; a fragment's top level is a way up."""

    up: tuple[Way, ...]
    down: tuple[Way, ...]

    @property
    def upgrades(self) -> tuple[tuple[Operation, ...], ...]:
        """Return the operations of each way up."""
        return tuple(way.operations for way in self.up)

    @property
    def downgrades(self) -> tuple[tuple[Operation, ...], ...]:
        """Return the operations of each way down."""
        return tuple(way.operations for way in self.down)

    @property
    def operations(self) -> Iterator[Operation]:
        """Yield the operations of all ways."""
        for way in (*self.upgrades, *self.downgrades):
            yield from way


def is_revision(source: SourceFile) -> bool:
    """Tell whether a file is a revision of a migration, by its folder or its own words."""
    bindings = source.scope.bindings
    if "down_revision" in bindings and "revision" in bindings:
        return True
    folder = PurePosixPath(source.path).parent
    return "versions" in folder.parts and (UPGRADE in bindings or "revision" in bindings)


@fact
def revision_of(source: SourceFile) -> Revision | None:
    """Return the revision that a file holds, as far as it tells, or None where it holds none."""
    return read_revision(source)


def read_revision(source: SourceFile, elsewhere: Elsewhere | None = None) -> Revision | None:
    """Return the revision that a file holds, with what functions of other files do there.

    None where it holds none.
    """
    ways = _ways(source)
    if not ways and not _calls_op_at_top(source):
        return None
    module = Environment(source.scope, source=source)
    runner = Interpreter(module, elsewhere)
    top = _run(runner, source.tree.body, module)
    found: dict[str, list[Way]] = {UPGRADE: [], DOWNGRADE: []}
    if not ways or any(not isinstance(o.change, CallElsewhere) for o in top):
        found[UPGRADE].append(Way(None, tuple(top)))
    for way in ways:
        direction, _, _ = way.name.partition("_")
        found[direction].append(_follow(source, way, module, elsewhere))
    return Revision(tuple(found[UPGRADE]), tuple(found[DOWNGRADE]))


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        for inner in inner_bodies(statement):
            yield from _functions(inner)


def _ways(source: SourceFile) -> list[ast.FunctionDef]:
    """Every ``upgrade`` and ``downgrade``, those that the template for several databases names.

    A function of that name in a file that neither is a revision nor uses ``op`` is somebody's own.
    """
    functions = [f for f in _functions(source.tree.body) if f.name.startswith((UPGRADE, DOWNGRADE))]
    if not functions or not (is_revision(source) or "op." in source.text):
        return []
    by_name = "globals()" in source.text
    return [f for f in functions if f.name in (UPGRADE, DOWNGRADE) or (by_name and "_" in f.name)]


def _calls_op_at_top(source: SourceFile) -> bool:
    if "op." not in source.text:
        return False
    for call, scope in source.index.calls:
        if scope.is_module and (resolve(call.func, scope) or "").startswith(f"{OP}."):
            return True
    return False


def _run(runner: Interpreter, body: list[ast.stmt], module: Environment) -> list[Operation]:
    with suppress(TooLong, RecursionError):
        runner.run(body, module)
    return runner.operations


def _follow(
    source: SourceFile,
    function: ast.FunctionDef,
    module: Environment,
    elsewhere: Elsewhere | None,
) -> Way:
    runner = Interpreter(module, elsewhere)
    scope = source.index.scopes[function]
    given = {
        parameter.arg: Operations()
        for parameter in all_parameters(function.args)
        if parameter.arg == "op"
    }
    try:
        runner.invoke(Function(function, module), dict(given), None)
    except (TooLong, RecursionError):
        reason = f"{function.name}() takes more steps than are followed"
        place = name_of(function)
        runner.operations.append(Operation(Unanalyzable(reason), place, scope))
    return Way(function, tuple(runner.operations), runner.refuses)


def name_of(function: ast.FunctionDef) -> ast.Name:
    """Return the name in ``def upgrade()``, as a place to point at."""
    start = function.col_offset + len("def ")
    return ast.Name(
        function.name,
        ast.Load(),
        lineno=function.lineno,
        col_offset=start,
        end_lineno=function.lineno,
        end_col_offset=start + len(function.name),
    )
