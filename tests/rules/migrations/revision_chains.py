"""Chains of revisions as text, and what Alembic makes of them on SQLite with rows."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from tests.engine.services import write

FOLDER = "alembic/versions"
HEAD = '''"""{title}

Revision ID: {revision}
Revises: {revises}
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


'''
START = 'op.create_table("accounts", sa.Column("id", sa.Integer()), sa.Column("name", sa.Text()))'


def revision(
    name: str, revises: str | None, *up: str, down: tuple[str, ...] = ("pass",), before: str = ""
) -> str:
    """Return a revision whose functions have these lines, with code of the module before them."""
    given = f'"{revises}"' if revises else "None"
    head = HEAD.format(title=f"What {name} does.", revision=name, revises=revises, down=given)
    code = f"{before}\n\n\n" if before else ""
    upgrade, downgrade = ("\n    ".join(lines) for lines in (up or ("pass",), down))
    return f"{head}{code}def upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n"


def chain(
    *up: str, down: tuple[str, ...] = ("pass",), before: str = "", **others: str
) -> dict[str, str]:
    """Return three revisions; the second, ``b2_change.py``, has these lines."""
    return {
        f"{FOLDER}/a1_start.py": revision("a1", None, START, down=('op.drop_table("accounts")',)),
        f"{FOLDER}/b2_change.py": revision("b2", "a1", *up, down=down, before=before),
        f"{FOLDER}/c3_later.py": revision("c3", "b2"),
        **{f"{FOLDER}/{name}.py": text for name, text in others.items()},
    }


class Walked:
    """What a database held after each revision on the way up, and whether it came back down."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.required: dict[str, set[str]] = {}
        self.order: list[str] = []


def walk(files: Mapping[str, str]) -> Walked:
    """Take SQLite up a chain one by one, with rows in ``accounts`` from the first on, and down."""
    walked = Walked()
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {**files, "alembic/env.py": ""})
        config = Config()
        config.set_main_option("script_location", str(folder / "alembic"))
        config.set_main_option("path_separator", "os")
        script = ScriptDirectory.from_config(config)
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        ways = [r.revision for r in script.walk_revisions()][::-1]
        for to in ways:
            _go(config, script, engine, to, up=True)
            _look(walked, engine, to)
            if len(walked.order) == 1:
                with engine.begin() as connection:
                    connection.exec_driver_sql("INSERT INTO accounts (id, name) VALUES (1, 'x')")
        for to in [*ways[:-1][::-1], "base"]:
            _go(config, script, engine, to, up=False)
        engine.dispose()
    return walked


def _go(config: Config, script: ScriptDirectory, engine: sa.Engine, to: str, *, up: bool) -> None:
    def steps(current: object, context: object) -> object:
        here: Any = current or ()
        if up:
            return script._upgrade_revs(to, here)
        return script._downgrade_revs(to, here)

    with EnvironmentContext(config, script, fn=steps) as environment, engine.connect() as bound:
        environment.configure(connection=bound, transaction_per_migration=True)
        with environment.begin_transaction():
            environment.run_migrations()
        bound.commit()


def _look(walked: Walked, engine: sa.Engine, to: str) -> None:
    table = sa.Table("accounts", sa.MetaData(), autoload_with=engine)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table)).mappings().all()
    walked.rows[to] = [dict(row) for row in rows]
    walked.required[to] = {column.name for column in table.columns if not column.nullable}
    walked.order.append(to)
