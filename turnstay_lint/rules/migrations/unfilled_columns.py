"""What TSL901 and TSL905 share: NOT NULL columns that a revision adds and nothing fills."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.findings import Finding, Fix, Related, safe
from turnstay_lint.frameworks.alembic.changes import AddColumn, Column, CreateTable
from turnstay_lint.frameworks.alembic.emptiness import is_empty_at
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.rules.migrations.origins import file_of, origins, written_at
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

TRIGGERS = ("add_column", "AddColumnOp", "execute", "exec_driver_sql", "upgrade")


class SetNullable(Struct, frozen=True):
    """Give the ``Column(...)`` calls at these places ``nullable=True``."""

    columns: tuple[Span, ...]


class Unfilled(Struct, frozen=True):
    """The NOT NULL columns that one call adds with nothing to fill them."""

    call: ast.expr
    scope: Scope
    added: tuple[Operation, ...]

    @property
    def columns(self) -> list[Column]:
        """Return the columns, once each, in the order they are added."""
        columns = [add.column for add in self._changes]
        return list(dict.fromkeys(columns))

    @property
    def _changes(self) -> list[AddColumn]:
        return [o.change for o in self.added if isinstance(o.change, AddColumn)]

    @property
    def in_sql(self) -> bool:
        """Tell whether SQL adds them."""
        return any(change.in_sql for change in self._changes)

    @property
    def names(self) -> list[str]:
        """Return the columns as a reader would name them, once each: `accounts.status`."""
        named = [f"`{add.table}.{add.column.name or '…'}`" for add in self._changes]
        return list(dict.fromkeys(named))


def enumerated(names: list[str]) -> str:
    """Return names as words: ``a``, ``a and b``, ``a, b and c``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def unfilled_columns(ways: Sequence[Sequence[Operation]]) -> Iterator[Unfilled]:
    """Yield the calls that add NOT NULL columns which fail on a table with rows, once each."""
    found: dict[ast.expr, list[Operation]] = {}
    for way in ways:
        for position, operation in enumerate(way):
            if _fails(way, position):
                found.setdefault(operation.call, []).append(operation)
    for call, operations in found.items():
        yield Unfilled(call, operations[0].scope, tuple(operations))


def _fails(way: Sequence[Operation], position: int) -> bool:
    change = way[position].change
    if not isinstance(change, AddColumn) or not change.column.refuses_rows:
        return False
    return not is_empty_at(way, position)


def unfilled_finding(
    look: Look,
    revision: Revision,
    unfilled: Unfilled,
    message: str,
    help: str,
    bolder: Fix | None = None,
) -> Finding:
    """Return the finding of a call, with its fix or the reason why there is none."""
    reason = unfixable(look, revision, unfilled)
    return look.finding(
        unfilled.call,
        message,
        scope=unfilled.scope,
        help=help,
        related=tuple(_related(look, unfilled)),
        fix=None if reason else _fix(look, unfilled, bolder),
        unfixable=reason,
    )


def python_default(unfilled: Unfilled) -> str:
    """Return the keyword of a default that only Python knows of, empty where there is none."""
    for column in unfilled.columns:
        for keyword in column.call.keywords if column.call is not None else ():
            given = not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
            if keyword.arg in ("default", "insert_default") and given:
                return keyword.arg
    return ""


def places(look: Look, unfilled: Unfilled) -> tuple[Span, ...]:
    """Return where the columns of a call are written, once each."""
    spans = (look.source.span(c.call) for c in unfilled.columns if c.call is not None)
    return tuple(dict.fromkeys(spans))


def _fix(look: Look, unfilled: Unfilled, bolder: Fix | None) -> Fix:
    several = len(unfilled.columns) > 1
    title = f"Add the column{'s' * several} with nullable=True"
    return replace(safe(title, SetNullable(places(look, unfilled))), bolder=bolder)


def unfixable(look: Look, revision: Revision, unfilled: Unfilled) -> str:
    """Return why the columns of a call cannot be made nullable, empty where they can."""
    if unfilled.in_sql:
        return "SQL is not rewritten: leave out NOT NULL by hand, and backfill in a second revision"
    for column in unfilled.columns:
        if column.call is None:
            return "the column is not written in this file"
        if path := file_of(look, column):
            return f"the column is written in `{path}`, which other revisions may use too"
        given = next((k for k in column.call.keywords if k.arg == "nullable"), None)
        if given is None and any(keyword.arg is None for keyword in column.call.keywords):
            return "nullable= is given by a ** that others may share"
        if given is None and not column.primary_key:
            return "what the column is told afterwards makes it NOT NULL"
        if given is not None and not isinstance(given.value, ast.Constant):
            return f"nullable= is given by `{ast.unparse(given.value)}`, which others may share"
        if _serves_others(revision, column):
            return "the same Column also stands in a table without rows, where NOT NULL is right"
    return ""


def _serves_others(revision: Revision, column: Column) -> bool:
    """Tell whether the Column is also used where it does no harm, and should stay as it is."""
    for way in (*revision.upgrades, *revision.downgrades):
        for position, operation in enumerate(way):
            match operation.change:
                case AddColumn(column=other) if other.call is column.call:
                    if not _fails(way, position):
                        return True
                case CreateTable(columns=columns):
                    if any(other.call is column.call for other in columns):
                        return True
    return False


def _is_there(look: Look, operation: Operation) -> bool:
    """Tell whether a column is written within the call of another file that adds it."""
    change, origin = operation.change, operation.origin
    if origin is None or not isinstance(change, AddColumn) or change.column.call is None:
        return False
    return any(node is change.column.call for node in ast.walk(origin.call))


def _related(look: Look, unfilled: Unfilled) -> Iterator[Related]:
    here = look.source.span(unfilled.call)
    for column in unfilled.columns:
        said = f"`{column.name or 'the column'}` is made here"
        if file_of(look, column):
            yield from written_at(look, column, said)
        elif column.call is not None and not here.holds(look.source.span(column.call)):
            yield Related(look.source.path, look.source.span(column.call), said)
    apart = [o for o in unfilled.added if not _is_there(look, o)]
    yield from origins(apart, "the column is added here")
    for caller in dict.fromkeys(o.callers[-1] for o in unfilled.added if o.callers):
        yield Related(look.source.path, look.source.span(caller), "called from here")
