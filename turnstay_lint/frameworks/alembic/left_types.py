"""Types of PostgreSQL's that an upgrade makes and a downgrade leaves, so that it fails when rerun.

A table of an enumeration brings the type along, and goes without it. Certain is that only where
nothing else is done to types on either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from turnstay_lint.frameworks.alembic.changes import CreateTable, DropTable, OtherChange
from turnstay_lint.frameworks.alembic.operations import Operation

_OF_TYPES = frozenset(
    {
        "Alter", "AlterEnum", "CreateEnum", "Drop", "Rename", "create_type", "drop_cascade",
        "drop_schema", "drop_type",
    }
)  # fmt: skip


def types_left(up: Sequence[Operation], down: Sequence[Operation]) -> list[tuple[str, Operation]]:
    """Return the types that surely stay after a downgrade, each with what makes it."""
    made = list(_made(up))
    own = [operation for _, operation in made]
    if any(_is_of_types(o) for o in down) or any(_is_of_types(o) and o not in own for o in up):
        return []
    return [(name, o) for name, o in made if _has_gone(o, down)]


def _made(up: Sequence[Operation]) -> Iterator[tuple[str, Operation]]:
    for operation in up:
        if operation.arms or operation.guarded or operation.tried:
            continue
        match operation.change:
            case CreateTable(columns=columns, if_needed=False):
                for name in dict.fromkeys(c.type_name for c in columns if c.type_name):
                    yield name, operation
            case OtherChange(what="CreateEnum", type_name=name) if name:
                yield name, operation


def _is_of_types(operation: Operation) -> bool:
    change = operation.change
    return isinstance(change, OtherChange) and change.what in _OF_TYPES and change.part is None


def _has_gone(made: Operation, down: Sequence[Operation]) -> bool:
    """Tell whether a table goes on the way back, for whose sake a type was made."""
    if not isinstance(made.change, CreateTable):
        return True
    return any(
        isinstance(o.change, DropTable) and o.change.table == made.change.table and not o.arms
        for o in down
    )
