"""What an operation of a revision does, in a few words, and the stage that a column is at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CallElsewhere,
    Change,
    ChangeRows,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    RenameTable,
    Rows,
    Unanalyzable,
)


class Stage(Enum):
    """How far an operation brings a column: it is added, filled, or made NOT NULL."""

    ADD = "add"
    BACKFILL = "backfill"
    REQUIRE = "NOT NULL"
    NONE = ""


class Said(Struct, frozen=True):
    """An operation in words, and the stage that it brings a column to."""

    words: str
    stage: Stage = Stage.NONE


def said_of(changes: Iterable[Change]) -> list[Said]:
    """Return operations in words; those that say the same are counted."""
    counted: dict[Said, int] = {}
    for said in (one for change in changes for one in _said(change)):
        counted[said] = counted.get(said, 0) + 1
    return [
        Said(f"{said.words} (×{count})", said.stage) if count > 1 else said
        for said, count in counted.items()
    ]


def _said(change: Change) -> Iterator[Said]:
    match change:
        case CreateTable(table=table, columns=columns):
            several = "s" * (len(columns) > 1)
            some = f" ({len(columns)} column{several})" if columns else ""
            yield Said(f"create table {table}{some}")
        case DropTable(table=table):
            yield Said(f"drop table {table}")
        case RenameTable(table=table, to=to):
            yield Said(f"rename table {table} to {to}")
        case AddColumn(table=table, column=column):
            yield Said(f"add {table}.{column.name or '…'}{_nullability(change)}", Stage.ADD)
        case DropColumn(table=table, name=name):
            yield Said(f"drop {table}.{name or '…'}")
        case AlterColumn():
            yield _altered(change)
        case ChangeRows(table=table, how=how, columns=columns):
            of = f".{', '.join(columns)}" if columns else ""
            stage = Stage.BACKFILL if how is Rows.UPDATE else Stage.NONE
            yield Said(f"{how.value} {table}{of}", stage)
        case OtherChange(what=what, table=table):
            on = f" on {table}" if table is not None and table.name else ""
            yield Said(f"{what.replace('_', ' ')}{on}")
        case Unanalyzable(reason=reason):
            yield Said(f"not read: {reason}")
        case CallElsewhere():
            return


def _nullability(change: AddColumn) -> str:
    column = change.column
    if column.refuses_rows:
        return " NOT NULL, nothing fills it"
    if column.filled:
        return ", filled by the database"
    return ", nullable" if column.nullable else ""


def _altered(change: AlterColumn) -> Said:
    named = f"{change.table}.{change.name or '…'}"
    if change.renamed_to is not None:
        return Said(f"rename {named} to {change.renamed_to}")
    if change.nullable is False:
        return Said(f"require {named}", Stage.REQUIRE)
    return Said(f"{'release' if change.nullable else 'alter'} {named}")
