"""Columns that an upgrade makes NOT NULL before anything has filled them, or with their ADD."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CallElsewhere,
    ChangeRows,
    CreateTable,
    RenameTable,
    Rows,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.emptiness import excludes, has_no_rows
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.project.migrations.column_paths import Since, unfilled_since
from turnstay_lint.project.migrations.revision_graph import Link
from turnstay_lint.project.summaries.column_steps import may_change_rows, name_of
from turnstay_lint.rules.rule import Look


class Premature(Struct, frozen=True):
    """A column that an operation makes NOT NULL too early.

    It is ``added`` by the same upgrade, which may have ``filled`` it in between, or may be NULL
    ``since`` a revision further up.
    """

    operation: Operation
    table: Table
    column: str
    added: Operation | None = None
    filled: bool = False
    since: Since | None = None

    @property
    def in_sql(self) -> bool:
        """Tell whether SQL makes it NOT NULL."""
        change = self.operation.change
        return isinstance(change, AlterColumn) and change.in_sql

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


def premature_columns(
    look: Look, link: Link | None, way: Sequence[Operation]
) -> Iterator[Premature]:
    """Yield the columns that one way up makes NOT NULL too early."""
    for position, operation in enumerate(way):
        change = operation.change
        if not isinstance(change, AlterColumn) or change.nullable is not False:
            continue
        if change.name is None or change.table.name is None:
            continue
        if not has_no_rows(way, position, change.table):
            found = _found(look, link, way, position)
            if found is not None:
                yield found


def _found(
    look: Look, link: Link | None, way: Sequence[Operation], position: int
) -> Premature | None:
    here = way[position]
    assert isinstance(here.change, AlterColumn) and here.change.name is not None
    named = table, column = here.change.table, here.change.name
    filled = False
    for earlier in reversed(way[:position]):
        if excludes(earlier.arms, here.arms):
            continue
        change = earlier.change
        match change:
            case AddColumn(column=added) if added.name == column and change.table.may_be(table):
                if not added.nullable or added.filled is not False:
                    return None
                return Premature(here, *named, added=earlier, filled=filled)
            case AlterColumn(renamed_to=str(new)) if new == column and change.table.may_be(table):
                column = change.name or ""
            case AlterColumn(name=name, nullable=bool()) if name == column:
                if change.table.may_be(table):
                    return None
            case RenameTable() if change.to == table:
                table = change.table
            case CreateTable() if change.table.may_be(table):
                return None
            case ChangeRows(how=Rows.UPDATE | Rows.DELETE):
                filled = filled or _may_fill(change, table, column)
            case Unanalyzable():
                filled = True
            case CallElsewhere(function=name):
                filled = filled or may_change_rows(name)
    if filled or link is None:
        return None
    since = unfilled_since(look.project, link, name_of(table), column)
    return Premature(here, *named, since=since) if since is not None else None


def _may_fill(change: ChangeRows, table: Table, column: str) -> bool:
    return change.table.may_be(table) and column in (change.columns or (column,))
