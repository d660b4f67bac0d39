"""Which functions of a file are worth following: told by their text, long before anything is run.

Each function here gives outermost functions, or the module where its top level is meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from turnstay_lint.project.concurrency import is_synchronous
from turnstay_lint.project.dataflow.response_type import response_model
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.dataflow.writing import outermost_of_all
from turnstay_lint.project.expiring import expires_on_commit
from turnstay_lint.project.places import is_apart, is_test
from turnstay_lint.project.routers import endpoints
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.occurrences import occurrences, stands_in
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import FunctionNode, Scope

_SENDERS = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars", "exec"})
_GETTERS = frozenset({"get", "get_one", "query"})
_BUILDERS = ("sqlalchemy.", "sqlmodel.")
_STATEMENTS = frozenset({"select", "update", "delete", "text", "Select"})
_ASSIGNED = regex(r"\s*=(?!=)")
_MADE = regex(r"(?:\.model_validate)?\(")
_CALLED = regex(r"\(")
_GOT = regex(r"\(\s*[A-Za-z_#]")
_GENERIC_MODELS = frozenset({"cls", "model", "model_class"})
_NO_FRAGMENT = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom}
)
_FILLED = regex(r"\((?!\))")


def querying(source: SourceFile, words: Vocabulary) -> Iterable[Scope]:
    """Return what queries what tenants own, or stores a foreign key to it.

    Nothing of a file that is no part of the application, where nobody asks whose a row is.
    """
    if is_apart(source.path) or source.words.isdisjoint(words.sought.querying | words.stores.words):
        return ()
    return dict.fromkeys((*_sending(source, words), *_storing(source, words)))


def reading(source: SourceFile, words: Vocabulary) -> Iterable[Scope]:
    """Yield what reads relationships in async code; nothing of tests, which fail by themselves."""
    if "await" not in source.words or is_test(source.path):
        return
    if not words.models.classes or is_synchronous(words.project):
        return
    for names, origins in ((words.sought.reading, _makers), (words.sought.lazy, _fetchers)):
        readers = list(_readers(source, words, names)) if names else []
        places = origins(source, words) if readers else []
        for scope in readers if places else ():
            if scope.is_module or _holds(scope, places, source):
                yield scope


def _readers(source: SourceFile, words: Vocabulary, names: frozenset[str]) -> Iterator[Scope]:
    """Yield what reads one of those names in async code, and endpoints, whose answer may."""
    outermost = outermost_of_all(source)
    if not source.words.isdisjoint(names):
        reads = occurrences(source, names, before=".")
        for scope in source.index.functions:
            if isinstance(scope.node, ast.AsyncFunctionDef) and _holds(scope, reads, source):
                yield outermost[scope]
        if _awaits(source):
            yield source.index.module
    for endpoint in endpoints(words.project, source):
        if endpoint.scope is not None and isinstance(endpoint.function, ast.AsyncFunctionDef):
            if response_model(endpoint, words.project) is not None:
                yield outermost[endpoint.scope]


def _makers(source: SourceFile, words: Vocabulary) -> list[int]:
    return sorted((*_constructors(source, words), *_commits(source, words)))


def _constructors(source: SourceFile, words: Vocabulary) -> list[int]:
    """Return where new objects are made, on which nothing is loaded whatever is declared."""
    models = _as_called(source, words.sought.models) | _GENERIC_MODELS
    return occurrences(source, models, after=_MADE)


def _commits(source: SourceFile, words: Vocabulary) -> list[int]:
    """Return where a session forgets what it loaded, if its commits do."""
    expires = expires_on_commit(words.project)
    return occurrences(source, {"commit"}, before=".", after=_CALLED) if expires else []


def _fetchers(source: SourceFile, words: Vocabulary) -> list[int]:
    """Return where objects come from sessions, or from functions that ask one."""
    return sorted(
        (
            *occurrences(source, _SENDERS | {"query"}, before=".", after=_CALLED),
            *occurrences(source, {"get", "get_one"}, before=".", after=_GOT),
            *occurrences(source, _as_called(source, words.sought.fetching), after=_CALLED),
        )
    )


def _awaits(source: SourceFile) -> bool:
    """Tell whether a fragment awaits at its top level."""
    places = occurrences(source, {"await"})
    return any(
        isinstance(node, ast.Await)
        for statement in source.tree.body
        if type(statement) not in _NO_FRAGMENT and stands_in(places, source, statement)
        for node in ast.walk(statement)
    )


def _sending(source: SourceFile, words: Vocabulary) -> Iterator[Scope]:
    """Yield what looks like a query and names what tenants own, or a function that queries it."""
    if source.words.isdisjoint(words.sought.querying):
        return
    spoken = occurrences(source, _as_called(source, words.sought.querying))
    speaks: dict[Scope, bool] = {}
    outermost = outermost_of_all(source)
    for call, scope in source.index.calls:
        around = outermost[scope]
        if around not in speaks:
            speaks[around] = _holds(around, spoken, source) or _has_model(around, words)
        if speaks[around] and _looks_like_query(call, scope, words):
            speaks[around] = False  # once is enough
            yield around


def _has_model(function: Scope, words: Vocabulary) -> bool:
    """Tell whether the class around says ``model = Account``, so that methods need not name it."""
    owner = function.parent
    if owner is None or not owner.is_class:
        return False
    values = (binding.value for bindings in owner.bindings.values() for binding in bindings)
    named = (value for value in values if isinstance(value, ast.Name | ast.Attribute))
    return any((resolve(v, owner) or "").rpartition(".")[2] in words.sought.tenants for v in named)


def _holds(scope: Scope, offsets: list[int], source: SourceFile) -> bool:
    return not isinstance(scope.node, FunctionNode) or stands_in(offsets, source, scope.node)


def _as_called(source: SourceFile, names: frozenset[str]) -> frozenset[str]:
    """Return names with what a file calls them otherwise: ``import Account as A``."""
    return names | {
        name
        for name, bindings in source.scope.bindings.items()
        if bindings[-1].target.rpartition(".")[2] in names
    }


def _looks_like_query(call: ast.Call, scope: Scope, words: Vocabulary) -> bool:
    called = call.func
    if isinstance(called, ast.Attribute):
        if called.attr in _SENDERS or called.attr in words.sought.building:
            return True
        if called.attr in _GETTERS:
            first = call.args[0] if call.args else None
            return isinstance(first, ast.Name | ast.Attribute) and _is_capitalized(first)
        if called.attr not in _STATEMENTS:
            return False
    elif not isinstance(called, ast.Name):
        return False
    elif called.id in words.sought.building:
        return True
    name = resolve(called, scope)
    if name is None or name.rpartition(".")[2] not in _STATEMENTS:
        return False
    return words.project.canonical(name, scope.module).startswith(_BUILDERS)


def _is_capitalized(expression: ast.Name | ast.Attribute) -> bool:
    last = expression.id if isinstance(expression, ast.Name) else expression.attr
    return last[:1].isupper()


def _storing(source: SourceFile, words: Vocabulary) -> Iterator[Scope]:
    """Yield what stores a foreign key."""
    owners = words.sought.tenants | {words.access_name, words.settings.access_class}
    if source.words.isdisjoint(words.stores.words) or source.words.isdisjoint(owners):
        return
    stored = sorted(
        (
            *occurrences(source, {"setattr"}, after=_CALLED),
            *occurrences(source, {"values"}, before=".", after=_FILLED),
            *occurrences(source, _holders(source, words), after=_MADE),
            *_assigned(source, words),
        )
    )
    outermost = outermost_of_all(source)
    for scope in source.index.functions:
        if outermost[scope] is scope and _holds(scope, stored, source):
            yield scope


def _assigned(source: SourceFile, words: Vocabulary) -> Iterator[int]:
    """Yield where a foreign key is assigned to; an object's own is nobody's row."""
    for at in occurrences(source, words.stores.columns, before=".", after=_ASSIGNED):
        if not source.text.endswith("self.", 0, at):
            yield at


def _holders(source: SourceFile, words: Vocabulary) -> set[str]:
    """Return what a file calls the models that have foreign keys."""
    bound = source.scope.bindings
    found = {name for name in words.stores.holders & source.words if name not in bound}
    for name, bindings in bound.items():
        target = bindings[-1].target or f"{source.module}.{name}"
        if target.rpartition(".")[2] in words.stores.holders:
            model = words.symbol(target, source.module)
            if model is not None and words.stores.of(model.name):
                found.add(name)
    return found
