"""What a revision does to columns that are there: fills them, or makes them NOT NULL."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.changes import AlterColumn, Change, ChangeRows, Rows
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.project.summary import ColumnStep
from turnstay_lint.source.file import SourceFile

FILLED, REQUIRED = "filled", "required"
_WORDS = frozenset({"alter_column", "AlterColumnOp", "UPDATE", "Update", "update", "SET", "set"})


def column_steps(source: SourceFile) -> tuple[ColumnStep, ...]:
    """Return the steps of a revision's upgrade; one whose table is unknown is left out."""
    if not _WORDS & source.words:
        return ()
    revision = revision_of(source)
    if revision is None:
        return ()
    return tuple(step for way in revision.upgrades for o in way for step in _steps(o.change))


def _steps(change: Change) -> Iterator[ColumnStep]:
    match change:
        case AlterColumn(table=table, name=str(column), nullable=False) if table.name:
            yield ColumnStep(REQUIRED, str(table), column)
        case ChangeRows(table=table, how=Rows.UPDATE, columns=columns) if table.name:
            for column in columns:
                yield ColumnStep(FILLED, str(table), column)
