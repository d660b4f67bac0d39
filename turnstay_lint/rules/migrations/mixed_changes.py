"""Upgrades that change rows and the schema of tables that were there before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    Change,
    ChangeRows,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    RenameTable,
    Table,
)
from turnstay_lint.frameworks.alembic.emptiness import excludes, has_no_rows
from turnstay_lint.frameworks.alembic.operations import Operation


class Mixed(Struct, frozen=True):
    """The operations of one way up that change rows, and those that change the schema."""

    data: tuple[Operation, ...]
    schema: tuple[Operation, ...]


def mixed_changes(way: Sequence[Operation]) -> Mixed | None:
    """Return what an upgrade changes of both kinds, None where one is missing."""
    data = [o for n, o in enumerate(way) if _changes_rows_there(way, n)]
    schema = [o for n, o in enumerate(way) if _changes_table_there(way, n)]
    data = [o for o in data if any(not excludes(o.arms, other.arms) for other in schema)]
    return Mixed(tuple(data), tuple(schema)) if data and schema else None


def _changes_rows_there(way: Sequence[Operation], position: int) -> bool:
    """Tell whether rows are changed of a table that this upgrade did not make or empty.

    A table whose name is unknown may be one that was made.
    """
    change = way[position].change
    if not isinstance(change, ChangeRows):
        return False
    if change.table.name is None:
        return not any(_makes(earlier.change) for earlier in way[:position])
    return not _is_new(way, position, change.table) and not has_no_rows(way, position, change.table)


def _changes_table_there(way: Sequence[Operation], position: int) -> bool:
    match way[position].change:
        case AddColumn(table=table) | DropColumn(table=table) | AlterColumn(table=table):
            return not _is_new(way, position, table)
        case OtherChange(table=Table() as table):
            return not _is_new(way, position, table)
        case RenameTable(table=table) | DropTable(table=table):
            return not _is_new(way, position, table)
    return False


def _makes(change: Change) -> bool:
    return isinstance(change, CreateTable)


def _is_new(way: Sequence[Operation], position: int, table: Table) -> bool:
    """Tell whether a table came to be earlier in the same way, under whatever name."""
    for change in (operation.change for operation in reversed(way[:position])):
        if isinstance(change, RenameTable) and change.to == table:
            table = change.table
        elif isinstance(change, CreateTable) and change.table.may_be(table):
            return True
    return False


def tables_of(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield the tables that operations are about, in words."""
    for operation in operations:
        table = getattr(operation.change, "table", None)
        if isinstance(table, Table):
            yield f"`{table}`" if table.name else "a table"
