"""The handbook's three revisions for columns that a revision adds NOT NULL, as one change set.

The revision adds them nullable, a new one fills them, another makes them NOT NULL, and what
followed follows the last. All columns of the revision that can be filled share the new two.
"""

from __future__ import annotations

from collections.abc import Sequence

from turnstay_lint.findings import Elsewhere, Fix, unsafe
from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    Change,
    DropColumn,
    DropTable,
    RenameTable,
)
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.project.migrations.revisions import Link, chain_of
from turnstay_lint.project.writing.new_revisions import (
    BACKFILL,
    REQUIRE,
    Filled,
    NewRevision,
    Style,
    identifier,
    path_of,
    style_of,
    title_of,
)
from turnstay_lint.rules.migrations.filling import CannotTell, filled
from turnstay_lint.rules.migrations.moved_revisions import NoPlace, certain_link, repointed
from turnstay_lint.rules.migrations.unfilled_columns import SetNullable, Unfilled, places
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.suppressions import suppressions


def three_revisions(
    look: Look, revision: Revision, unfilled: Unfilled, fixable: Sequence[Unfilled]
) -> Fix | str:
    """Return the change set for a call's columns, or why there is none.

    ``fixable`` are all calls of the revision's upgrades whose columns can become nullable.
    """
    try:
        link = certain_link(look, len(revision.upgrades))
        _filled(look, link, revision, unfilled)
    except (CannotTell, NoPlace) as reason:
        return str(reason)
    together = [one for one in fixable if one is unfilled or _joins(look, link, revision, one)]
    columns = tuple(c for one in together for c in _filled(look, link, revision, one))
    spans = tuple(dict.fromkeys(span for one in together for span in places(look, one)))
    return _change_set(look, link, tuple(dict.fromkeys(columns)), SetNullable(spans))


def _moves(change: Change, unfilled: Unfilled) -> bool:
    """Tell whether a change of the same revision takes a column, or its table, away."""
    added = [o.change for o in unfilled.added if isinstance(o.change, AddColumn)]
    match change:
        case RenameTable(table=table) | DropTable(table=table):
            return any(table.may_be(one.table) for one in added)
        case DropColumn(table=table, name=name):
            return any(table.may_be(one.table) and name == one.column.name for one in added)
        case AlterColumn(table=table, name=name, renamed_to=str()):
            return any(table.may_be(one.table) and name == one.column.name for one in added)
    return False


def _joins(look: Look, link: Link, revision: Revision, unfilled: Unfilled) -> bool:
    """Tell whether a finding shares the new revisions; one that is silenced does not."""
    finding = look.finding(unfilled.call, "", unfixable="only asked about")
    if suppressions(look.source).silence(finding):
        return False
    try:
        return bool(_filled(look, link, revision, unfilled))
    except CannotTell:
        return False


def _filled(look: Look, link: Link, revision: Revision, unfilled: Unfilled) -> list[Filled]:
    """Return how the columns of a call are filled; raises CannotTell where one is not."""
    if any(_moves(operation.change, unfilled) for operation in revision.upgrades[0]):
        raise CannotTell("the revision renames or drops the table or the column too")
    return [_one(look, link, operation) for operation in unfilled.added]


def _one(look: Look, link: Link, operation: Operation) -> Filled:
    change = operation.change
    assert isinstance(change, AddColumn)
    if operation.arms:
        raise CannotTell("the column is added on a condition")
    return filled(look, link, change.table, change.column)


def _change_set(look: Look, link: Link, columns: tuple[Filled, ...], plan: SetNullable) -> Fix:
    chain = chain_of(look.project, link)
    second = identifier(link.revision, BACKFILL, chain)
    third = identifier(link.revision, REQUIRE, {*chain, second})
    style = style_of(look.source, look.project, link)
    new = [
        _new(look, link, BACKFILL, second, link.revision, columns, style),
        _new(look, link, REQUIRE, third, second, columns, style),
    ]
    new += repointed(look, link, third)
    values = ", ".join(f"{column} {column.value}" for column in columns)
    several = "s" * (len(columns) > 1)
    return unsafe(
        f"Add the column{several} with nullable=True, backfill in a new revision {second}, "
        f"and set NOT NULL in a new one {third}",
        plan,
        f"rows that are there get a value that a person should confirm ({values}); a database "
        f"that is past {link.revision} counts the new revisions as run",
        tuple(new),
    )


def _new(
    look: Look,
    link: Link,
    kind: str,
    revision: str,
    revises: str,
    columns: tuple[Filled, ...],
    style: Style,
) -> Elsewhere:
    title = title_of(kind, columns, link.revision)
    plan = NewRevision(kind, revision, revises, title, columns, style)
    path = path_of(look.source, link, kind, revision, look.settings.file_template)
    return Elsewhere(path, plan, adds=revision, created=True)
