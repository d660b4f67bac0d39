"""What a downgrade leaves out, as words, and which of it needs an inverse of its own."""

from __future__ import annotations

from collections.abc import Sequence

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    Part,
    RenameTable,
    Table,
)
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.rules.migrations.unfilled_columns import enumerated

_MOST = 4
_ASPECTS = {"type": "type", "server_default": "server default", "autoincrement": "autoincrement"}


def said(missing: Sequence[Operation]) -> str:
    """Return what the upgrade does: ``adds `accounts.status` and creates `guests` ``."""
    phrases = list(dict.fromkeys(done(operation) for operation in needing_inverses(missing)))
    if len(phrases) > _MOST:
        phrases = [*phrases[: _MOST - 1], f"does {len(phrases) - _MOST + 1} things more"]
    return enumerated(phrases)


def done(operation: Operation) -> str:
    """Return what an operation does, in the third person."""
    match operation.change:
        case CreateTable(table=table):
            return f"creates {_table(table)}"
        case DropTable(table=table):
            return f"drops {_table(table)}"
        case RenameTable(table=table, to=to):
            return f"renames {_table(table)} to {_table(to)}"
        case AddColumn(table=table, column=column):
            return f"adds {_column(table, column.name)}"
        case DropColumn(table=table, name=name):
            return f"drops {_column(table, name)}"
        case AlterColumn() as change:
            return _altered(change)
        case OtherChange(table=table, part=Part() as part):
            return _part(table, part)
    return "changes the schema"


def _table(table: Table) -> str:
    return f"`{table}`" if table.name else str(table)


def _column(table: Table, name: str | None) -> str:
    if name is None:
        return f"a column of {_table(table)}"
    return f"`{table}.{name}`" if table.name else f"`{name}`"


def _altered(change: AlterColumn) -> str:
    column = _column(change.table, change.name)
    if change.renamed_to is not None:
        return f"renames {column} to `{change.renamed_to}`"
    if change.nullable is not None and not {*change.besides} - {"comment"}:
        return f"lets {column} be NULL" if change.nullable else f"makes {column} NOT NULL"
    aspects = [_ASPECTS[aspect] for aspect in change.besides if aspect in _ASPECTS]
    return f"changes the {enumerated(aspects)} of {column}" if aspects else f"alters {column}"


def _part(table: Table | None, part: Part) -> str:
    kind = {"index": "index", "foreignkey": "foreign key", "primary": "primary key"}.get(
        part.kind, "constraint"
    )
    where = f" {'on' if part.made else 'of'} `{table}`" if table is not None and table.name else ""
    verb, article = ("creates", "an" if kind == "index" else "a") if part.made else ("drops", "the")
    return f"{verb} the {kind} `{part.name}`" if part.name else f"{verb} {article} {kind}{where}"


def needing_inverses(missing: Sequence[Operation]) -> list[Operation]:
    """Leave out what goes by itself with a table or column that is to be dropped."""
    return [o for o in missing if not any(_goes_with(o, other) for other in missing)]


def _goes_with(operation: Operation, made: Operation) -> bool:
    match operation.change, made.change:
        case AlterColumn(table=one), CreateTable(table=other):
            return one == other
        case AlterColumn(table=one, name=name), AddColumn(table=other, column=column):
            return one == other and name == column.name
        case OtherChange(table=one, part=Part(made=True, name=None) as part), CreateTable(
            table=other
        ):
            return one == other and part.kind != "foreignkey"
        case OtherChange(table=one, part=Part(made=True, name=None) as part), AddColumn() as added:
            return one == added.table and added.column.name in (part.columns or ())
    return False
