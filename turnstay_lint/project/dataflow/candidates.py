"""Which functions of a file are worth following: told by their text, long before anything is run.

Each function here gives outermost functions, or the module where its top level is meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from turnstay_lint.project.dataflow.response_type import response_models
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.dataflow.writing import outermost_of_all
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.models.concurrency import is_synchronous
from turnstay_lint.project.models.expiring import expires_on_commit
from turnstay_lint.project.summaries.places import is_apart, is_test
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.occurrences import occurrences, speaks_of, stands_in
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
    """Return what reads relationships in async code; nothing of tests, which fail by themselves."""
    if "await" not in source.words or is_test(source.path):
        return ()
    if not words.models.classes or is_synchronous(words.project):
        return ()
    found: dict[Scope, None] = {}
    for names, origins in ((words.sought.reading, _makers), (words.sought.lazy, _fetchers)):
        if not names:
            continue
        if source.words.isdisjoint(names) and not endpoints(words.project, source):
            continue
        places = origins(source, words)
        for scope in (*_readers(source, names), *_answering(source, words)) if places else ():
            if scope.is_module or _holds(scope, places, source):
                found[scope] = None
    return found


def _readers(source: SourceFile, names: frozenset[str]) -> Iterator[Scope]:
    """Yield what reads one of those names in async code."""
    if source.words.isdisjoint(names):
        return
    reads = occurrences(source, names, before=".")
    for scope in source.index.functions if reads else ():
        if type(scope.node) is ast.AsyncFunctionDef and _holds(scope, reads, source):
            yield outermost_of_all(source)[scope]
    if _awaits(source):
        yield source.index.module


def _answering(source: SourceFile, words: Vocabulary) -> list[Scope]:
    """Return the endpoints whose answer may read relationships."""
    models = response_models(source, words.project)
    return [
        outermost_of_all(source)[endpoint.scope]
        for endpoint in endpoints(words.project, source)
        if endpoint.scope is not None and type(endpoint.function) is ast.AsyncFunctionDef
        if models.of(endpoint) is not None
    ]


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
    names = source.words & _as_called(source, words.sought.querying)
    speaks: dict[Scope, bool] = {}
    outermost = outermost_of_all(source)
    here, speaking = None, False
    for call, scope in source.index.calls:
        if scope is not here:
            here, around = scope, outermost[scope]
            if around not in speaks:
                speaks[around] = _speaks(around, names, source) or _has_model(around, words)
            speaking = speaks[around]
        if speaking and _looks_like_query(call, scope, words):
            speaks[around] = speaking = False  # once is enough
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


def _speaks(scope: Scope, names: frozenset[str], source: SourceFile) -> bool:
    node = scope.node
    return not isinstance(node, FunctionNode) or speaks_of(source, names, node)


def _as_called(source: SourceFile, names: frozenset[str]) -> frozenset[str]:
    """Return names with what a file calls them otherwise: ``import Account as A``."""
    called = [name for name, last in _renamed(source) if last in names]
    return names.union(called) if called else names


@fact
def _renamed(source: SourceFile) -> tuple[tuple[str, str], ...]:
    """Return what a file calls otherwise than its last name says, with that name."""
    return tuple(
        (name, last)
        for name, bindings in source.scope.bindings.items()
        if (last := bindings[-1].target.rpartition(".")[2]) != name
    )


def _looks_like_query(call: ast.Call, scope: Scope, words: Vocabulary) -> bool:
    called = call.func
    if isinstance(called, ast.Attribute):
        name = called.attr
        if name in _SENDERS or name in words.sought.building:
            return True
        if name in _GETTERS:
            first = call.args[0] if call.args else None
            return isinstance(first, ast.Name | ast.Attribute) and _is_capitalized(first)
        if name not in _STATEMENTS:
            return False
    elif not isinstance(called, ast.Name):
        return False
    elif called.id in words.sought.building:
        return True
    dotted = resolve(called, scope)
    if dotted is None or dotted.rpartition(".")[2] not in _STATEMENTS:
        return False
    return words.project.canonical(dotted, scope.module).startswith(_BUILDERS)


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
