"""With which value the rows that are there can be filled, if one is certain."""

from __future__ import annotations

from turnstay_lint.frameworks.alembic.changes import UNKNOWN_SCHEMA, Column, Table
from turnstay_lint.project.migrations.revisions import Link
from turnstay_lint.project.models.column_values import backfill_value, mapped_column
from turnstay_lint.project.models.models import OrmColumn
from turnstay_lint.project.summaries.column_steps import FILLED
from turnstay_lint.project.writing.new_revisions import Filled, step_of
from turnstay_lint.rules.rule import Look


class CannotTell(Exception):
    """Nothing certain fills a column; the message says why."""


def filled(look: Look, link: Link, table: Table, column: Column) -> Filled:
    """Return how a column that a revision adds is filled; raises CannotTell."""
    name, near = column.name, look.source.scope.module
    if table.name is None or name is None or table.schema == UNKNOWN_SCHEMA:
        raise CannotTell("not all names of table and column could be read")
    said = f"{table}.{name}"
    later = step_of(look.project, link, FILLED, str(table), name)
    if later:
        raise CannotTell(f"revision {later} fills `{said}` already")
    mapped = mapped_column(look.project, table, name, near)
    if mapped is not None and mapped.may_be_none:
        raise CannotTell(f"the model lets `{said}` be NULL")
    if column.bound or (mapped is not None and _is_bound(mapped)):
        raise CannotTell(
            f"`{said}` is a key, unique, or refers to another table: no one value fits all rows"
        )
    value = backfill_value(look.project, column, mapped, near)
    if not value:
        raise CannotTell(
            f"neither the migration nor the model gives `{said}` a literal `default=` "
            "that SQL can say"
        )
    return Filled(table.name, table.schema or "", name, value, column.type)


def _is_bound(mapped: OrmColumn) -> bool:
    return mapped.unique or mapped.primary_key or bool(mapped.foreign_keys)
