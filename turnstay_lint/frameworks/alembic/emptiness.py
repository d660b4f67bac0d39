"""Whether a table has no rows when an operation reaches it, as far as its own revision shows.

A table created or emptied earlier in the same way, on every path that leads there, is empty until
something puts rows in; everything else may be full.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    CallElsewhere,
    ChangeRows,
    CreateTable,
    RenameTable,
    Rows,
    Table,
)
from turnstay_lint.frameworks.alembic.operations import Arm, Operation


def is_empty_at(way: Sequence[Operation], position: int) -> bool:
    """Tell whether the table of the AddColumn at ``position`` surely has no rows there."""
    change = way[position].change
    assert isinstance(change, AddColumn)
    return has_no_rows(way, position, change.table)


def has_no_rows(way: Sequence[Operation], position: int, table: Table) -> bool:
    """Tell whether a table surely has no rows when the operation at ``position`` comes."""
    here = way[position]
    emptied: list[tuple[Arm, ...]] = []
    for operation in reversed(way[:position]):
        if excludes(operation.arms, here.arms):
            continue
        change = operation.change
        if isinstance(change, RenameTable) and change.to == table:
            table = change.table
        elif _fills(operation, table):
            return False
        elif _empties(operation, table):
            emptied.append(operation.arms)
            if covers(emptied, here.arms):
                return True
    return False


def _fills(operation: Operation, table: Table) -> bool:
    match operation.change:
        case ChangeRows(table=other, how=Rows.INSERT):
            return other.name is not None and other.may_be(table)
        case CreateTable(table=other, with_rows=True):
            return other.may_be(table)
    return False


def _empties(operation: Operation, table: Table) -> bool:
    """A table whose name could not be read may be this one: then nothing is claimed."""
    match operation.change:
        case CreateTable(table=other, with_rows=False):
            return other.may_be(table)
        case ChangeRows(table=other, how=Rows.DELETE, everywhere=True):
            return other.may_be(table)
        case CallElsewhere(function=name, names=names):
            return "create" in name.rpartition(".")[2].lower() and table.name in names
    return False


def excludes(one: tuple[Arm, ...], other: tuple[Arm, ...]) -> bool:
    """Tell whether two places lie in different arms of one branch."""
    chosen = {arm.branch: arm.number for arm in one}
    return any(chosen.get(arm.branch, arm.number) != arm.number for arm in other)


def covers(done: Iterable[tuple[Arm, ...]], here: tuple[Arm, ...]) -> bool:
    """Tell whether every way to ``here`` passes one of the places ``done``."""
    within = set(here)
    left = [tuple(arm for arm in arms if arm not in within) for arms in done]
    if any(not arms for arms in left):
        return True
    branches = {arms[0].branch: arms[0].count for arms in left}
    return any(
        all(
            covers([arms[1:] for arms in left if (arms[0].branch, arms[0].number) == (b, n)], ())
            for n in range(count)
        )
        for b, count in branches.items()
    )
