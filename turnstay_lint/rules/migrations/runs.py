"""An upgrade as runs of statements that each change rows, or the schema; its downgrade likewise."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    ChangeRows,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    RenameTable,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.rules.migrations.mixed_changes import Mixed
from turnstay_lint.rules.migrations.revision_bodies import (
    CannotMove,
    holds,
    is_docstring,
    place_of,
)


class Kind(Enum):
    """What a run of statements changes."""

    DATA = "rows"
    SCHEMA = "schema"


class Run(Struct, frozen=True):
    """Statements that follow each other and change the same kind of thing."""

    kind: Kind
    statements: tuple[ast.stmt, ...]
    operations: tuple[Operation, ...]

    @property
    def requires(self) -> list[AlterColumn]:
        """Return the columns that it makes NOT NULL, if it does nothing else."""
        found = [
            o.change
            for o in self.operations
            if isinstance(o.change, AlterColumn) and o.change.nullable is False
        ]
        return found if len(found) == len(self.operations) else []


def operations_in(statement: ast.stmt, way: Sequence[Operation]) -> list[Operation]:
    """Return the operations that a statement makes, in helpers that it calls too."""
    return [operation for operation in way if holds(statement, place_of(operation))]


def runs_of(body: Sequence[ast.stmt], way: Sequence[Operation], mixed: Mixed) -> list[Run]:
    """Return the runs of an upgrade in order; raises CannotMove.

    What changes nothing comes with what came before, or from the first variable on that is given
    a value with what follows.
    """
    kinds = {id(o): Kind.DATA for o in mixed.data} | {id(o): Kind.SCHEMA for o in mixed.schema}
    runs: list[tuple[Kind, list[ast.stmt]]] = []
    waiting: list[ast.stmt] = []
    for statement in body:
        if is_docstring(statement):
            continue
        kind = _kind(operations_in(statement, way), kinds)
        if kind is None:
            comes_after = waiting or not runs or isinstance(statement, ast.Assign | ast.AnnAssign)
            if _ends_session(statement) and (comes_after or runs[-1][0] is not Kind.DATA):
                raise CannotMove("a session is flushed after what comes between")
            (waiting if comes_after else runs[-1][1]).append(statement)
            continue
        if not runs or runs[-1][0] is not kind:
            runs.append((kind, []))
        runs[-1][1].extend((*waiting, statement))
        waiting = []
    if runs:
        runs[-1][1].extend(waiting)
    return [
        Run(kind, tuple(own), tuple(o for s in own for o in operations_in(s, way)))
        for kind, own in runs
    ]


def _ends_session(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "flush")
        for node in ast.walk(statement)
    )


def _kind(operations: Sequence[Operation], kinds: dict[int, Kind]) -> Kind | None:
    found: set[Kind] = set()
    for operation in operations:
        match operation.change:
            case Unanalyzable():
                raise CannotMove("one of its operations could not be read")
            case CreateTable() | DropTable() | RenameTable():
                found.add(Kind.SCHEMA)
            case _ if id(operation) in kinds:
                found.add(kinds[id(operation)])
    if len(found) > 1:
        raise CannotMove("one statement changes both rows and the schema")
    return next(iter(found), None)


def run_of(operation: Operation, runs: Sequence[Run]) -> int:
    """Return which run an operation of the downgrade belongs to; raises CannotMove."""
    match operation.change:
        case Unanalyzable():
            raise CannotMove("an operation of its downgrade could not be read")
        case ChangeRows():
            found = [n for n, run in enumerate(runs) if run.kind is Kind.DATA]
        case _:
            found = [
                number
                for number, run in enumerate(runs)
                if any(_takes_back(operation, other) for other in run.operations)
            ]
    if len(found) > 1:
        raise CannotMove("which of its steps an operation of the downgrade undoes is not certain")
    return found[0] if found else 0


def _takes_back(down: Operation, up: Operation) -> bool:
    match down.change, up.change:
        case (DropColumn(table=one, name=name), AddColumn(table=other, column=column)) | (
            AddColumn(table=one, column=column),
            DropColumn(table=other, name=name),
        ):
            return one.may_be(other) and name == column.name
        case AlterColumn(table=one) as new, AlterColumn(table=other) as old:
            return one.may_be(other) and new.name in (old.name, old.renamed_to)
        case RenameTable(table=one), RenameTable(to=other):
            return one.may_be(other)
        case (DropTable(table=one), CreateTable(table=other)) | (
            CreateTable(table=one),
            DropTable(table=other),
        ):
            return one.may_be(other)
    return _same_part(down, up)


def _same_part(down: Operation, up: Operation) -> bool:
    """An index or a constraint is known by its name where both say one, else by its table."""
    new, old = down.change, up.change
    if not isinstance(new, OtherChange) or not isinstance(old, OtherChange):
        return False
    names = _name_in(down), _name_in(up)
    if None not in names:
        return names[0] == names[1]
    return new.table is None or old.table is None or new.table.may_be(old.table)


def _name_in(operation: Operation) -> str | None:
    change = operation.change
    if operation.origin is not None:
        return change.part.name if isinstance(change, OtherChange) and change.part else None
    call = operation.call
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    for node in ast.walk(first) if first is not None else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
    return None
