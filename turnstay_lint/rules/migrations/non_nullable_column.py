"""### What it does

Finds upgrades that add a NOT NULL column with nothing to fill it in the rows that are there: by
`op.add_column`, in a batch, by `op.invoke`, or in SQL. Followed are helpers of the module and of
other files of the service, loops over literals, and columns and constants in variables.

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
third makes it NOT NULL; until somebody has written them the model says NOT NULL and the database
does not, which `alembic check`, and a test that compares the two, rightly report. Where later
revisions of the chain fill the column and make it NOT NULL, nothing is left to do. SQL is not
rewritten.

Unsafe: all three, as a change set. A new revision backfills the columns with the literal `default=`
of the migration or of the model (a constant of the service or an enumeration's member will do), a
second one makes them NOT NULL, and the revision that followed follows that one. The new revisions
are named and written like the one they follow, work in batches where the chain's do, and can be
downgraded; the values stay then. All columns that one revision adds share them. Which value old
rows should have is for a person to confirm; a database that is past the revision counts the new
ones as run. There is no such fix where no literal value is known or the column's type may store it
otherwise; for a column that is a key, unique, a foreign key or on a condition, that the model lets
be NULL or that a later revision fills; and where the chain branches after the revision or cannot be
read. The finding says which; `--unsafe-fixes` then makes the safe fix.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history, and
`--since REV` those whose files the git revision has. One that the main branch has is not fixed
unless `fix-history` says so.

### Known limits

What cannot be read (`nullable=` or a server default that only the run knows, a helper of another
file that is not found or has no end, SQL that PostgreSQL's parser does not take or that is read
without the extra `sql`) is no finding; the run's summary counts it. Columns on a table that the
same upgrade created or emptied are free.

What a helper of another file adds is found at the call in the revision, with the place in the
helper beside it, and once for each revision that calls it: there it was decided, and there a
comment, the baseline and an editor know of it. A helper that revisions share is changed by no fix,
as those that have run call it too; a column that the revision hands to it is the revision's own.

What is found is what PostgreSQL refuses. SQLite refuses more, and lets one through: it adds no
column with a default that it would have to compute (`now()`, an expression), no stored generated
column, no `Identity`, no primary key and no `SERIAL`, which are no findings; and it does not see
that `CAST(NULL AS TEXT)` is NULL. Every branch is followed, the one that this database does not
take as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.rules.migrations.three_revisions import three_revisions
from turnstay_lint.rules.migrations.unfilled_columns import (
    TRIGGERS,
    enumerated,
    python_default,
    unfilled_columns,
    unfilled_finding,
    unfixable,
)
from turnstay_lint.rules.rule import Look, Rule


def find_non_nullable_columns(look: Look) -> Iterator[Finding]:
    """Yield the calls of a revision's upgrades that fail on a table with rows."""
    revision = revision_in(look.project, look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    found = list(unfilled_columns(revision.upgrades))
    fixable = [one for one in found if not unfixable(look, revision, one)]
    for unfilled in found:
        default = python_default(unfilled)
        aside = f" ({default}= fills new objects only)" if default else ""
        several = len(unfilled.names) > 1
        message = (
            f"{enumerated(unfilled.names)} {'are' if several else 'is'} added NOT NULL "
            f"with nothing to fill {'them' if several else 'it'} in existing rows{aside}"
        )
        help = (
            "Add it nullable, backfill it in a second revision and set NOT NULL in a third; "
            "the model stays NOT NULL until that third step makes it true"
        )
        if unfilled not in fixable:
            yield unfilled_finding(look, revision, unfilled, message, help)
            continue
        whole = three_revisions(look, revision, unfilled, fixable)
        if isinstance(whole, str):
            help = f"{help}. No fix writes these two: {whole}"
        bolder = whole if isinstance(whole, Fix) else None
        yield unfilled_finding(look, revision, unfilled, message, help, bolder)


RULE = Rule(
    code="TSL901",
    name="non-nullable-column",
    severity=Severity.ERROR,
    check=find_non_nullable_columns,
    triggers=TRIGGERS,
    uses_project=True,
)
