"""What an upgrade leaves different from before, and whether a downgrade takes that back.

Only what was read is compared. A name that could not be read may be any, so that it counts as
what is looked for; what a table loses or gets with all of it is taken back with the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    Change,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    Part,
    RenameTable,
    Table,
)
from turnstay_lint.frameworks.alembic.emptiness import covers, excludes
from turnstay_lint.frameworks.alembic.operations import Operation

Steps = Sequence[Operation]
_SWEEPING = frozenset({"drop_schema", "drop_cascade"})
_ALL = frozenset({"type", "server_default", "autoincrement", "nullable", "name"})


def lasting(way: Steps) -> list[Operation]:
    """Return the operations of an upgrade after which the schema differs, in order.

    What is made and dropped again leaves nothing, and a comment is no difference. An index or a
    constraint that is made anew under its name may be as it was.
    """
    left: list[Operation] = []
    parts: set[str | None] = set()
    for operation in way:
        change = operation.change
        if not _is_difference(change):
            continue
        if not _may_end(change, parts):
            left.append(operation)
            continue
        replaced = _replaced(operation, left)
        if replaced:
            left = [o for o in left if o not in replaced]
            left.append(replace(operation, change=_retyped(change)))
            continue
        made = [o for o in left if _ends(change, o.change) and not excludes(o.arms, operation.arms)]
        gone = [o for o in left if o not in made and _goes_with(change, o.change)]
        left = [o for o in left if o not in made and o not in gone]
        if not made:
            left.append(operation)
    return left


def _may_end(change: Change, parts: set[str | None]) -> bool:
    """Tell whether a change may take back what came before it; notes the ``parts`` by name."""
    match change:
        case OtherChange(part=Part(name=name)):
            known = name in parts
            parts.add(name)
            return known
        case AlterColumn(renamed_to=renamed):
            return renamed is not None
    return isinstance(change, DropTable | DropColumn)


def _replaced(operation: Operation, left: Sequence[Operation]) -> list[Operation]:
    """Return the steps before a rename by which a new column took the place of an old one."""
    change = operation.change
    if not isinstance(change, AlterColumn) or change.renamed_to is None:
        return []
    new = [o for o in left if _is_column(o.change, AddColumn, change.table, change.name)]
    old = [o for o in left if _is_column(o.change, DropColumn, change.table, change.renamed_to)]
    return [*new, *old] if new and old else []


def _is_column(change: Change, kind: type, table: Table, name: str | None) -> bool:
    match change:
        case AddColumn(table=other, column=column):
            named = column.name
        case DropColumn(table=other, name=named):
            pass
        case _:
            return False
    return isinstance(change, kind) and other == table and named == name


def _retyped(change: Change) -> Change:
    assert isinstance(change, AlterColumn)
    return AlterColumn(change.table, change.renamed_to, in_sql=True, besides=("type",))


def _is_difference(change: Change) -> bool:
    match change:
        case CreateTable() | DropTable() | RenameTable() | AddColumn() | DropColumn():
            return True
        case AlterColumn(nullable=nullable, renamed_to=renamed, besides=besides):
            return nullable is not None or renamed is not None or bool({*besides} - {"comment"})
        case OtherChange(part=Part()):
            return True
    return False


def _ends(change: Change, earlier: Change) -> bool:
    """Tell whether a change takes away what an earlier one made."""
    match change, earlier:
        case DropTable(table=one), CreateTable(table=other):
            return _is_named(one) and one == other
        case DropColumn(table=one, name=str(name)), AddColumn(table=other, column=column):
            return _is_named(one) and one == other and name == column.name
        case OtherChange(part=Part(name=str(name)) as new), OtherChange(part=Part() as part):
            return part.made is not new.made and part.name == name
    return False


def _is_named(table: Table) -> bool:
    return table.name is not None


def _goes_with(change: Change, earlier: Change) -> bool:
    """Tell whether an earlier change is gone with the table or column that is dropped."""
    if isinstance(earlier, RenameTable):
        return isinstance(change, DropTable) and earlier.to == change.table
    match change, earlier:
        case DropTable(table=one), AddColumn(table=other) | AlterColumn(table=other):
            return one == other
        case DropTable(table=one), OtherChange(table=other, part=Part(made=True)):
            return one == other
        case DropColumn(table=one, name=name), AlterColumn(table=other) if one == other:
            return name in (earlier.name, earlier.renamed_to)
        case DropColumn(table=one, name=name), OtherChange(table=other, part=Part() as part):
            return one == other and part.made and name in (part.columns or ())
    return False


def is_remade(way: Steps) -> bool:
    """Tell whether an index or a constraint is dropped and made anew, perhaps otherwise."""
    parts = [o.change.part for o in way if isinstance(o.change, OtherChange) and o.change.part]
    names = [{part.name for part in parts if part.made is made} - {None} for made in (True, False)]
    return bool(names[0] & names[1])


def left_out(up: Steps, down: Steps) -> list[Operation]:
    """Return what an upgrade leaves different and a downgrade does not take back.

    What is done on a condition, or only where it is needed, may not have been done at all.
    """
    if any(o.change.what in _SWEEPING for o in down if isinstance(o.change, OtherChange)):
        return []
    left, names = lasting(up), _Aliases(up, down)
    whole: set[object] = {
        o.change.table for o in down if isinstance(o.change, CreateTable | DropTable)
    }
    # What is of a table that is made or dropped with all of it needs no second look.
    apart = [o for o in left if getattr(o.change, "table", None) not in whole]
    return [o for o in apart if not _is_undone(o, down, names) and not _is_perhaps(o, left)]


def _is_undone(operation: Operation, down: Steps, names: _Aliases) -> bool:
    found = (other.change for other in down if _undoes(other.change, operation.change, names))
    if not isinstance(operation.change, AlterColumn):
        return any(found)
    touched = [_aspects(c) if isinstance(c, AlterColumn) else _ALL for c in found]
    return _aspects(operation.change) <= set().union(*touched)


def _is_perhaps(operation: Operation, all: Sequence[Operation]) -> bool:
    match operation.change:
        case CreateTable() | DropTable() | AddColumn() | DropColumn() as change:
            needed = change.if_needed
        case OtherChange(part=Part(if_needed=needed)):
            pass
        case _:
            needed = False
    if needed or operation.guarded:
        return True
    done = [_done(other.change) for other in all]
    ways = [o.arms for o, what in zip(all, done, strict=True) if what == _done(operation.change)]
    return not covers(ways, ())


def _done(change: Change) -> tuple[object, ...]:
    """Return what is done to what, the same for the same thing done in several branches."""
    match change:
        case CreateTable(table=table):
            return CreateTable, table
        case AddColumn(table=table, column=column):
            return AddColumn, table, column.name
        case AlterColumn(table=table, name=name):
            return AlterColumn, table, name
        case OtherChange(table=table, part=Part() as part):
            return OtherChange, table, part.name, part.made
    return (change,)


def undoings(operation: Operation, up: Steps, down: Steps) -> Iterator[Operation]:
    """Yield the operations of a downgrade that take back one of the upgrade."""
    aliases = _Aliases(up, down)
    for other in down:
        if _undoes(other.change, operation.change, aliases):
            yield other


class _Aliases:
    """The tables that are one under several names, because one of the two ways renames them."""

    def __init__(self, up: Steps, down: Steps) -> None:
        changes = [operation.change for operation in (*up, *down)]
        self._renames = [(c.table, c.to) for c in changes if isinstance(c, RenameTable)]
        self._columns = [c for c in changes if isinstance(c, AlterColumn) and c.renamed_to]

    def same(self, one: Table | None, other: Table | None) -> bool:
        """Tell whether two tables can be one."""
        if one is None or other is None:
            return True
        if not self._renames:
            return one.may_be(other)
        return any(name.may_be(other) for name in self._names(one))

    def _names(self, table: Table) -> list[Table]:
        found = [table]
        for _ in self._renames:
            for pair in self._renames:
                if any(name.may_be(part) for name in found for part in pair):
                    found += [part for part in pair if part not in found]
        return found

    def same_column(self, one: str | None, other: str | None) -> bool:
        """Tell whether two names can be one column's."""
        if one is None or other is None or one == other:
            return True
        return any({one, other} == {c.name, c.renamed_to} for c in self._columns)


def _undoes(change: Change, done: Change, names: _Aliases) -> bool:
    """Tell whether a change of the downgrade takes back what the upgrade has done."""
    match done:
        case CreateTable(parent=Table() as parent) if _rebuilds(change, parent, names):
            return True
        case CreateTable(table=table) | DropTable(table=table) | RenameTable(table=table):
            return _concerns_whole(change, table, names)
        case AddColumn(table=table) | DropColumn(table=table) | AlterColumn(table=table):
            if _rebuilds(change, table, names):
                return True
            return _undoes_column(change, done, names)
        case OtherChange(table=table, part=Part() as part):
            if table is not None and _rebuilds(change, table, names):
                return True
            return _undoes_part(change, table, part, names)
    return False


def _concerns_whole(change: Change, table: Table, names: _Aliases) -> bool:
    match change:
        case CreateTable(table=other) | DropTable(table=other):
            return names.same(other, table)
        case RenameTable(table=old, to=new):
            return names.same(old, table) or names.same(new, table)
    return False


def _rebuilds(change: Change, table: Table, names: _Aliases) -> bool:
    """A table that the downgrade creates or drops has, or loses, all that belongs to it."""
    return isinstance(change, CreateTable | DropTable) and names.same(change.table, table)


def _undoes_column(
    change: Change, done: AddColumn | DropColumn | AlterColumn, names: _Aliases
) -> bool:
    if isinstance(change, OtherChange) and change.what in ("AlterTable", "Rename"):
        return names.same(change.table, done.table)
    if not isinstance(change, AddColumn | DropColumn | AlterColumn):
        return False
    if not names.same(change.table, done.table):
        return False
    name = change.column.name if isinstance(change, AddColumn) else change.name
    renamed = change.renamed_to if isinstance(change, AlterColumn) else None
    match done:
        case AddColumn(column=column):
            wanted = isinstance(change, DropColumn) or renamed is not None
            return wanted and names.same_column(name, column.name)
        case DropColumn(name=dropped):
            if isinstance(change, AlterColumn):
                return renamed is not None and names.same_column(renamed, dropped)
            return isinstance(change, AddColumn) and names.same_column(name, dropped)
        case AlterColumn(name=altered):
            return names.same_column(name, altered)


def _aspects(change: AlterColumn) -> set[str]:
    nullable = {"nullable"} if change.nullable is not None else set()
    renamed = {"name"} if change.renamed_to is not None else set()
    return {*change.besides, *nullable, *renamed} - {"comment"}


def _undoes_part(change: Change, table: Table | None, part: Part, names: _Aliases) -> bool:
    match change:
        case OtherChange(what="Rename" | "AlterTable", table=other):
            return names.same(other, table)
        case OtherChange(table=other, part=Part() as new) if new.made is not part.made:
            if part.name is not None and new.name is not None:
                return part.name == new.name
            return names.same(other, table)
        case DropColumn(table=other, name=name) if part.made and names.same(other, table):
            return name is None or part.columns is None or name in part.columns
        case AddColumn(table=other, column=column) if not part.made:
            return names.same(other, table) and (column.bound or column.indexed)
    return False
