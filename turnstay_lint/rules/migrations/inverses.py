"""The operations that take back what an upgrade did, where its own words make them certain."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import (
    UNKNOWN_SCHEMA,
    AddColumn,
    AlterColumn,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    Part,
    RenameTable,
    Table,
)
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.values import Batch
from turnstay_lint.rules.migrations.altered_back import altered_back
from turnstay_lint.rules.migrations.inverse_arguments import (
    Argument,
    CannotInvert,
    string,
    written,
)
from turnstay_lint.source.positions import Span

_TYPED = frozenset({"unique", "foreignkey", "primary", "check"})
_KEPT_BY_BATCHES = frozenset({"naming_convention", "recreate"})


class Inverse(Struct, frozen=True):
    """A call of ``op``, or of a batch on ``table``, that takes an operation back.

    ``batch`` are the arguments of ``batch_alter_table``, None outside of a batch. Where there is a
    ``type_name``, it is the type's own method that is called.
    """

    method: str
    arguments: tuple[Argument, ...]
    batch: tuple[Argument, ...] | None = None
    type_name: str = ""


def without_type(name: str) -> Inverse:
    """Return what drops the type of an enumeration; raises CannotInvert."""
    return Inverse("drop", (), type_name=string(name).text)


def inverse_of(operation: Operation, span_of: Callable[[ast.AST], Span]) -> Inverse:
    """Return what takes an operation back; raises CannotInvert with the reason."""
    change = operation.change
    if operation.arms:
        raise CannotInvert("it is made on a condition")
    match change:
        case AddColumn(if_needed=True) | CreateTable(if_needed=True):
            raise CannotInvert("it may have been there before")
        case OtherChange(part=Part(if_needed=True)):
            raise CannotInvert("it may have been there before")
        case AddColumn(table=table, column=column):
            if column.indexed:
                raise CannotInvert("how its index is called is for a naming convention to say")
            return _on(table, "drop_column", [string(_known(column.name))], operation, span_of)
        case CreateTable(table=table, columns=columns):
            if any(column.enumeration and not column.type_name for column in columns):
                raise CannotInvert("PostgreSQL keeps the type of its enumeration")
            return Inverse("drop_table", (string(_known(table.name)), *_schema(table)))
        case RenameTable(table=table, to=to):
            names = string(_known(to.name)), string(_known(table.name))
            return Inverse("rename_table", (*names, *_schema(table)))
        case AlterColumn(table=table):
            name, *others = altered_back(operation, change, span_of)
            return _on(table, "alter_column", [name, *others], operation, span_of)
        case OtherChange(table=Table() as table, part=Part(made=True) as part):
            return _without_part(table, part, operation, span_of)
    raise CannotInvert(_not_said(operation))


def _without_part(
    table: Table, part: Part, operation: Operation, span_of: Callable[[ast.AST], Span]
) -> Inverse:
    if part.name is None:
        raise CannotInvert("it has no name that could be read")
    name = string(part.name, final=part.final)
    if part.kind == "index":
        if operation.batch is not None:
            return _on(table, "drop_index", [name], operation, span_of)
        named = string(_known(table.name), "table_name")
        return Inverse("drop_index", (name, named, *_schema(table)))
    kind = [string(part.kind, "type_")] if part.kind in _TYPED else []
    if operation.batch is not None:
        return _on(table, "drop_constraint", [name, *kind], operation, span_of)
    arguments = (name, string(_known(table.name)), *kind, *_schema(table))
    return Inverse("drop_constraint", arguments)


def _on(
    table: Table,
    method: str,
    arguments: Sequence[Argument],
    operation: Operation,
    span_of: Callable[[ast.AST], Span],
) -> Inverse:
    """Return a call on a table: by itself with the table first, in a batch without it."""
    named = string(_known(table.name))
    if operation.batch is None:
        return Inverse(method, (named, *arguments, *_schema(table)))
    kept = _of_batch(operation.batch, operation, span_of)
    return Inverse(method, tuple(arguments), (named, *_schema(table), *kept))


def _of_batch(
    batch: Batch, operation: Operation, span_of: Callable[[ast.AST], Span]
) -> Iterator[Argument]:
    elsewhere = batch.scope.outermost is not operation.scope.outermost
    for keyword in batch.call.keywords:
        if keyword.arg in ("table_name", "schema"):
            continue
        if elsewhere or keyword.arg not in _KEPT_BY_BATCHES:
            where = " in another file" if elsewhere else ""
            raise CannotInvert(f"its batch is given {keyword.arg or '**'}{where}")
        yield written(keyword.value, batch.scope, span_of, keyword.arg)


def _known(name: str | None) -> str:
    if name is None:
        raise CannotInvert("not all its names could be read")
    return name


def _schema(table: Table) -> list[Argument]:
    if table.schema == UNKNOWN_SCHEMA:
        raise CannotInvert("its schema could not be read")
    return [string(table.schema, "schema")] if table.schema else []


def _not_said(operation: Operation) -> str:
    match operation.change:
        case DropColumn():
            return "the revision does not say which type the column had"
        case DropTable():
            return "the revision does not say which columns the table had"
        case OtherChange(part=Part(kind="index")):
            return "the revision does not say which columns the index had"
        case OtherChange():
            return "the revision does not say what the constraint was"
    return "its inverse is not known"
