"""What operations do that a revision asks of ``op``, of a batch, or of what it made itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from turnstay_lint.frameworks.alembic.calls import INVOKED, OPERATIONS, changes_of, table_named
from turnstay_lint.frameworks.alembic.changes import (
    AddColumn,
    CallElsewhere,
    Change,
    ChangeRows,
    CreateTable,
    DropTable,
    OtherChange,
    Rows,
    Table,
    Unanalyzable,
)
from turnstay_lint.frameworks.alembic.columns import column_of, is_column, type_named
from turnstay_lint.frameworks.alembic.interpreter import StatementRunner
from turnstay_lint.frameworks.alembic.python_calls import dict_method, list_method, string_method
from turnstay_lint.frameworks.alembic.statements import query_changes, statement_changes
from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Arguments,
    Batch,
    Built,
    Either,
    Function,
    Instance,
    Known,
    Mapping,
    Method,
    Operations,
    Reference,
    Sequence,
    TableValue,
    Value,
    items_of,
    string_of,
)
from turnstay_lint.source.scopes import Scope

OP = "alembic.op"
ALL_TABLES = {
    "create_all": "creates whatever tables are missing",
    "drop_all": "drops whatever tables are there",
}
_SENDS = frozenset({"execute", "exec_driver_sql", "scalar", "scalars", "executemany"})
_ORM_INSERTS = frozenset({"add", "add_all", "bulk_insert_mappings", "bulk_save_objects"})
_ORM_UPDATES = frozenset({"bulk_update_mappings", "merge"})
_SILENT = frozenset({"get_bind", "get_context", "f", "run_async"})


class OperationRunner(StatementRunner):
    """Notes what operations, statements that are sent and methods of objects change."""

    def _lost(self, arguments: Arguments, node: ast.Call, scope: Scope, function: str = "") -> bool:
        """What cannot be followed and is handed ``op`` or a column may do anything with it."""
        lost = hands_over(arguments)
        if lost:
            reason = "a function of another file is handed the operations"
            self.emit(Unanalyzable(reason, function=function), node, scope)
        return lost

    def _operation(
        self, operations: Operations, name: str, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> Value:
        first = arguments.positional[0] if arguments.positional else UNKNOWN
        match name:
            case "f":
                return Known(first.value, node, final=True) if isinstance(first, Known) else first
            case "batch_alter_table":
                table = table_named(arguments.get("table_name", 0), arguments.get("schema"))
                return Operations(table, [], Batch(node, scope))
            case "execute":
                self._send(arguments.get("sqltext", 0), node, scope)
            case "invoke":
                return self._invoked(operations, arguments.get("operation", 0), node, scope)
            case _ if name not in _SILENT:
                if name == "create_table":
                    self._note(changes_of(name, arguments, None), operations, node, scope)
                    return TableValue(table_named(first, arguments.get("schema")))
                changes = changes_of(name, arguments, operations.table)
                self._note(changes, operations, node, scope)
        return Built(f"{OP}.{name}", arguments, node, scope)

    def _invoked(
        self, operations: Operations, value: Value | None, node: ast.Call, scope: Scope
    ) -> Value:
        if not isinstance(value, Built) or value.name not in INVOKED:
            self.give_up("the operation that op.invoke is given could not be read", node, scope)
            return UNKNOWN
        arguments = value.arguments
        if INVOKED[value.name] == "execute":
            self._send(arguments.get("sqltext", 0), node, scope)
            return UNKNOWN
        if value.name == "CreateTableOp":
            columns = items_of(arguments.get("columns", 1) or UNKNOWN) or []
            arguments = Arguments((*arguments.positional[:1], *columns), arguments.keywords)
        self._note(changes_of(INVOKED[value.name], arguments, None), operations, node, scope)
        return UNKNOWN

    def _note(
        self, changes: Iterable[Change], operations: Operations, node: ast.Call, scope: Scope
    ) -> None:
        for change in changes:
            if operations.queue is not None:
                operations.queue.append(self.here(change, node, scope, operations.batch))
            else:
                self.emit(change, node, scope, operations.batch)

    def _send(self, statement: Value | None, node: ast.Call, scope: Scope) -> None:
        for change in statement_changes(statement):
            self.emit(change, node, scope)

    def _method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> Value:
        match receiver:
            case Known(value=str(text)):
                return string_method(text, name, arguments)
            case Sequence(items=items):
                return list_method(items, name, arguments)
            case Mapping():
                return dict_method(receiver, name, arguments)
            case TableValue(table=table) if name in ("create", "drop"):
                created = name == "create"
                self.emit(_created(receiver) if created else DropTable(table), node, scope)
                return UNKNOWN
            case Built(name="Enum" | "ENUM") if name in ("create", "drop"):
                typed = OtherChange(f"{name}_type", type_name=type_named(receiver))
                self.emit(typed, node, scope)
        if name in _SENDS and arguments.positional:
            self._send(arguments.positional[0], node, scope)
        elif name == "enter_context" and arguments.positional:
            entered = arguments.positional[0]
            if isinstance(entered, Operations):
                return Operations(entered.table, batch=entered.batch)
            return entered
        elif name in OPERATIONS and not isinstance(receiver, Built):
            self._on_unknown(name, arguments, node, scope)
        elif name in ALL_TABLES:
            self.give_up(f"{name} {ALL_TABLES[name]}", node, scope)
        elif name in _ORM_INSERTS and isinstance(receiver, Built) and receiver.is_sqlalchemy:
            self.emit(ChangeRows(Table(None), Rows.INSERT), node, scope)
        elif name in _ORM_UPDATES and isinstance(receiver, Built) and receiver.is_sqlalchemy:
            self.emit(ChangeRows(Table(None), Rows.UPDATE), node, scope)
        elif isinstance(receiver, Instance):
            self.emit(CallElsewhere(f"{receiver.cls.name}.{name}"), node, scope)
        elif isinstance(receiver, Built) and receiver.receiver is None:
            own = f"{scope.module}."
            if receiver.callee.startswith(own):
                self.emit(CallElsewhere(f"{receiver.callee}.{name}"), node, scope)
        built = Built(f".{name}", arguments, node, scope, receiver)
        for change in query_changes(built):
            self.emit(change, node, scope)
        self._lost(arguments, node, scope)
        return built

    def _on_unknown(self, name: str, arguments: Arguments, node: ast.Call, scope: Scope) -> None:
        """``batch.add_column(Column(...))`` where nobody knows the batch: the column tells."""
        columns = [column for value in arguments.positional[:2] if (column := column_of(value))]
        if name == "add_column" and columns:
            first = arguments.positional[0]
            self.emit(AddColumn(Table(string_of(first)), columns[0]), node, scope)


def _created(value: TableValue) -> CreateTable:
    columns = tuple(filter(None, map(column_of, value.columns)))
    return CreateTable(value.table, columns, complete=bool(columns))


def hands_over(arguments: Arguments) -> bool:
    """Tell whether a function is given ``op``, a batch or a column."""
    given = [*arguments.positional, *arguments.keywords.values()]
    return any(_is_operations(value) or is_column(value) for value in given)


def calls_back(arguments: Arguments) -> bool:
    """Tell whether a function is given a function."""
    given = [*arguments.positional, *arguments.keywords.values()]
    return any(isinstance(value, Function) for value in given)


def _is_operations(value: Value) -> bool:
    match value:
        case Either(values=values):
            return any(_is_operations(one) for one in values)
        case Reference(name=name):
            return name == OP or name.startswith(f"{OP}.")
        case Method(receiver=receiver):
            return _is_operations(receiver)
    return isinstance(value, Operations)
