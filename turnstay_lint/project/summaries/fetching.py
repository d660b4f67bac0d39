"""What the functions of a file have to do with loading, for whoever calls them.

A getter gives objects that a query loaded, and which relationships it loaded with them only the
getter knows. Read from the file alone and without following values: what is not certain is ``?``
or ``*``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.project.summaries.summary import Fetching
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope, inner_bodies

SENDERS = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars", "exec"})
"""Methods of a session that send a statement."""
GETTERS = frozenset({"get", "get_one"})
LOADERS = frozenset(
    {"selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager"}
)
"""Loader options that load the relationship that they name."""
PLAIN_REFRESH = "<refresh>"
ANYTHING = "*"
QUERY = "<query>"
UNKNOWN = "?"
RESULTS = frozenset(
    {
        "all", "fetchall", "fetchmany", "fetchone", "first", "one", "one_or_none", "scalar",
        "scalar_one", "scalar_one_or_none", "scalars", "tuples", "unique", "yield_per",
    }
)  # fmt: skip
SAME = frozenset({"list", "set", "tuple", "sorted", "reversed"})
_LOADING = LOADERS | GETTERS | {"refresh", "run_sync", "set_committed_value", "options"}
_SPEAKING = ("await", "load", "refresh", "contains_eager", "options", "run_sync")
_MOST_STEPS = 12


def fetching(source: SourceFile) -> dict[Scope, Fetching]:
    """Return what the functions of a file have to do with loading, those that have anything."""
    if not any(word in source.text for word in _SPEAKING):
        return {}
    loads = _loads(source)
    found = {}
    for scope in source.index.functions:
        sources = _Sources(scope).found if isinstance(scope.node, ast.AsyncFunctionDef) else None
        loaded = loads.get(scope, frozenset())
        if sources or loaded:
            found[scope] = Fetching(sources or frozenset(), loaded)
    return found


def _loads(source: SourceFile) -> dict[Scope, frozenset[str]]:
    everything = frozenset({ANYTHING}) if "awaitable_attrs" in source.words else frozenset()
    found: dict[Scope, set[str]] = {}
    if not everything and source.words.isdisjoint(_LOADING):
        return {}
    for call, scope in source.index.calls:
        called = call.func
        name = called.attr if type(called) is ast.Attribute else getattr(called, "id", "")
        names = loaded_by(call, name) if name in _LOADING else frozenset()
        function = scope.function if names or everything else None
        if function is not None:
            found.setdefault(function, set()).update(names, everything)
    return {scope: frozenset(names) for scope, names in found.items()}


def loaded_by(call: ast.Call, name: str) -> frozenset[str]:
    """Return the relationships that a call of that name asks for, by its arguments as written."""
    match name:
        case "refresh":
            return _refreshed(call)
        case "run_sync":
            return frozenset({ANYTHING})
        case "set_committed_value":
            given = call.args[1] if len(call.args) > 1 else None
            return frozenset({_string(given) or ANYTHING})
        case "options":
            plain = all(isinstance(argument, ast.Call) for argument in call.args)
            return frozenset() if plain else frozenset({ANYTHING})
        case "get" | "get_one":
            given = next((k.value for k in call.keywords if k.arg == "options"), None)
            written = isinstance(given, ast.List | ast.Tuple) and all(
                isinstance(option, ast.Call) for option in given.elts
            )
            return frozenset() if given is None or written else frozenset({ANYTHING})
    if name in LOADERS:
        return frozenset(map(_attribute, call.args))
    return frozenset()


def _refreshed(call: ast.Call) -> frozenset[str]:
    named = next((k.value for k in call.keywords if k.arg == "attribute_names"), None)
    named = call.args[1] if len(call.args) > 1 else named
    if any(k.arg is None for k in call.keywords):
        return frozenset({ANYTHING})
    if named is None:
        return frozenset({PLAIN_REFRESH})
    if not isinstance(named, ast.List | ast.Tuple | ast.Set):
        return frozenset({ANYTHING})
    return frozenset(_string(element) or ANYTHING for element in named.elts)


def _string(expression: ast.expr | None) -> str:
    match expression:
        case ast.Constant(value=str(text)):
            return text
    return ""


def _attribute(expression: ast.expr) -> str:
    """``Account.company``, ``Account.payments.of_type(...)``, ``Account.payments.and_(...)``."""
    match expression:
        case ast.Call(func=ast.Attribute(value=inner, attr="of_type" | "and_")):
            return _attribute(inner)
        case ast.Attribute(attr=name):
            return name
    return ANYTHING


class _Sources:
    """Where the objects come from that one function returns."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._steps = 0
        assert isinstance(scope.node, FunctionNode)
        found: set[str] = set()
        for value in _returned(scope.node.body):
            found.update(self._of(value))
            if UNKNOWN in found:
                break
        self.found = frozenset() if UNKNOWN in found else frozenset(found)

    def _of(self, expression: ast.expr | None, *, awaited: bool = False) -> Iterator[str]:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            yield UNKNOWN
            return
        match expression:
            case None | ast.Constant(value=None) | ast.List(elts=[]):
                return
            case ast.Await(value=inner):
                yield from self._of(inner, awaited=True)
            case ast.IfExp(body=one, orelse=other):
                yield from self._of(one)
                yield from self._of(other)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from self._of(value)
            case ast.Name(id=name):
                yield from self._of_name(name)
            case ast.Call():
                yield from self._of_call(expression, awaited)
            case _:
                yield UNKNOWN

    def _of_name(self, name: str) -> Iterator[str]:
        bindings = self._scope.bindings.get(name, [])
        if not bindings or any(b.kind is not Binds.ASSIGNMENT for b in bindings):
            yield UNKNOWN
            return
        for binding in bindings:
            if binding.value is None:
                yield UNKNOWN
            yield from self._of(binding.value)

    def _of_call(self, call: ast.Call, awaited: bool) -> Iterator[str]:
        called = call.func
        if isinstance(called, ast.Attribute):
            first = call.args[0] if call.args else None
            if called.attr in SENDERS or (called.attr in GETTERS and _is_class(first)):
                yield QUERY if awaited else UNKNOWN
                return
            if called.attr in RESULTS:
                yield from self._of(called.value)
                return
        name = resolve(called, self._scope) or self._own_method(called)
        if name.rpartition(".")[2] in SAME and name.startswith("builtins.") and call.args:
            yield from self._of(call.args[0])
        else:
            yield UNKNOWN if not name or name.startswith("builtins.") else name

    def _own_method(self, called: ast.expr) -> str:
        """``self.get(...)`` is a method of the class around."""
        owner = self._scope.parent
        node = self._scope.node
        match called:
            case ast.Attribute(value=ast.Name(id=base), attr=method) if (
                owner is not None and owner.is_class and isinstance(node, FunctionNode)
            ):
                if node.args.args and node.args.args[0].arg == base:
                    return f"{owner.module}.{owner.qualname}.{method}"
        return ""


def _is_class(expression: ast.expr | None) -> bool:
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name[:1].isupper()
    return False


def _returned(body: list[ast.stmt]) -> Iterator[ast.expr]:
    """Yield what the return statements of a function give, those of inner functions left out."""
    todo = list(body)
    while todo:
        statement = todo.pop()
        if isinstance(statement, ast.Return) and statement.value is not None:
            yield statement.value
        elif not isinstance(statement, FunctionNode | ast.ClassDef):
            for inner in inner_bodies(statement):
                todo.extend(inner)
