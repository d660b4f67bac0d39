"""### What it does

Lists the operations of a revision that could not be read: SQL that PostgreSQL's parser does not
take, a `DO` block, a column whose nullability or default only the run knows, helpers of other
files that could not be followed, operations that are not Alembic's own.

### Why

What the rules on migrations cannot read they cannot vouch for: somebody should (handbook 9,
Migration Best Practices, "Review generated migration"). Every run counts these operations in its
last line; this rule, when it is selected, shows them, and only then do they bear on the exit
status.

### Bad

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.execute("DO $$ BEGIN ALTER TABLE accounts ADD COLUMN status varchar; END $$")
```

### Good

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))
```

### Fix safety

There is no fix: a person has to read the operation, or write it so that it can be read.

### Options

None.

### Known limits

SQL is read with the extra `sql`; without it, every statement is listed. What a helper of another
file does is listed at the call in the revision, once for each call.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    CallElsewhere,
    Change,
    Unanalyzable,
)
from turnstay_lint.project.migrations.revisions import unanalyzable_operations
from turnstay_lint.rules.migrations.origins import origins
from turnstay_lint.rules.rule import Look, Rule


def find_unanalyzable_operations(look: Look) -> Iterator[Finding]:
    """Yield the places of a revision whose operations could not be read."""
    for operation in unanalyzable_operations(look.source, look.project):
        yield look.finding(
            operation.call,
            f"this operation cannot be checked: {_reason(operation.change)}",
            scope=operation.scope,
            related=tuple(origins([operation], "it is made here")),
            unfixable="a person has to read it",
        )


def _reason(change: Change) -> str:
    match change:
        case AddColumn(table=table, column=column):
            asked = "may be NULL" if column.nullable is None else "is filled in existing rows"
            return f"whether `{table}.{column.name or '…'}` {asked} could not be read"
        case CallElsewhere(function=name):
            return f"`{name}` makes its operations in another file"
        case Unanalyzable(reason=reason):
            return reason
    return "it could not be read"


RULE = Rule(
    code="TSL907",
    name="unanalyzable-migration",
    severity=Severity.WARNING,
    check=find_unanalyzable_operations,
    triggers=("alembic", "down_revision", "upgrade", "downgrade", "op"),
    default=False,
    uses_project=True,
    tallies=True,
)  # fmt: skip
