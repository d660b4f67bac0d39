"""What a revision's upgrade makes: tables and columns, and what of it could not be read.

``TYPE``: a type that it makes, or needs; ``TABLE``: a table; ``COLUMN``: a column of one;
``COLUMNS``: columns of a table that could not be read; ``RETABLED``: a table, which is ``name``
from then on; ``CALLED``: a function of another file may make anything, and is perhaps given a
function (``CALLED_BACK``); ``NAMED``: what could not be read makes at most what the file names,
here by its words; ``ANYTHING``: nobody knows, perhaps of the function ``name`` that is handed
``op``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    CallElsewhere,
    CreateTable,
    OtherChange,
    RenameTable,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Revision, revision_of
from turnstay_lint.project.summaries.summary import SchemaStep
from turnstay_lint.source.file import SourceFile

TABLE, COLUMN, COLUMNS, RETABLED = "table", "column", "columns", "retabled"
CALLED, NAMED, ANYTHING = "called", "named", "anything"
CALLED_BACK, TYPE = "called back", "type"


def schema_steps(source: SourceFile) -> tuple[SchemaStep, ...]:
    """Return what a revision's upgrade makes, each once."""
    revision = revision_of(source)
    if revision is None:
        return ()
    return schema_steps_of(revision, lambda operation: source.words)


def schema_steps_of(
    revision: Revision, words_of: Callable[[Operation], Collection[str]]
) -> tuple[SchemaStep, ...]:
    """Return what the ways up of a revision make; ``words_of`` gives what an operation may name."""
    operations = [operation for way in revision.upgrades for operation in way]
    steps = (step for one in operations for step in _steps(one, words_of))
    return tuple(dict.fromkeys(steps))


def _steps(
    operation: Operation, words_of: Callable[[Operation], Collection[str]]
) -> Iterator[SchemaStep]:
    match operation.change:
        case CreateTable(table=table, columns=columns, complete=complete):
            yield SchemaStep(TABLE, _said(table))
            for column in columns:
                yield SchemaStep(COLUMN, _said(table), column.name or "")
                yield from _type_of(column.type_name)
            if not complete:
                yield SchemaStep(COLUMNS, _said(table))
        case AddColumn(table=table, column=column):
            yield SchemaStep(COLUMN, _said(table), column.name or "")
            yield from _type_of(column.type_name)
        case OtherChange(type_name=name):
            yield from _type_of(name)
        case AlterColumn(table=table, renamed_to=str(name)):
            yield SchemaStep(COLUMN, _said(table), name)
        case RenameTable(table=table, to=to):
            yield SchemaStep(RETABLED, _said(table), _said(to))
        case CallElsewhere(function=function, calls_back=back):
            yield SchemaStep(CALLED_BACK if back else CALLED, name=function)
        case Unanalyzable(spelled=True):
            yield from (SchemaStep(NAMED, name=word) for word in sorted(words_of(operation)))
        case Unanalyzable(function=function):
            yield SchemaStep(ANYTHING, name=function)


def _type_of(name: str) -> Iterator[SchemaStep]:
    if name:
        yield SchemaStep(TYPE, name=name)


def _said(table: Table) -> str:
    return str(table) if table.name else ""
