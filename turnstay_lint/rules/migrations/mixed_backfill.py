"""### What it does

Finds upgrades that change rows and the schema in one revision: an UPDATE, INSERT or DELETE of rows
of a table that was there before, beside a change of such a table. It is one finding for each
upgrade, at the first change of rows.

### Why

"Backfill data in separate migration" (handbook 9, Migration Best Practices). One revision is one
transaction: what an ALTER TABLE has locked stays locked until the last row is written, whichever
table that row is of, and the service waits. A backfill that fails cannot be tried again by itself,
and cannot run while the service writes. So a revision is of one kind, whichever tables its changes
are of.

### Bad

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = None


def upgrade():
    op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))
    op.execute("UPDATE accounts SET status = 'ACTIVE' WHERE status IS NULL")


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
    op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))


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
```

### Fix safety

Unsafe, as a change set: the revision keeps what comes first, and what follows moves to one new
revision for each kind, with what its downgrade needs; what followed the revision follows the last.
The order of all statements stays. What a moved statement uses (imports, constants, tables and
functions of the module) comes with it. A database that is past the revision counts the new ones as
run. There is no such fix where one statement does both, where the kinds alternate more than twice,
where values are handed from one kind to the next, where the downgrade cannot be parted in the same
way, and where the chain branches or cannot be read. The finding says which.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history, and
`--since REV` those whose files the git revision has. One that the main branch has is not fixed
unless `fix-history` says so.

### Known limits

Free are the rows of a table that the same upgrade creates or empties, and tables that it creates:
nobody waits for those. Nothing but the schema of types, functions, views and triggers is no change
of a table. A statement that cannot be read is of neither kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from turnstay_lint.findings import Finding, Related, Severity
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.rules.migrations.mixed_changes import Mixed, mixed_changes, tables_of
from turnstay_lint.rules.migrations.origins import origins
from turnstay_lint.rules.migrations.split_revision import split_revision
from turnstay_lint.rules.migrations.unfilled_columns import enumerated
from turnstay_lint.rules.rule import Look, Rule

_MOST_SHOWN = 3


def find_mixed_backfills(look: Look) -> Iterator[Finding]:
    """Yield the first change of rows of each upgrade that changes the schema too."""
    revision = revision_in(look.project, look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    for way in revision.upgrades:
        mixed = mixed_changes(way)
        if mixed is not None:
            yield _finding(look, revision, mixed)


def _finding(look: Look, revision: Revision, mixed: Mixed) -> Finding:
    first = mixed.data[0]
    rows, tables = _named(mixed.data), _named(mixed.schema)
    fix = split_revision(look, revision, mixed)
    return look.finding(
        first.call,
        f"rows of {rows} are changed in a revision that changes the schema of {tables}",
        scope=first.scope,
        help="Change the rows in a revision of their own",
        related=tuple(_related(look, mixed)),
        fix=fix,
    )


def _named(operations: Sequence[Operation]) -> str:
    named = list(dict.fromkeys(tables_of(operations)))
    more = ["others"] if len(named) > _MOST_SHOWN else []
    return enumerated([*named[:_MOST_SHOWN], *more])


def _related(look: Look, mixed: Mixed) -> Iterator[Related]:
    for call in list(dict.fromkeys(o.call for o in mixed.schema))[:_MOST_SHOWN]:
        yield Related(look.source.path, look.source.span(call), "the schema is changed here")
    yield from origins(mixed.data[:1], "the rows are changed here")


RULE = Rule(
    code="TSL903",
    name="mixed-backfill",
    severity=Severity.WARNING,
    check=find_mixed_backfills,
    triggers=(
        "execute", "exec_driver_sql", "scalar", "scalars", "executemany", "bulk_insert", "query",
        "add", "add_all", "bulk_insert_mappings", "bulk_save_objects", "BulkInsertOp", "merge",
        "bulk_update_mappings", "upgrade",
    ),
    uses_project=True,
)  # fmt: skip
