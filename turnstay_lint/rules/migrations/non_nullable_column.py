"""### What it does

Finds upgrades that add a NOT NULL column with nothing to fill it in the rows that are there: by
`op.add_column`, in a batch, by `op.invoke`, or in SQL. Followed are helpers of the module, loops
over literals, and columns and constants in variables.

### Why

The upgrade fails on every database whose table has rows, and only there: an empty one, as tests
have it, accepts it (handbook 9, Migration Best Practices). `default=` is Python's, and fills
nothing that is there already.

### Bad

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.add_column("accounts", sa.Column("status", sa.String(50), nullable=False))
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

Safe: `nullable=True` is the handbook's first of three revisions. The second fills the column, the
third makes it NOT NULL; the model says NOT NULL all the while. SQL is not rewritten.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history.

### Known limits

What cannot be read (`nullable=` or a server default that only the run knows, helpers of other
files, SQL that PostgreSQL's parser does not take or that is read without the extra `sql`) is no
finding; the run's summary counts it. Columns on a table that the same upgrade created or emptied
are free.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.project.revisions import is_history
from turnstay_lint.rules.migrations.unfilled_columns import (
    TRIGGERS,
    enumerated,
    python_default,
    unfilled_columns,
    unfilled_finding,
)
from turnstay_lint.rules.rule import Look, Rule


def find_non_nullable_columns(look: Look) -> Iterator[Finding]:
    """Yield the calls of a revision's upgrades that fail on a table with rows."""
    revision = revision_of(look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    for unfilled in unfilled_columns(revision.upgrades):
        default = python_default(unfilled)
        aside = f" ({default}= fills new objects only)" if default else ""
        several = len(unfilled.names) > 1
        message = (
            f"{enumerated(unfilled.names)} {'are' if several else 'is'} added NOT NULL "
            f"with nothing to fill {'them' if several else 'it'} in existing rows{aside}"
        )
        yield unfilled_finding(
            look,
            revision,
            unfilled,
            message,
            "Add it nullable, backfill it in a second revision and set NOT NULL in a third; "
            "the model stays NOT NULL until that third step makes it true",
        )


RULE = Rule(
    code="TSL901",
    name="non-nullable-column",
    severity=Severity.ERROR,
    check=find_non_nullable_columns,
    triggers=TRIGGERS,
    uses_project=True,
)
