"""Whose each row of a database is, read from its foreign keys.

A row belongs to the company, or to the account, that the shortest way along the foreign keys of
its table leads to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData

Row = Mapping[str, Any]
Place = tuple[str, int]
"""A table, and the identifier of a row of it."""
Step = tuple[str, str]
"""A column, and the table that it refers to."""


class References:
    """How the tables of a service refer to each other."""

    def __init__(self, metadata: MetaData) -> None:
        self.steps: dict[str, tuple[Step, ...]] = {
            table.name: tuple(
                (key.parent.name, key.column.table.name)
                for key in sorted(table.foreign_keys, key=str)
            )
            for table in metadata.sorted_tables
        }

    def way(self, table: str, root: str) -> tuple[Step, ...] | None:
        """Return the shortest way from one table to another, None where there is none."""
        ways: dict[str, tuple[Step, ...]] = {table: ()}
        todo = [table]
        while todo:
            here = todo.pop(0)
            if here == root:
                return ways[here]
            for column, target in self.steps[here]:
                if target not in ways:
                    ways[target] = (*ways[here], (column, target))
                    todo.append(target)
        return None


class Rows:
    """The rows of a database at one moment."""

    def __init__(self, database: Path, references: References) -> None:
        """Read all tables of a SQLite database."""
        self._references = references
        self.rows: dict[Place, Row] = {}
        with closing(sqlite3.connect(database)) as connection:
            connection.row_factory = sqlite3.Row
            for table in references.steps:
                for row in connection.execute(f"SELECT * FROM {table}"):
                    self.rows[table, row["id"]] = dict(row)

    def of(self, root: str, owner: int) -> dict[Place, Row]:
        """Return the rows that belong to one row of the table ``root``, itself included."""
        ways = {table: self._references.way(table, root) for table in self._references.steps}
        return {
            place: row
            for place, row in self.rows.items()
            if self._end(place, ways[place[0]]) == owner
        }

    def referring(self, targets: Mapping[Place, Row]) -> set[str]:
        """Return the columns by which rows outside of ``targets`` refer to rows of it."""
        return {
            f"{table} {id}.{column}"
            for (table, id), row in self.rows.items()
            if (table, id) not in targets
            for column, target in self._references.steps[table]
            if (target, row[column]) in targets
        }

    def _end(self, place: Place, way: tuple[Step, ...] | None) -> int | None:
        if way is None:
            return None
        table, id = place
        for column, target in way:
            row = self.rows.get((table, id))
            if row is None or row[column] is None:
                return None
            table, id = target, row[column]
        return id


def changes(before: Mapping[Place, Row], after: Mapping[Place, Row]) -> Iterator[str]:
    """Yield the rows that are in one alone, or differ."""
    for place in sorted({*before, *after}):
        table, id = place
        if place not in before:
            yield f"{table} {id} added"
        elif place not in after:
            yield f"{table} {id} gone"
        elif before[place] != after[place]:
            yield f"{table} {id} changed"
