"""Whether a type that a downgrade leaves is in the way of the next upgrade, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tests.behaviour.postgresql import MARKER
from tests.harness import Check

pytestmark = [getattr(pytest.mark, MARKER), pytest.mark.xdist_group(MARKER)]
check = Check("TSL904", path="alembic/versions/0002_change.py")
HEAD = "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n\n\n"
TABLE = 'op.create_table("t", sa.Column("x", {}))'
DROP = 'op.drop_table("t")'


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    engine = sa.create_engine(request.getfixturevalue("postgresql").database())
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS types_left CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA types_left")
        connection.exec_driver_sql("SET search_path TO types_left")
        connection.commit()
        yield connection
        connection.rollback()
        connection.exec_driver_sql("DROP SCHEMA types_left CASCADE")
        connection.commit()
    engine.dispose()


def go_up_twice(text: str, connection: sa.Connection) -> str:
    """Go up, down and up again, each in a run of its own; return how the last one fails."""
    names: dict[str, Callable[[], None]] = {}
    exec(compile(text, "revision", "exec"), names)
    for way in ("upgrade", "downgrade", "upgrade"):
        context = MigrationContext.configure(connection)
        try:
            with Operations.context(context):
                names[way]()
        except sa.exc.ProgrammingError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    ("up", "down", "stays"),
    [
        (TABLE.format('sa.Enum("a", name="e")'), DROP, True),
        (TABLE.format('postgresql.ENUM("a", name="e")'), DROP, True),
        ("op.execute(\"CREATE TYPE e AS ENUM ('a')\")", "print()", True),
        (TABLE.format('sa.Enum("a", name="e", native_enum=False)'), DROP, False),
        (TABLE.format('sa.Enum("a", name="e")'), f'{DROP}; op.execute("DROP TYPE e")', False),
        (TABLE.format('sa.Enum("a", name="e")'), f'{DROP}; sa.Enum(name="e").drop(op.get_bind())',
         False),
    ],
)  # fmt: skip
def test_what_is_found_is_in_the_way_and_what_is_fixed_is_not(
    up: str, down: str, stays: bool, connection: sa.Connection
) -> None:
    text = f"{HEAD}def upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"
    assert bool(check.findings(text)) is stays
    assert ("already exists" in go_up_twice(text, connection)) is stays
    if stays:
        connection.rollback()
        connection.exec_driver_sql("DROP SCHEMA types_left CASCADE; CREATE SCHEMA types_left")
        connection.exec_driver_sql("SET search_path TO types_left")
        assert go_up_twice(check.fixed(text), connection) == ""
