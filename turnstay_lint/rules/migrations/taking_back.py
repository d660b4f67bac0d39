"""How a downgrade is completed: the inverses of what it leaves out, or why they are not written."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.findings import Fix, safe
from turnstay_lint.frameworks.alembic.changes import CreateTable, OtherChange, Unanalyzable
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import DOWNGRADE, Way
from turnstay_lint.frameworks.alembic.undoing import is_remade, undoings
from turnstay_lint.project.migrations.calls_elsewhere import may_make_operations
from turnstay_lint.project.migrations.databases import is_needed_elsewhere
from turnstay_lint.rules.migrations.inverse_arguments import CannotInvert
from turnstay_lint.rules.migrations.inverse_order import place_among
from turnstay_lint.rules.migrations.inverses import Inverse, inverse_of, without_type
from turnstay_lint.rules.migrations.omissions import done, needing_inverses
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.positions import Span

_HARMLESS = frozenset(
    {
        "AlterEnum", "Comment", "CreateExtension", "CreateSchema", "Grant",
        "create_table_comment", "drop_table_comment",
    }
)  # fmt: skip


class WriteInverses(Struct, frozen=True):
    """Write calls before the statement at a place, without one at the end.

    Where there is no downgrade, a function of the name ``new`` is made for them.
    """

    inverses: tuple[Inverse, ...]
    before: Span | None = None
    new: str = ""


def is_opaque(look: Look, way: Way) -> bool:
    """Tell whether a way does, or may do, something that could not be read."""
    near = look.source.scope.module
    return any(
        isinstance(operation.change, Unanalyzable)
        or may_make_operations(look.project, operation.change, near)
        for operation in way.operations
    )


def take_back(look: Look, up: Way, down: Way | None, missing: Sequence[Operation]) -> Fix | str:
    """Return the fix, or the reason why there is none."""
    if is_opaque(look, up):
        return "the upgrade does something that could not be read"
    if any(_is_other(operation) for operation in up.operations):
        return "the upgrade makes something whose inverse is not known"
    if is_remade(up.operations):
        return "the upgrade makes an index or a constraint anew, and does not say what it was"
    inverses: list[Inverse] = []
    for operation in reversed(needing_inverses(missing)):
        if operation.tried:
            return f"that it {done(operation)} is tried only, and may fail"
        if down is not None and any(undoings(operation, up.operations, down.operations)):
            return f"that it {done(operation)} is taken back in part"
        try:
            inverses.append(inverse_of(operation, look.source.span))
            inverses += map(without_type, _types_of(look, operation))
        except CannotInvert as reason:
            return f"that it {done(operation)} has no certain inverse: {reason}"
    title, plan = "Write what takes it back", WriteInverses(tuple(inverses))
    if down is None or down.function is None:
        return safe(title, replace(plan, new=up.name.replace("upgrade", DOWNGRADE, 1)))
    try:
        before = place_among(up, down, missing)
    except CannotInvert as reason:
        return str(reason)
    span = look.source.span(before) if isinstance(before, ast.stmt) else None
    return safe(title, replace(plan, before=span))


def drop_types(down: Way, names: Sequence[str]) -> Fix | str:
    """Return the fix that drops types at a downgrade's end, or why there is none."""
    assert down.function is not None
    if isinstance(down.function.body[-1], ast.Return):
        return "the downgrade ends with a return"
    try:
        inverses = tuple(map(without_type, names))
    except CannotInvert as reason:
        return str(reason)
    return safe("Drop what it leaves", WriteInverses(inverses))


def _types_of(look: Look, operation: Operation) -> list[str]:
    """Return the types that a table brings along; raises CannotInvert."""
    change = operation.change
    columns = change.columns if isinstance(change, CreateTable) else ()
    names = list(dict.fromkeys(column.type_name for column in columns if column.type_name))
    for name in names:
        if is_needed_elsewhere(look.project, name, look.source.path):
            raise CannotInvert(f"another revision needs the type `{name}`")
    return names


def _is_other(operation: Operation) -> bool:
    change = operation.change
    if not isinstance(change, OtherChange) or change.part is not None:
        return False
    return change.what not in _HARMLESS
