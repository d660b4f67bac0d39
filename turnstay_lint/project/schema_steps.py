"""What a revision's upgrade makes: tables and columns, and what of it could not be read.

``TABLE``: a table; ``COLUMN``: a column of one; ``COLUMNS``: columns of a table that could not be
read; ``RETABLED``: a table, which is ``name`` from then on; ``CALLED``: a function of another file
may make anything; ``NAMED``: what could not be read makes at most what the file names, here by its
words; ``ANYTHING``: nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CallElsewhere,
    Change,
    CreateTable,
    RenameTable,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.project.summary import SchemaStep
from turnstay_lint.source.file import SourceFile

TABLE, COLUMN, COLUMNS, RETABLED = "table", "column", "columns", "retabled"
CALLED, NAMED, ANYTHING = "called", "named", "anything"


def schema_steps(source: SourceFile) -> tuple[SchemaStep, ...]:
    """Return what a revision's upgrade makes, each once."""
    revision = revision_of(source)
    if revision is None:
        return ()
    changes = [operation.change for way in revision.upgrades for operation in way]
    return tuple(dict.fromkeys(step for change in changes for step in _steps(change, source)))


def _steps(change: Change, source: SourceFile) -> Iterator[SchemaStep]:
    match change:
        case CreateTable(table=table, columns=columns, complete=complete):
            yield SchemaStep(TABLE, _said(table))
            for column in columns:
                yield SchemaStep(COLUMN, _said(table), column.name or "")
            if not complete:
                yield SchemaStep(COLUMNS, _said(table))
        case AddColumn(table=table, column=column):
            yield SchemaStep(COLUMN, _said(table), column.name or "")
        case AlterColumn(table=table, renamed_to=str(name)):
            yield SchemaStep(COLUMN, _said(table), name)
        case RenameTable(table=table, to=to):
            yield SchemaStep(RETABLED, _said(table), _said(to))
        case CallElsewhere(function=function):
            yield SchemaStep(CALLED, name=function)
        case Unanalyzable(spelled=True):
            yield from (SchemaStep(NAMED, name=word) for word in sorted(source.words))
        case Unanalyzable():
            yield SchemaStep(ANYTHING)


def _said(table: Table) -> str:
    return str(table) if table.name else ""
