"""What is said of a column is held against the ADD COLUMN that Alembic itself writes for it."""

import io

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import func

from tests.frameworks.column_spellings import REFUSING, TAKING, UNREADABLE
from turnstay_lint.frameworks.alembic.changes import AddColumn
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.frameworks.sql import changes_in
from turnstay_lint.source.file import SourceFile


def said(column: str) -> AddColumn:
    """Return what the source says."""
    text = (
        "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy import func\n\n\n"
        f"def upgrade():\n    op.add_column('t', sa.Column('x', {column}))\n"
    )
    revision = revision_of(SourceFile.from_text("versions/a.py", text))
    assert revision is not None
    (operation,) = revision.upgrades[0]
    assert isinstance(operation.change, AddColumn)
    return operation.change


def written(column: str) -> AddColumn:
    """Return what the SQL says that Alembic writes for PostgreSQL."""
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": buffer}
    )
    made = eval(f"sa.Column('x', {column})", {"sa": sa, "func": func})
    Operations(context).add_column("t", made)
    added = [change for change in changes_in(buffer.getvalue()) if isinstance(change, AddColumn)]
    return added[0]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("column", [*REFUSING, *TAKING])
def test_alembic_writes_what_is_said(column: str) -> None:
    assert said(column).column.refuses_rows is (column in REFUSING)
    assert written(column).column.refuses_rows is (column in REFUSING)


@pytest.mark.parametrize("column", UNREADABLE)
def test_what_only_the_run_knows(column: str) -> None:
    assert said(column).column.refuses_rows in (None, False)
