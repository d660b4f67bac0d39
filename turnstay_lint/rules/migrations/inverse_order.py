"""Where in a downgrade the missing operations belong: behind what rests on theirs, before the rest.

A downgrade goes back the way the upgrade came. What only reads or changes rows may need what is
still to be dropped, so that the missing operations come after it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    AlterColumn,
    ChangeRows,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    Part,
    RenameTable,
    Table,
)
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Way
from turnstay_lint.frameworks.alembic.undoing import lasting, undoings
from turnstay_lint.rules.migrations.inverse_arguments import CannotInvert


def place_among(up: Way, down: Way, missing: Sequence[Operation]) -> ast.stmt | None:
    """Return the statement of a downgrade before which the missing operations belong.

    None is behind its last one. Raises CannotInvert where there is no such place for all.
    """
    assert down.function is not None
    body = down.function.body
    done = [(o, [*_places(o, up, down)]) for o in lasting(up.operations)]
    position = {id(o): number for number, (o, _) in enumerate(done)}
    first, last = 0, len(body)
    if isinstance(body[-1], ast.Return):
        last -= 1
    wished = last
    for one in missing:
        for other, places in done:
            if not places or other in missing:
                continue
            later = position[id(other)] > position[id(one)]
            if later and _rests_on(other, one):
                first = max(first, *(p + 1 for p in places))
            elif not later and _rests_on(one, other):
                last = min(last, *places)
            if not later:
                wished = min(wished, *places)
    first = max([first, *(n + 1 for n in _others(body, down, done))])
    if first > last:
        raise CannotInvert("the downgrade does not go back the way the upgrade came")
    chosen = min(max(wished, first), last)
    return body[chosen] if chosen < len(body) else None


def _places(operation: Operation, up: Way, down: Way) -> Iterator[int]:
    for undoing in undoings(operation, up.operations, down.operations):
        yield from _statement_of(undoing, down)


def _statement_of(operation: Operation, down: Way) -> Iterator[int]:
    """Yield the position of the statement in which an operation of the downgrade is made."""
    assert down.function is not None
    line = (operation.callers[0] if operation.callers else operation.call).lineno
    for number, statement in enumerate(down.function.body):
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            yield number


def _others(
    body: Sequence[ast.stmt], down: Way, done: Sequence[tuple[Operation, list[int]]]
) -> Iterator[int]:
    """Yield the statements that do something else than to undo: above all, what changes rows."""
    undoing = {place for _, places in done for place in places}
    changing = [o for o in down.operations if isinstance(o.change, ChangeRows)]
    rows = {number for operation in changing for number in _statement_of(operation, down)}
    for number, statement in enumerate(body):
        if number in rows or (number not in undoing and not _is_empty(statement)):
            if not isinstance(statement, ast.Return):
                yield number


def _is_empty(statement: ast.stmt) -> bool:
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass)


def _rests_on(later: Operation, earlier: Operation) -> bool:
    """Tell whether a later operation of the upgrade needs what an earlier one made."""
    match later.change, earlier.change:
        case OtherChange(part=Part(kind="foreignkey")), CreateTable():
            return True
        case CreateTable(), CreateTable():
            return True
        case AddColumn(column=column), CreateTable() if column.bound:
            return True
        case AddColumn() | DropColumn(), AddColumn() | DropColumn() | AlterColumn() | OtherChange():
            return False
        case OtherChange(part=Part(columns=tuple(columns))), AddColumn(column=column):
            if column.name not in columns:
                return False
    one, other = _table(later), _table(earlier)
    return one is None or other is None or one.may_be(other)


def _table(operation: Operation) -> Table | None:
    match operation.change:
        case AddColumn() | AlterColumn() | DropColumn() | CreateTable() | DropTable() as change:
            return change.table
        case OtherChange(table=table):
            return table
        case RenameTable(to=to):
            return to
    return None
