"""What calls in a revision do: operations, statements sent, helpers of the module, Python's own."""

from __future__ import annotations

import ast
import textwrap
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
)
from turnstay_lint.frameworks.alembic.columns import column_of, is_column
from turnstay_lint.frameworks.alembic.interpreter import StatementRunner
from turnstay_lint.frameworks.alembic.python_calls import (
    builtin,
    dict_method,
    list_method,
    string_method,
)
from turnstay_lint.frameworks.alembic.statements import query_changes, statement_changes
from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Arguments,
    Built,
    Either,
    Environment,
    Function,
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
    text_of,
)
from turnstay_lint.source.scopes import Scope, all_parameters

OP = "alembic.op"
_SENDS = frozenset({"execute", "exec_driver_sql", "scalar", "scalars", "executemany"})
_DEDENTS = frozenset({"textwrap.dedent", "inspect.cleandoc"})
_ORM_INSERTS = frozenset({"add", "add_all", "bulk_insert_mappings", "bulk_save_objects"})
_ORM_UPDATES = frozenset({"bulk_update_mappings", "merge"})
_TABLE_CLASSES = frozenset({"table", "Table"})
_ALL_TABLES = {
    "create_all": "creates whatever tables are missing",
    "drop_all": "drops whatever tables are there",
}
_SILENT = frozenset({"get_bind", "get_context", "f", "run_async"})
_OPERATIONS_CLASSES = frozenset(
    {"alembic.operations.Operations", "alembic.operations.base.Operations"}
)


class Interpreter(StatementRunner):
    """Runs a revision's functions and notes the operations that they make."""

    def __init__(self, scopes: dict[ast.AST, Scope], module: Environment) -> None:
        super().__init__(scopes)
        self.module = module

    def call(self, node: ast.Call, environment: Environment) -> Value:
        """Return what a call gives; operations and statements in it are noted."""
        callee = self.value(node.func, environment)
        return self._apply(callee, self.arguments(node, environment), node, environment.scope)

    def _apply(self, callee: Value, arguments: Arguments, node: ast.Call, scope: Scope) -> Value:
        match callee:
            case Function():
                return self._own(callee, arguments, node, scope)
            case Reference(name=name) if name.startswith(f"{OP}."):
                name = name.removeprefix(f"{OP}.")
                return self._operation(Operations(), name, arguments, node, scope)
            case Reference(name=name):
                return self._named(name, arguments, node, scope)
            case Method(receiver=Operations() as operations, name=name):
                return self._operation(operations, name, arguments, node, scope)
            case Method(receiver=receiver, name=name):
                return self._method(receiver, name, arguments, node, scope)
            case Built(callee="functools.partial", arguments=bound) if bound.positional:
                first, *rest = bound.positional
                given = {**bound.keywords, **arguments.keywords}
                joined = Arguments((*rest, *arguments.positional), given, arguments.complete)
                return self._apply(first, joined, node, scope)
        self._lost(arguments, node, scope)
        return UNKNOWN

    def _own(self, function: Function, arguments: Arguments, node: ast.Call, scope: Scope) -> Value:
        parameters = function.node.args
        if not arguments.complete:
            self._lost(arguments, node, scope)
        plain = [*parameters.posonlyargs, *parameters.args]
        given: dict[str, Value] = {p.arg: UNKNOWN for p in all_parameters(parameters)}
        defaults = zip(reversed(plain), reversed(parameters.defaults), strict=False)
        for parameter, default in [
            *defaults,
            *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
        ]:
            if default is not None:
                given[parameter.arg] = self.value(default, function.environment)
        given.update(zip([p.arg for p in plain], arguments.positional, strict=False))
        if parameters.vararg is not None:
            given[parameters.vararg.arg] = Sequence(list(arguments.positional[len(plain) :]))
        if parameters.kwarg is not None:
            rest = {k: v for k, v in arguments.keywords.items() if k not in given}
            given[parameters.kwarg.arg] = Mapping([(Known(k), v) for k, v in rest.items()])
        given.update({k: v for k, v in arguments.keywords.items() if k in given})
        return self.invoke(function, given, node)

    def _named(self, name: str, arguments: Arguments, node: ast.Call, scope: Scope) -> Value:
        """A function by its dotted name: Python's own are run, SQLAlchemy's kept as written."""
        root, _, last = name.rpartition(".")
        if root == "builtins":
            return self._builtin(last, arguments, node, scope)
        if root.rpartition(".")[2] in INVOKED and name.startswith("alembic."):
            rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.complete)
            return self._operation(Operations(), last, rest, node, scope)
        if name in _OPERATIONS_CLASSES:
            return Operations()
        if name in _DEDENTS and arguments.positional:
            return Known(textwrap.dedent(text_of(arguments.positional[0])))
        if last in _TABLE_CLASSES and name.startswith("sqlalchemy"):
            columns = arguments.positional[1:]
            named = table_named(arguments.get("name", 0), arguments.get("schema"))
            return TableValue(named, columns)
        if last == "quoted_name" and arguments.positional:
            return arguments.positional[0]
        built = Built(name, arguments, node, scope)
        if last in ("create_all", "drop_all"):
            self.give_up(f"{last} {_ALL_TABLES[last]}", node, scope)
        elif not built.is_sqlalchemy and not _is_alembic(name, scope):
            if last == "add_column" and column_of(arguments.get("column", 1)):
                self._on_unknown(last, arguments, node, scope)
            elif not self._lost(arguments, node, scope):
                strings = tuple(filter(None, map(string_of, arguments.positional)))
                self.emit(CallElsewhere(name, strings), node, scope)
        return built

    def _builtin(self, name: str, arguments: Arguments, node: ast.Call, scope: Scope) -> Value:
        """Python's own functions; those that take a function call it."""
        match name, arguments.positional:
            case "map", (function, items) if (rows := items_of(items)) is not None:
                return Sequence(
                    [self._apply(function, Arguments((row,), {}), node, scope) for row in rows]
                )
            case "getattr", (holder, Known(value=str(attribute)), *_):
                return self._attribute(holder, attribute)
            case "globals", ():
                return Mapping([(Known(name), value) for name, value in self.module.names.items()])
        return builtin(name, arguments)

    def _lost(self, arguments: Arguments, node: ast.Call, scope: Scope) -> bool:
        """What cannot be followed and is handed ``op`` or a column may do anything with it."""
        given = [*arguments.positional, *arguments.keywords.values()]
        lost = any(_is_operations(value) or is_column(value) for value in given)
        if lost:
            self.give_up("a function of another file is handed the operations", node, scope)
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
                return Operations(table, [], node)
            case "execute":
                self._send(arguments.get("sqltext", 0), node, scope)
            case "invoke":
                return self._invoked(operations, arguments.get("operation", 0), node, scope)
            case "run_async" if isinstance(first, Function):
                bound = Arguments((UNKNOWN, *arguments.positional[1:]), arguments.keywords)
                return self._own(first, bound, node, scope)
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
                self.emit(OtherChange(f"{name.title()}Enum"), node, scope)
        if name in _SENDS and arguments.positional:
            self._send(arguments.positional[0], node, scope)
        elif name == "enter_context" and arguments.positional:
            entered = arguments.positional[0]
            if isinstance(entered, Operations):
                return Operations(entered.table, batch=entered.batch)
            return entered
        elif name in OPERATIONS and not isinstance(receiver, Built):
            self._on_unknown(name, arguments, node, scope)
        elif name in _ALL_TABLES:
            self.give_up(f"{name} {_ALL_TABLES[name]}", node, scope)
        elif name in _ORM_INSERTS and isinstance(receiver, Built) and receiver.is_sqlalchemy:
            self.emit(ChangeRows(Table(None), Rows.INSERT), node, scope)
        elif name in _ORM_UPDATES and isinstance(receiver, Built) and receiver.is_sqlalchemy:
            self.emit(ChangeRows(Table(None), Rows.UPDATE), node, scope)
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


def _is_alembic(name: str, scope: Scope) -> bool:
    """Tell whether a name is the package's, not of a service's own folder ``alembic``."""
    root, second, *_ = [*name.split("."), ""]
    return root == "alembic" and [root, second] != scope.module.split(".")[:2]


def _is_operations(value: Value) -> bool:
    match value:
        case Either(values=values):
            return any(_is_operations(one) for one in values)
        case Reference(name=name):
            return name == OP or name.startswith(f"{OP}.")
        case Method(receiver=receiver):
            return _is_operations(receiver)
    return isinstance(value, Operations)
