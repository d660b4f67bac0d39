"""What calls in a revision do: operations, statements sent, helpers of the module, Python's own."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable

from turnstay_lint.frameworks.alembic.calls import INVOKED, table_named
from turnstay_lint.frameworks.alembic.changes import CallElsewhere
from turnstay_lint.frameworks.alembic.classes import (
    instance_attribute,
    new_instance,
    with_receiver,
)
from turnstay_lint.frameworks.alembic.columns import column_of
from turnstay_lint.frameworks.alembic.journey import TooLong
from turnstay_lint.frameworks.alembic.operating import (
    ALL_TABLES,
    OP,
    OperationRunner,
    calls_back,
    hands_over,
)
from turnstay_lint.frameworks.alembic.python_calls import builtin
from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Built,
    Class,
    Environment,
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
    text_of,
)
from turnstay_lint.source.scopes import Scope, all_parameters

_DEDENTS = frozenset({"textwrap.dedent", "inspect.cleandoc"})
_TABLE_CLASSES = frozenset({"table", "Table"})
_ALEMBIC = frozenset(
    {
        "autogenerate", "command", "config", "context", "ddl", "environment", "migration", "op",
        "operations", "runtime", "script", "util",
    }
)  # fmt: skip
_OPERATIONS_CLASSES = frozenset(
    {"alembic.operations.Operations", "alembic.operations.base.Operations"}
)
Elsewhere = Callable[[str, str, bool], Value | None]
"""Gives what a dotted name is in another file, as a module names it, if that is to be followed.

The last argument says whether it is handed the operations, or a function.
"""
_MOST_ELSEWHERE = 4_000


class Interpreter(OperationRunner):
    """Runs a revision's functions and notes the operations that they make.

    ``elsewhere`` knows the functions of other files; without it their calls are noted as such.
    """

    def __init__(self, module: Environment, elsewhere: Elsewhere | None = None) -> None:
        super().__init__(module)
        self.elsewhere = elsewhere
        self._too_long: set[str] = set()

    def call(self, node: ast.Call, environment: Environment) -> Value:
        """Return what a call gives; operations and statements in it are noted."""
        callee = self.value(node.func, environment)
        if self.module is self.own:
            self._last = ((node, environment.scope),)
        return self._apply(callee, self.arguments(node, environment), node, environment.scope)

    def _apply(self, callee: Value, arguments: Arguments, node: ast.Call, scope: Scope) -> Value:
        match callee:
            case Function():
                return self._own(callee, arguments, node, scope)
            case Bound(function=function):
                return self._own(function, with_receiver(callee, arguments), node, scope)
            case Class():
                return self._made(callee, arguments, node, scope)
            case Instance() if called := instance_attribute(callee, "__call__"):
                return self._apply(called, arguments, node, scope)
            case (
                Reference(name="alembic.op.run_async")
                | Method(receiver=Operations(), name="run_async")
            ) if arguments.positional:
                first, *rest = arguments.positional
                bound = Arguments((UNKNOWN, *rest), arguments.keywords)
                return self._apply(first, bound, node, scope)
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

    def computed(self, method: Bound) -> Value:
        """Return what a property gives."""
        parameters = all_parameters(method.function.node.args)
        given: dict[str, Value] = {p.arg: method.receiver for p in list(parameters)[:1]}
        return self.invoke(method.function, given, None)

    def _made(self, cls: Class, arguments: Arguments, node: ast.Call, scope: Scope) -> Value:
        """An object of a class of the file; what its initialiser does is noted."""
        made = new_instance(cls, arguments)
        initialiser = instance_attribute(made, "__init__")
        if isinstance(initialiser, Bound):
            self._apply(initialiser, arguments, node, scope)
        elif cls.open:
            self._lost(arguments, node, scope, cls.name)
        return made

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
        return self.invoke(function, given, (node, scope))

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
            self.give_up(f"{last} {ALL_TABLES[last]}", node, scope)
        elif not built.is_sqlalchemy and not _is_alembic(name):
            if last == "add_column" and column_of(arguments.get("column", 1)):
                self._on_unknown(last, arguments, node, scope)
                return built
            followed = self._followed(name, arguments, node, scope)
            if followed is not None:
                return followed
            if not self._lost(arguments, node, scope, name):
                strings = tuple(filter(None, map(string_of, arguments.positional)))
                self.emit(CallElsewhere(name, strings, calls_back(arguments)), node, scope)
        return built

    def _followed(
        self, name: str, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> Value | None:
        """Return what a function of another file gives, None where it is not followed to its end.

        What it does is then not noted either.
        """
        if self.elsewhere is None or name in self._too_long:
            return None
        handed = hands_over(arguments) or calls_back(arguments)
        function = self.elsewhere(name, scope.module, handed)
        if function is None:
            return None
        if self.module is not self.own:
            return self._apply(function, arguments, node, scope)
        try:
            with self.within(_MOST_ELSEWHERE):
                return self._apply(function, arguments, node, scope)
        except (TooLong, RecursionError):
            self._too_long.add(name)
            return None

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


def _is_alembic(name: str) -> bool:
    """Tell whether a name is the package's, not of a service's own folder ``alembic``."""
    root, second, *_ = [*name.split("."), ""]
    return root == "alembic" and second in _ALEMBIC
