"""### What it does

Finds upgrades that add a column for which PostgreSQL writes the whole table anew: with a default
that differs from row to row (`gen_random_uuid()`, `random()`, `nextval()`), a stored generated
column, an identity, a serial key.

### Why

The table is locked against reading and writing while every row is written, which takes minutes on
a large one, and the deployment stands still (handbook 9, Migration Best Practices: nullable first,
then the data). A constant default, and `now()`, cost nothing since PostgreSQL 11.

### Bad

```python
# alembic/versions/0002_add_account_token.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.add_column(
        "accounts", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"))
    )
```

### Good

```python
# alembic/versions/0002_add_account_token.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.add_column("accounts", sa.Column("token", sa.Uuid(), nullable=True))
    op.alter_column("accounts", "token", server_default=sa.text("gen_random_uuid()"))
```

### Fix safety

There is no fix: the rows that are there have to be filled in a second revision, in batches, and a
person has to say how.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history.

### Known limits

Functions of the service's own are not known to be volatile. Changes of a column's type, which may
rewrite the table as well, are not looked at. Every branch is followed, one for SQLite alone as
well. A table that the same upgrade created or emptied has
nothing to rewrite.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.alembic.changes import AddColumn
from turnstay_lint.frameworks.alembic.emptiness import is_empty_at
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.rules.migrations.origins import origins
from turnstay_lint.rules.rule import Look, Rule


def find_rewriting_columns(look: Look) -> Iterator[Finding]:
    """Yield the calls of a revision's upgrades that rewrite a table which may have rows."""
    revision = revision_in(look.project, look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    seen: set[tuple[int, int, str]] = set()
    for way in revision.upgrades:
        for position, operation in enumerate(way):
            change = operation.change
            if not isinstance(change, AddColumn) or not change.column.rewrites:
                continue
            key = (operation.call.lineno, operation.call.col_offset, str(change.column.name))
            if key not in seen and not is_empty_at(way, position):
                seen.add(key)
                yield _finding(look, operation, change)


def _finding(look: Look, operation: Operation, change: AddColumn) -> Finding:
    name = change.column.name or "…"
    return look.finding(
        operation.call,
        f"adding `{change.table}.{name}` writes every row of the table anew: "
        f"{change.column.rewrites}",
        scope=operation.scope,
        related=tuple(origins([operation], "it is added here")),
        help="Add it nullable without that, set the default for new rows, and fill the old ones "
        "in a second revision, in batches",
        unfixable="how the rows that are there are filled is for a person to say",
    )


RULE = Rule(
    code="TSL908",
    name="rewriting-column",
    severity=Severity.WARNING,
    check=find_rewriting_columns,
    triggers=("add_column", "AddColumnOp", "execute", "exec_driver_sql", "upgrade"),
    default=False,
    uses_project=True,
)
