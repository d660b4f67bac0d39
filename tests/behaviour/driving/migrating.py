"""Takes a database up and down a service's revisions one by one, with rows in every table.

Run in the folder of a service, with DATABASE_URL naming an empty database. A revision that fails
is noted, and made on emptied tables instead, so that one that hides behind it is seen too. Printed
is what came of each as JSON.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

BASE = "base"
_VERSION = "alembic_version"


class Database:
    """The database of a service, looked at beside Alembic."""

    def __init__(self, address: str) -> None:
        self._engine = sa.create_engine(
            address.replace("sqlite+aiosqlite", "sqlite"), poolclass=sa.NullPool
        )
        self._file = self._engine.url.database if "sqlite" in address else None

    def _tables(self) -> list[sa.Table]:
        metadata = sa.MetaData()
        metadata.reflect(self._engine)
        return [table for table in metadata.sorted_tables if table.name != _VERSION]

    def looked_at(self) -> dict[str, Any]:
        """Return every table's rows, and which columns must have a value; then let none be empty.

        A table that has no rows gets one.
        """
        seen = {}
        with self._engine.begin() as connection:
            for table in self._tables():
                rows = connection.execute(sa.select(table)).mappings().all()
                seen[table.name] = {
                    "rows": [{name: _shown(value) for name, value in row.items()} for row in rows],
                    "required": sorted(c.name for c in table.columns if not c.nullable),
                }
                if not rows:
                    connection.execute(table.insert().values(dict(_values(table, connection))))
        return seen

    def empty(self) -> None:
        """Take the rows out of all tables."""
        with self._engine.begin() as connection:
            for table in reversed(self._tables()):
                for key in table.foreign_keys:
                    if key.column.table is table:
                        connection.execute(table.update().values({key.parent.name: None}))
                connection.execute(table.delete())

    def keep(self) -> None:
        """Remember the database, where the system does not take a failed revision back."""
        if self._file and Path(self._file).exists():
            shutil.copy(self._file, f"{self._file}.kept")

    def restore(self) -> None:
        """Make the database what it was when it was kept."""
        if self._file:
            shutil.copy(f"{self._file}.kept", self._file)


def _shown(value: object) -> object:
    return value if isinstance(value, str | int | None) else str(value)


def _values(table: sa.Table, connection: sa.Connection) -> Iterator[tuple[str, object]]:
    """Yield a value for every column of a new row that must have one."""
    for column in table.columns:
        given = column.server_default
        filled = isinstance(given, sa.DefaultClause) and not str(given.arg).startswith("NULL")
        if column.nullable or column.primary_key or filled:
            continue
        for key in column.foreign_keys:
            yield column.name, connection.scalar(sa.select(sa.func.min(key.column)))
            break
        else:
            yield column.name, _value(column.type)


def _value(type_: sa.types.TypeEngine[Any]) -> object:
    match type_:
        case sa.Boolean():
            return True
        case sa.Integer():
            return 7
        case sa.DateTime():
            return datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
        case sa.Date():
            return datetime.date(2024, 5, 1)
    return "own"


def _step(config: Config, database: Database, to: str, *, up: bool) -> dict[str, Any]:
    """Go to a revision, and return what came of it."""
    go = command.upgrade if up else command.downgrade
    error = ""
    database.keep()
    try:
        go(config, to)
    except sa.exc.DBAPIError as problem:
        error = f"{type(problem).__name__}: {problem.orig}"
        database.restore()
        database.empty()
        go(config, to)
    return {"to": to, "up": up, "error": error, "tables": database.looked_at()}


def main() -> None:
    """Go up to the head and down again, then from a revision that is named to the head at once."""
    config = Config("alembic.ini", output_buffer=sys.stderr, stdout=sys.stderr)
    scripts = ScriptDirectory.from_config(config)
    up = [script.revision for script in scripts.walk_revisions()][::-1]
    database = Database(os.environ["DATABASE_URL"])
    steps = [_step(config, database, revision, up=True) for revision in up]
    down = [*reversed(up[:-1]), BASE]
    steps += [_step(config, database, revision, up=False) for revision in down]
    command.upgrade(config, sys.argv[1])
    database.looked_at()
    print(json.dumps({"steps": steps, "leap": _step(config, database, "head", up=True)}))


if __name__ == "__main__":
    main()
