"""### What it does

Finds downgrades that do not take back what their upgrade does: empty ones, ones that leave out a
table, a column, a rename, an index or a constraint, and revisions that have none; and those that
leave the type which a table of an enumeration brings along on PostgreSQL. Compared is what both do,
by whatever means: `op`, a batch, a helper, a loop, SQL.

### Why

`alembic downgrade` says that it went back, and did not: the next upgrade fails on what is still
there, and the code of before meets a schema that it does not know (handbook 9, Creating
Migrations, whose generated revisions go both ways). Where there is no way back, `raise
NotImplementedError` says so.

### Bad

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))


def downgrade():
    pass
```

### Good

```python
# alembic/versions/0002_add_account_status.py
import sqlalchemy as sa
from alembic import op


def upgrade():
    op.add_column("accounts", sa.Column("status", sa.String(50), nullable=True))


def downgrade():
    op.drop_column("accounts", "status")
```

### Fix safety

Safe: the inverse operations are written in reverse order, in batches where the upgrade works in
batches, and among those that are there where they belong. They are written only where all that is
missing has a certain inverse: columns, tables, named indexes and constraints are dropped, renames
go back, `alter_column` does where it says what was before (`existing_type=`,
`existing_server_default=`); a database refuses to go back while a value does not fit the old type.
Of what a helper of another file does the same is written, without what it says of types. There is
no fix for what the upgrade drops, nobody says what it was; for what is made on a condition or only
if it is not there; for a column that may be NULL again, whose rows may have used that; for a type
of which PostgreSQL does not know by itself how it becomes the old one; for an enumeration's table
where the name of the type is not known; and where the upgrade does something that could not be
read, makes a view or a type, or makes an index or a constraint anew. The finding says which.

### Options

`start-after = "<revision>"` leaves that revision and all before it alone, as history.

### Known limits

Silent are revisions that change rows alone, fragments without a downgrade, and a downgrade that
raises somewhere or does something that could not be read. What is done on a condition, or only if
it is not there (`IF NOT EXISTS`), and what is dropped and made anew under its name may leave no
difference, and is not missed. Views, functions, triggers, extensions and comments are not compared,
nor are types but for one case: a table that is made with an enumeration of a known name, or `CREATE
TYPE … AS ENUM`, where nothing else is done to types on either way, no other revision needs the
type, and a file of the service imports what is PostgreSQL's alone. A type that `create()` makes may
have been there before.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Related, Severity
from turnstay_lint.frameworks.alembic.left_types import types_left
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import (
    DOWNGRADE,
    Revision,
    Way,
    is_revision,
    name_of,
)
from turnstay_lint.frameworks.alembic.undoing import left_out, undoings
from turnstay_lint.project.following import revision_in
from turnstay_lint.project.migrations.databases import is_needed_elsewhere, on_postgresql
from turnstay_lint.project.migrations.revisions import is_history
from turnstay_lint.rules.migrations.omissions import said
from turnstay_lint.rules.migrations.origins import origins
from turnstay_lint.rules.migrations.taking_back import drop_types, is_opaque, take_back
from turnstay_lint.rules.migrations.unfilled_columns import enumerated
from turnstay_lint.rules.rule import Look, Rule


def find_one_sided_downgrades(look: Look) -> Iterator[Finding]:
    """Yield the downgrades that leave out what their upgrade does."""
    revision = revision_in(look.project, look.source)
    if revision is None or is_history(look.project, look.source, look.settings.start_after):
        return
    for up, down in _pairs(look, revision):
        if down is not None and (down.refuses or is_opaque(look, down)):
            continue
        operations = down.operations if down is not None else ()
        missing = left_out(up.operations, operations)
        if missing:
            yield _finding(look, up, down, missing)
        elif down is not None:
            yield from _leaving_types(look, up, down)


def _pairs(look: Look, revision: Revision) -> Iterator[tuple[Way, Way | None]]:
    """Yield each way up with its way down; None where a revision has no such function."""
    for up in revision.up:
        if up.function is None:
            continue
        name = up.name.replace("upgrade", DOWNGRADE, 1)
        named = [way for way in revision.down if way.name == name]
        if [way.name for way in revision.up].count(up.name) > 1:
            continue
        if len(named) == 1:
            yield up, named[0]
        elif not named and _is_whole(look):
            yield up, None


def _is_whole(look: Look) -> bool:
    bindings = look.source.scope.bindings
    named = "down_revision" in bindings and "revision" in bindings
    return named and is_revision(look.source) and DOWNGRADE not in bindings


def _finding(look: Look, up: Way, down: Way | None, missing: list[Operation]) -> Finding:
    assert up.function is not None
    what = said(missing)
    if down is None or down.function is None:
        function, message = up.function, f"there is no downgrade: the upgrade {what}"
    else:
        function = down.function
        some = any(any(undoings(o, up.operations, down.operations)) for o in up.operations)
        short = "leaves out" if some else "undoes nothing of"
        message = f"the downgrade {short} what the upgrade does: it {what}"
    back = take_back(look, up, down, missing)
    return look.finding(
        name_of(function),
        message,
        scope=look.source.index.scopes[function],
        help="Take it back there, or `raise NotImplementedError` if there is no way",
        fix=back,
    )


def _leaving_types(look: Look, up: Way, down: Way) -> Iterator[Finding]:
    left = [
        (name, operation)
        for name, operation in types_left(up.operations, down.operations)
        if on_postgresql(look.project, look.source.path)
        and not is_needed_elsewhere(look.project, name, look.source.path)
    ]
    if not left or down.function is None or is_opaque(look, up):
        return
    names = list(dict.fromkeys(name for name, _ in left))
    types = f"the type{'s' * (len(names) > 1)} {enumerated([f'`{name}`' for name in names])}"
    back = drop_types(down, names)
    yield look.finding(
        name_of(down.function),
        f"the downgrade leaves {types} on PostgreSQL, and the next upgrade cannot make "
        f"{'them' if len(names) > 1 else 'it'} again",
        scope=look.source.index.scopes[down.function],
        help="A table of an enumeration brings the type along, and is dropped without it",
        related=_making(look, [operation for _, operation in left]),
        fix=back,
    )


def _making(look: Look, operations: list[Operation]) -> tuple[Related, ...]:
    calls = dict.fromkeys(operation.call for operation in operations)
    here = (Related(look.source.path, look.source.span(c), "the type is made here") for c in calls)
    return (*here, *origins(operations, "the type is made here"))


RULE = Rule(
    code="TSL904",
    name="one-sided-downgrade",
    severity=Severity.WARNING,
    check=find_one_sided_downgrades,
    triggers=("upgrade",),
    uses_project=True,
)
