"""What a call of ``op`` or of a batch changes, once its arguments are evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.changes import (
    UNKNOWN_SCHEMA,
    AddColumn,
    AlterColumn,
    Change,
    ChangeRows,
    Column,
    CreateTable,
    DropColumn,
    DropTable,
    OtherChange,
    Part,
    RenameTable,
    Rows,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.columns import column_of
from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Arguments,
    Built,
    Known,
    Sequence,
    TableValue,
    Value,
    items_of,
    string_of,
    truth_of,
)

# Parameters of Alembic's operations in order; those of a batch begin after the table's.
_PARAMETERS = {
    "add_column": ("table_name", "column"),
    "drop_column": ("table_name", "column_name"),
    "alter_column": ("table_name", "column_name"),
    "create_table": ("table_name",),
    "drop_table": ("table_name",),
    "rename_table": ("old_table_name", "new_table_name"),
    "bulk_insert": ("table", "rows"),
    "create_index": ("index_name", "table_name", "columns"),
    "drop_index": ("index_name", "table_name"),
    "drop_constraint": ("constraint_name", "table_name", "type_"),
    "create_unique_constraint": ("constraint_name", "table_name", "columns"),
    "create_check_constraint": ("constraint_name", "table_name"),
    "create_primary_key": ("constraint_name", "table_name", "columns"),
    "create_foreign_key": ("constraint_name", "source_table", "referent_table", "local_cols"),
    "create_exclude_constraint": ("constraint_name", "table_name"),
    "create_table_comment": ("table_name",),
    "drop_table_comment": ("table_name",),
}
OPERATIONS = frozenset(_PARAMETERS)
_PARTS = {
    "create_index": "index",
    "drop_index": "index",
    "drop_constraint": "constraint",
    "create_unique_constraint": "unique",
    "create_check_constraint": "check",
    "create_primary_key": "primary",
    "create_foreign_key": "foreignkey",
    "create_exclude_constraint": "exclude",
}
_ASPECTS = ("type_", "server_default", "comment", "autoincrement")
# Operations of alembic-postgresql-enum and alembic-utils: types, functions and views alone.
_EXTENSIONS = frozenset({"sync_enum_values", "create_entity", "replace_entity", "drop_entity"})
# What op.invoke is given, by the operation that it stands for.
INVOKED = {
    "AddColumnOp": "add_column",
    "AlterColumnOp": "alter_column",
    "BulkInsertOp": "bulk_insert",
    "CreateTableOp": "create_table",
    "DropColumnOp": "drop_column",
    "DropTableOp": "drop_table",
    "ExecuteSQLOp": "execute",
    "RenameTableOp": "rename_table",
    "CreateIndexOp": "create_index",
    "DropIndexOp": "drop_index",
    "DropConstraintOp": "drop_constraint",
    "CreateForeignKeyOp": "create_foreign_key",
    "CreateUniqueConstraintOp": "create_unique_constraint",
    "CreateCheckConstraintOp": "create_check_constraint",
    "CreatePrimaryKeyOp": "create_primary_key",
    "CreateTableCommentOp": "create_table_comment",
    "DropTableCommentOp": "drop_table_comment",
}


def changes_of(name: str, arguments: Arguments, batch: Table | None) -> Iterator[Change]:
    """Yield what the operation ``name`` changes; ``batch`` is the table of a batch operation."""
    call = _Call(name, arguments, batch)
    match name:
        case "add_column":
            yield from _added(call)
        case "drop_column":
            column_name = string_of(call.argument("column_name"))
            yield DropColumn(call.table(), column_name, call.if_needed)
        case "alter_column":
            yield from _altered(call)
        case "create_table":
            columns = tuple(_columns(arguments))
            complete = arguments.complete and all(map(_is_part, arguments.positional[1:]))
            yield CreateTable(call.table(), columns, if_needed=call.if_needed, complete=complete)
        case "drop_table":
            yield DropTable(call.table(), call.if_needed)
        case "rename_table":
            old = call.table("old_table_name")
            yield RenameTable(old, Table(call.table("new_table_name").name, old.schema))
        case "bulk_insert":
            yield from _inserted(call)
        case _ if name in _PARTS:
            yield _part(name, call)
        case _ if name in _PARAMETERS:
            yield OtherChange(name, call.table())
        case _ if name in _EXTENSIONS:
            yield OtherChange(name)
        case _:
            yield Unanalyzable(f"op.{name} is no operation of Alembic's own")


class _Call:
    """An operation's arguments by their names."""

    def __init__(self, name: str, arguments: Arguments, batch: Table | None) -> None:
        self.parameters = _PARAMETERS.get(name, ())
        if batch is not None:
            tables = ("table_name", "source_table")
            self.parameters = tuple(p for p in self.parameters if p not in tables)
        self.arguments = arguments
        self.batch = batch

    def argument(self, name: str) -> Value | None:
        position = self.parameters.index(name) if name in self.parameters else None
        return self.arguments.get(name, position)

    def table(self, parameter: str = "table_name", schema: str = "schema") -> Table:
        if self.batch is not None:
            return self.batch
        return table_named(self.argument(parameter), self.arguments.get(schema))

    @property
    def if_needed(self) -> bool:
        """Tell whether it may do nothing, because what it makes or drops may be there or gone."""
        given = (self.arguments.get("if_not_exists"), self.arguments.get("if_exists"))
        return any(value is not None and truth_of(value) is not False for value in given)


def table_named(name: Value | None, schema: Value | None) -> Table:
    """Return the table that a name and a ``schema=`` mean."""
    if isinstance(name, TableValue):
        return name.table
    if schema is None or (isinstance(schema, Known) and schema.value is None):
        return Table(string_of(name))
    return Table(string_of(name), string_of(schema) or UNKNOWN_SCHEMA)


def _columns(arguments: Arguments) -> Iterator[Column]:
    for value in arguments.positional:
        column = column_of(value)
        if column is not None:
            yield column


def _is_part(value: Value) -> bool:
    """Tell whether an argument of ``create_table`` is a column that was read, or a constraint."""
    return column_of(value) is not None or (isinstance(value, Built) and value.is_sqlalchemy)


def _added(call: _Call) -> Iterator[Change]:
    column = column_of(call.argument("column"))
    if column is None:
        yield Unanalyzable("the column that is added could not be read")
    else:
        yield AddColumn(call.table(), column, if_needed=call.if_needed)


def _altered(call: _Call) -> Iterator[Change]:
    nullable = call.arguments.get("nullable") or call.arguments.get("modify_nullable")
    new_name = call.arguments.get("new_column_name") or call.arguments.get("modify_name")
    if nullable is not None and not isinstance(nullable, Known):
        yield Unanalyzable("whether the column becomes NOT NULL could not be read")
        return
    said = nullable.value if nullable is not None else None
    yield AlterColumn(
        call.table(),
        string_of(call.argument("column_name")),
        nullable=None if said is None else bool(said),
        renamed_to=string_of(new_name),
        besides=tuple(a.rstrip("_") for a in _ASPECTS if call.arguments.get(a) is not None),
    )


def _part(name: str, call: _Call) -> Change:
    named = call.argument("index_name" if name.endswith("index") else "constraint_name")
    columns = items_of(call.argument("local_cols") or call.argument("columns") or UNKNOWN)
    read = [string_of(column) for column in columns or ()]
    if name == "create_foreign_key":
        table = call.table("source_table", "source_schema")
    else:
        table = call.table()
    part = Part(
        kind=_PARTS[name],
        name=string_of(named),
        made=name.startswith("create"),
        columns=tuple(filter(None, read)) if columns is not None and None not in read else None,
        final=isinstance(named, Known) and named.final,
        if_needed=call.if_needed,
    )
    return OtherChange(name, table, part)


def _inserted(call: _Call) -> Iterator[Change]:
    rows = call.argument("rows")
    if isinstance(rows, Sequence) and not items_of(rows):
        return
    yield ChangeRows(table_named(call.argument("table"), None), Rows.INSERT)
