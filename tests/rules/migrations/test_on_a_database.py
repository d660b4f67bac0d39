"""Revisions are run on SQLite with rows in the table: what is found fails, what is fixed does not.

A downgrade that is fixed leads back to what was there before the upgrade.
"""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tests.harness import Check

check = Check("TSL901", path="alembic/versions/0002.py")
one_sided = Check("TSL904", path="alembic/versions/0002.py")
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\n"
COLUMN = 'sa.Column("status", sa.String(50), nullable=False)'


def upgrade(text: str) -> None:
    """Run a revision's upgrade on a database whose table has a row."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO accounts VALUES (1)")
        with Operations.context(MigrationContext.configure(connection)):
            names: dict[str, Callable[[], None]] = {}
            exec(compile(text, "revision", "exec"), names)
            names["upgrade"]()
    engine.dispose()


@pytest.mark.parametrize(
    "body",
    [
        f'op.add_column("accounts", {COLUMN})',
        f'op.create_table("guests", sa.Column("id", sa.Text)); op.add_column("accounts", {COLUMN})',
        f'op.execute("DELETE FROM accounts WHERE id = 2"); op.add_column("accounts", {COLUMN})',
        f'with op.batch_alter_table("accounts") as batch_op: batch_op.add_column({COLUMN})',
        f'[op.add_column("accounts", column) for column in [{COLUMN}]]',
        "from alembic.operations.ops import AddColumnOp; "
        f'op.invoke(AddColumnOp("accounts", {COLUMN}))',
        'op.add_column("accounts", sa.Column("key", sa.String(9), primary_key=True))',
    ],
)
def test_what_is_found_fails_and_what_is_fixed_does_not(body: str) -> None:
    text = f"{HEAD}def upgrade():\n    {body}\n"
    assert len(check.findings(text)) == 1
    with pytest.raises(sa.exc.DBAPIError, match="NOT NULL"):
        upgrade(text)
    upgrade(check.fixed(text))


def schema(connection: sa.Connection) -> dict[str, object]:
    """Return what a database consists of, in an order that does not depend on how it came."""
    inspector = sa.inspect(connection)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            sorted(str(index["name"]) for index in inspector.get_indexes(table)),
            sorted(str(key["name"]) for key in inspector.get_foreign_keys(table)),
            sorted(str(key["name"]) for key in inspector.get_unique_constraints(table)),
        )
        for table in inspector.get_table_names()
    }


@pytest.mark.parametrize(
    "body",
    [
        'op.add_column("accounts", sa.Column("status", sa.Text))',
        'op.create_table("guests", sa.Column("id", sa.Integer, primary_key=True)); '
        'op.create_index("ix", "guests", ["id"]); op.create_index("iy", "accounts", ["name"])',
        'op.rename_table("accounts", "clients"); op.add_column("clients", sa.Column("x", sa.Text))',
        'op.execute("ALTER TABLE accounts RENAME COLUMN name TO title"); '
        'op.create_index("ix", "accounts", ["title"])',
        'add_status("accounts"); op.create_table("guests", sa.Column("id", sa.Integer)); '
        'op.rename_table("guests", "visitors")',
        'widen("accounts", "name")',
    ],
)
@pytest.mark.parametrize("down", ["pass", 'op.drop_index("iz")'])
def test_a_fixed_downgrade_leads_back(body: str, down: str) -> None:
    also = "" if down == "pass" else 'op.create_index("iz", "accounts", ["id"]); '
    text = (
        f"{HEAD}def add_status(table):\n"
        "    with op.batch_alter_table(table) as batch:\n"
        '        batch.add_column(sa.Column("status", sa.Text))\n'
        '        batch.create_unique_constraint(op.f("uq"), ["name"])\n\n\n'
        "def widen(table, column):\n"
        "    with op.batch_alter_table(table) as batch:\n"
        "        batch.alter_column(\n"
        "            column, existing_type=sa.String(9), type_=sa.Text(), nullable=False\n"
        "        )\n\n\n"
        f"def upgrade():\n    {also}{body}\n\n\ndef downgrade():\n    {down}\n"
    )
    assert len(one_sided.findings(text)) == 1
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER, name VARCHAR(9))")
        connection.exec_driver_sql("INSERT INTO accounts VALUES (1, 'a')")
        before = schema(connection)
        names: dict[str, Callable[[], None]] = {}
        exec(compile(one_sided.fixed(text), "revision", "exec"), names)
        with Operations.context(MigrationContext.configure(connection)):
            names["upgrade"]()
            assert schema(connection) != before
            names["downgrade"]()
        assert schema(connection) == before
    engine.dispose()
