"""### What it does

Finds downgrades that add a NOT NULL column back with nothing to fill it, as the ones that Alembic
writes by itself for a dropped column do.

### Why

A downgrade is run in need, on a database with rows, and fails there: the way back is closed just
when it is wanted (handbook 9, Migration Best Practices).

### Bad

```python
# alembic/versions/0003_drop_legacy_code.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.drop_column("accounts", "legacy_code")


def downgrade():
    op.add_column("accounts", sa.Column("legacy_code", sa.String(20), nullable=False))
```

### Good

```python
# alembic/versions/0003_drop_legacy_code.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.drop_column("accounts", "legacy_code")


def downgrade():
    op.add_column("accounts", sa.Column("legacy_code", sa.String(20), nullable=True))
```

### Fix safety

Safe: the values are gone whether the column is nullable or not, and a nullable one lets the
downgrade succeed. SQL is not rewritten.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history, and
`--since REV` those whose files the git revision has. One that the main branch has is not fixed
unless `fix-history` says so.

### Known limits

Those of TSL901 (non-nullable-column).
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.rules.migrations.unfilled_columns import (
    enumerated,
    unfilled_columns,
    unfilled_finding,
)
from turnstay_lint.rules.rule import Look, Rule


def find_non_nullable_in_downgrades(look: Look) -> Iterator[Finding]:
    """Yield the calls of a revision's downgrades that fail on a table with rows."""
    revision = revision_in(look.project, look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    for unfilled in unfilled_columns(revision.downgrades):
        yield unfilled_finding(
            look,
            revision,
            unfilled,
            f"the downgrade adds {enumerated(unfilled.names)} back NOT NULL "
            "with nothing to fill existing rows",
            "Add it back nullable: its values are gone, and the downgrade must not fail",
        )


RULE = Rule(
    code="TSL905",
    name="non-nullable-in-downgrade",
    severity=Severity.ERROR,
    check=find_non_nullable_in_downgrades,
    triggers=("downgrade",),
    uses_project=True,
)
