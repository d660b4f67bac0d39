"""What a revision's upgrade does to columns, from their ADD to their backfill to their NOT NULL.

``NULLABLE``: it is added, by itself or with its table, and may be NULL, with nothing to fill it;
``SETTLED``: it is added with a value in every row; ``CREATED``: a table is, whose columns have
values but for those that are noted; ``FILLED``: rows get a value, or those without may be deleted;
``REQUIRED`` and ``RELEASED``: it becomes NOT NULL, or NULL again; ``RENAMED`` and ``RETABLED``: it,
or its table, is called otherwise; ``CALLED``: a function of another file may do anything, and is
perhaps given a function (``CALLED_BACK``);
``UNREAD``: what was done could not be read, perhaps by a function that is handed ``op``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CallElsewhere,
    Change,
    ChangeRows,
    Column,
    CreateTable,
    RenameTable,
    Rows,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.revision import Revision, revision_of
from turnstay_lint.project.summaries.summary import ColumnStep
from turnstay_lint.source.file import SourceFile

FILLED, REQUIRED = "filled", "required"
NULLABLE, SETTLED, CREATED, RELEASED = "nullable", "settled", "created", "released"
RENAMED, RETABLED, CALLED, UNREAD = "renamed", "retabled", "called", "unread"
CALLED_BACK = "called back"
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "get_logger"})


def column_steps(source: SourceFile) -> tuple[ColumnStep, ...]:
    """Return the steps of a revision's upgrade, in order."""
    revision = revision_of(source)
    if revision is None:
        return ()
    return column_steps_of(revision)


def column_steps_of(revision: Revision) -> tuple[ColumnStep, ...]:
    """Return what the ways up of a revision do to columns, in order."""
    return tuple(step for way in revision.upgrades for o in way for step in steps_of(o.change))


def steps_of(change: Change) -> Iterator[ColumnStep]:
    """Yield what one change does to columns."""
    match change:
        case CreateTable(table=table, columns=columns, with_rows=filled):
            yield ColumnStep(UNREAD if filled else CREATED, name_of(table))
            for column in columns:
                if column.nullable and not column.filled:
                    yield _added(table, column)
        case AddColumn(table=table, column=column):
            yield _added(table, column)
        case AlterColumn(table=table, name=name, renamed_to=str(new)):
            yield ColumnStep(RENAMED, name_of(table), name or "", new)
        case AlterColumn(table=table, name=name, nullable=bool(nullable)):
            yield ColumnStep(RELEASED if nullable else REQUIRED, name_of(table), name or "")
        case ChangeRows(table=table, how=Rows.UPDATE | Rows.DELETE, columns=columns):
            for filled_column in columns or ("",):
                yield ColumnStep(FILLED, name_of(table), filled_column)
        case RenameTable(table=table, to=to):
            yield ColumnStep(RETABLED, name_of(table), to=name_of(to))
        case CallElsewhere(function=name, calls_back=back) if may_change_rows(name):
            yield ColumnStep(CALLED_BACK if back else CALLED, "", to=name)
        case Unanalyzable(function=name):
            yield ColumnStep(UNREAD, "", to=name)


def _added(table: Table, column: Column) -> ColumnStep:
    name = column.name or ""
    if column.nullable is None or column.filled is None:
        return ColumnStep(UNREAD, name_of(table), name)
    nullable = column.nullable and not column.filled
    return ColumnStep(NULLABLE if nullable else SETTLED, name_of(table), name, column.type)


def name_of(table: Table) -> str:
    """Return a table by its name, with its schema before it, empty where that is unknown."""
    return str(table) if table.name else ""


def may_change_rows(function: str) -> bool:
    """Tell whether a function of another file may do something to rows: Python's own do not.

    Nor does a class, such as a column's type, nor what tells a log.
    """
    root, last = function.partition(".")[0], function.rpartition(".")[2]
    return root not in sys.stdlib_module_names and not last[:1].isupper() and last not in _LOGS
