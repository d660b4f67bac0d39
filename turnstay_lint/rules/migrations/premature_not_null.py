"""### What it does

Finds columns that an upgrade makes NOT NULL in the revision that adds them, or that nothing in the
chain has filled since they were added: `op.alter_column(..., nullable=False)`, in a batch as well,
and `SET NOT NULL` in SQL. The path of a column is followed up the chain, through renames and
merges, from its NOT NULL to its backfill to its ADD.

### Why

With a NULL in one row the upgrade fails, and only where there are such rows: the column is filled
first, in a revision of its own, and required in the next (handbook 9, Migration Best Practices). In
one revision the three hold the table locked until all is done, and cannot be tried again one by
one.

### Bad

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = None


def upgrade():
    op.add_column(
        "accounts", sa.Column("status", sa.String(50), nullable=True, default="ACTIVE")
    )
    op.alter_column("accounts", "status", existing_type=sa.String(50), nullable=False)


def downgrade():
    op.drop_column("accounts", "status")
```

### Good

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = None


def upgrade():
    op.add_column(
        "accounts", sa.Column("status", sa.String(50), nullable=True, default="ACTIVE")
    )


def downgrade():
    op.drop_column("accounts", "status")


# alembic/versions/0002b_backfill_account_status.py
\"\"\"Backfill accounts.status.\"\"\"

from alembic import op

revision = "0002b"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("UPDATE accounts SET status = 'ACTIVE' WHERE status IS NULL")


def downgrade():
    \"\"\"The values stay: nothing tells which rows had none.\"\"\"


# alembic/versions/0002c_require_account_status.py
\"\"\"Require accounts.status.\"\"\"

import sqlalchemy as sa
from alembic import op

revision = "0002c"
down_revision = "0002b"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("accounts", "status", existing_type=sa.String(50), nullable=False)


def downgrade():
    op.alter_column("accounts", "status", existing_type=sa.String(50), nullable=True)
```

### Fix safety

Unsafe, as a change set: the operation moves to a new revision that follows, with its downgrade, and
what followed follows that one. Where nothing fills the column yet, a revision that does is written
before it, with the literal `default=` of the migration or of the model. A database that is past the
revision counts the new ones as run. Where the operation changes more of the column (its type, its
default), that stays, and what moves says how it is by then. There is no such fix where no literal
value is known, or the type changes before the value comes; for an operation that renames the
column, that is in a helper (of this file or another, which others may call), a loop or on a
condition, or in SQL; and where the chain branches or cannot be read. The finding says which.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history, and
`--since REV` those whose files the git revision has. One that the main branch has is not fixed
unless `fix-history` says so.

### Known limits

Silent are columns of tables that the same upgrade created or emptied; columns that were added with
a server default, or NOT NULL, and kept it; columns whose ADD is not found in the chain; and columns
that something may have filled which cannot be read: a `DO` block, a function that is not found. An
UPDATE counts whatever its WHERE is, and so does a DELETE, which may be of the rows without a value.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Related, Severity
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.revision_graph import link_of
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.rules.migrations.origins import origins
from turnstay_lint.rules.migrations.required_columns import Premature, premature_columns
from turnstay_lint.rules.migrations.requiring_revision import requiring_revision
from turnstay_lint.rules.rule import Look, Rule


def find_premature_not_nulls(look: Look) -> Iterator[Finding]:
    """Yield the operations of a revision's upgrades that require a column too early."""
    revision = revision_in(look.project, look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    module = look.project.module(look.source.scope.module)
    link = link_of(module) if module is not None else None
    said: set[tuple[object, str]] = set()
    for way in revision.upgrades:
        for premature in premature_columns(look, link, way):
            if (premature.operation.call, str(premature)) not in said:
                said.add((premature.operation.call, str(premature)))
                yield _finding(look, revision, premature)


def _finding(look: Look, revision: Revision, premature: Premature) -> Finding:
    if premature.since is None:
        message = f"`{premature}` becomes NOT NULL in the revision that adds it"
        if not premature.filled:
            message += ", with nothing to fill it"
    else:
        since = premature.since
        did = "made it nullable" if since.released else "added it"
        message = (
            f"`{premature}` becomes NOT NULL, and no revision has filled it "
            f"since {since.link.revision} {did}"
        )
    fix = requiring_revision(look, revision, premature)
    return look.finding(
        premature.operation.call,
        message,
        scope=premature.operation.scope,
        help="Add it nullable, backfill it in a second revision and set NOT NULL in a third",
        related=tuple(_related(look, premature)),
        fix=fix,
    )


def _related(look: Look, premature: Premature) -> Iterator[Related]:
    if premature.added is not None:
        span = look.source.span(premature.added.call)
        yield Related(look.source.path, span, f"`{premature.column}` is added here")
    yield from origins([premature.operation], f"`{premature.column}` is made NOT NULL here")
    if premature.since is not None:
        module = look.project.module(premature.since.link.module)
        upgrade = module.functions.get("upgrade") if module is not None else None
        if module is not None and upgrade is not None:
            did = "made nullable" if premature.since.released else "added"
            yield Related(module.path, upgrade.span, f"`{premature.column}` is {did} here")


RULE = Rule(
    code="TSL902",
    name="premature-not-null",
    severity=Severity.ERROR,
    check=find_premature_not_nulls,
    triggers=("alter_column", "AlterColumnOp", "execute", "exec_driver_sql", "upgrade"),
    uses_project=True,
)
