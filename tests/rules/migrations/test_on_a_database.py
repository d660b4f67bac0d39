"""Upgrades are run on SQLite with rows in the table: what is found fails, what is fixed does not."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tests.harness import Check

check = Check("TSL901", path="alembic/versions/0002.py")
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\n"
COLUMN = 'sa.Column("status", sa.String(50), nullable=False)'


def upgrade(text: str) -> None:
    """Run a revision's upgrade on a database whose table has a row."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO accounts VALUES (1)")
        with Operations.context(MigrationContext.configure(connection)):
            names: dict[str, object] = {}
            exec(compile(text, "revision", "exec"), names)
            names["upgrade"]()  # type: ignore[operator]
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


@pytest.mark.parametrize(
    "body",
    [
        f'op.execute("DELETE FROM accounts"); {{}}("accounts", {COLUMN})',
        "op.drop_table('accounts'); op.create_table('accounts', sa.Column('id', sa.Integer)); "
        f"{{}}('accounts', {COLUMN})",
        "op.create_table('guests', sa.Column('id', sa.Integer)); op.drop_table('accounts'); "
        f"op.rename_table('guests', 'accounts'); {{}}('accounts', {COLUMN})",
    ],
)
def test_an_empty_table_takes_the_column(body: str) -> None:
    """SQLite refuses such an ADD COLUMN on an empty table too, so the table is made anew."""
    text = f"{HEAD}def upgrade():\n    {body.format('op.add_column')}\n"
    check.clean(text)
    head = (
        f"{HEAD}def add(table, column):\n"
        "    with op.batch_alter_table(table, recreate='always') as batch_op:\n"
        "        batch_op.add_column(column)\n\n\n"
    )
    upgrade(f"{head}def upgrade():\n    {body.format('add')}\n")
