"""What the functions of a file do with the database, found in one forward pass over each.

``trace(source, project)`` is what rules ask. Only functions that hold a query of some kind are
followed, and each file is followed once for all rules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from msgspec import Struct

from turnstay_lint.project.concurrency import is_synchronous
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import LazyRead, Recorder, Sent
from turnstay_lint.project.dataflow.expressions import Evaluator, Exhausted
from turnstay_lint.project.dataflow.response_type import response_model
from turnstay_lint.project.dataflow.statements import ForwardPass
from turnstay_lint.project.dataflow.storing import Stored
from turnstay_lint.project.dataflow.vocabulary import Vocabulary, vocabulary
from turnstay_lint.project.dataflow.writing import outermost, writing_functions
from turnstay_lint.project.project import Project
from turnstay_lint.project.routers import endpoints
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

_SENDERS = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars", "exec"})
_GETTERS = frozenset({"get", "get_one", "query"})
_BUILDERS = ("sqlalchemy.", "sqlmodel.")
_STATEMENTS = frozenset({"select", "update", "delete", "text", "Select"})


class Trace(Struct, frozen=True):
    """What the functions of a file do: the queries that they send, in the order of the text.

    ``stored`` are the foreign keys and the tenant's columns that they store from what the client
    sent, unverified; ``reads`` the relationships that they read and nothing loaded.
    """

    sent: tuple[Sent, ...] = ()
    stored: tuple[Stored, ...] = ()
    reads: tuple[LazyRead, ...] = ()


def trace(source: SourceFile, project: Project) -> Trace:
    """Return what the functions of a file do.

    Queries where the service has tenants; reads where its sessions are asynchronous.
    """
    kept = source.remembered("dataflow", dict[int, tuple[Project, Trace]])
    known = kept.get(id(project))
    if known is None or known[0] is not project:
        known = kept[id(project)] = (project, _trace(source, project))
    return known[1]


def _trace(source: SourceFile, project: Project) -> Trace:
    words = vocabulary(project)
    querying = dict.fromkeys(_querying(source, words))
    writing = dict.fromkeys(writing_functions(source, words))
    reading = dict.fromkeys(_reading(source, words))
    sent: list[Sent] = []
    stored: list[Stored] = []
    reads: list[LazyRead] = []
    for scope in sorted(querying | writing | reading, key=_place):
        recorder = Recorder()
        evaluator = Evaluator(source, words, recorder)
        forward = ForwardPass(evaluator)
        try:
            if isinstance(scope.node, ast.Module):
                forward.block(scope.node.body, Environment())
            else:
                forward.function(scope)
        except (Exhausted, RecursionError):
            continue
        if scope in querying:
            sent.extend(recorder.sent)
        stored.extend(evaluator.storing.unverified if scope in querying | writing else ())
        reads.extend(recorder.reads if scope in reading else ())
    return Trace(tuple(sent), tuple(stored), tuple(reads))


def _querying(source: SourceFile, words: Vocabulary) -> Iterable[Scope]:
    """Return the outermost functions, or the module, that query or store what tenants own."""
    if source.words.isdisjoint(words.tenant_words | words.stores.words):
        return ()
    return _worth_following(source, words)


def _reading(source: SourceFile, words: Vocabulary) -> Iterable[Scope]:
    """Yield the outermost functions, or the module, that read relationships in async code."""
    if "await" not in source.words or not words.models.classes or is_synchronous(words.project):
        return
    if not source.words.isdisjoint(words.reading_words):
        for scope in source.index.functions:
            if isinstance(scope.node, ast.AsyncFunctionDef) and _reads(source, scope, words):
                yield outermost(scope)
        if _awaits(source.tree):
            yield source.index.module
    for endpoint in endpoints(words.project, source):
        if endpoint.scope is not None and isinstance(endpoint.function, ast.AsyncFunctionDef):
            if response_model(endpoint, words.project) is not None:
                yield outermost(endpoint.scope)


def _reads(source: SourceFile, scope: Scope, words: Vocabulary) -> bool:
    assert isinstance(scope.node, ast.AsyncFunctionDef)
    start = source.lines.offset(scope.node.lineno, 0)
    end = source.lines.offset((scope.node.end_lineno or scope.node.lineno) + 1, 0)
    return words.relationships_read.search(source.text, start, end) is not None


def _awaits(module: ast.Module) -> bool:
    """Tell whether a fragment awaits at its top level."""
    plain = [s for s in module.body if not isinstance(s, FunctionNode | ast.ClassDef)]
    return any(isinstance(node, ast.Await) for s in plain for node in ast.walk(s))


def _worth_following(source: SourceFile, words: Vocabulary) -> Iterable[Scope]:
    """Return the outermost functions, or the module, that hold what looks like a query.

    Those that store a foreign key are worth it too.
    """
    found: dict[Scope, None] = {}
    if not source.words.isdisjoint(words.tenant_words):
        for call, scope in source.index.calls:
            if _looks_like_query(call, scope, words):
                found.setdefault(outermost(scope))
    asking = [scope for scope in found if _speaks_of_tenants(source, scope, words)]
    return dict.fromkeys((*asking, *_storing(source, words)))


def _storing(source: SourceFile, words: Vocabulary) -> Iterator[Scope]:
    """Yield the outermost functions whose text stores a foreign key."""
    owners = words.tenant_words | {words.access_name, words.settings.access_class}
    if source.words.isdisjoint(words.stores.words) or source.words.isdisjoint(owners):
        return
    pattern = words.stores.pattern(_holders(source, words))
    for scope in source.index.functions:
        if outermost(scope) is scope and pattern.search(*_text(source, scope)) is not None:
            yield scope


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


def _text(source: SourceFile, scope: Scope) -> tuple[str, int, int]:
    """Return the file's text, and where in it a function begins and ends."""
    node = scope.node
    assert isinstance(node, FunctionNode)
    start = source.lines.offset(node.lineno, 0)
    return source.text, start, source.lines.offset((node.end_lineno or node.lineno) + 1, 0)


def _speaks_of_tenants(source: SourceFile, scope: Scope, words: Vocabulary) -> bool:
    """Tell whether the text of a function names a tenant-owned model or its table."""
    node = scope.node
    if isinstance(node, ast.Module) or not hasattr(node, "lineno"):
        return True
    start = source.lines.offset(node.lineno, 0)
    end = source.lines.offset((node.end_lineno or node.lineno) + 1, 0)
    if words.tenants_spoken_of.search(source.text, start, end) is not None:
        return True
    return any(name in source.text[start:end] for name in _renamed(source, words))


def _renamed(source: SourceFile, words: Vocabulary) -> frozenset[str]:
    """Return what a file calls tenant-owned models otherwise: ``import Account as A``."""
    return frozenset(
        name
        for name, bindings in source.scope.bindings.items()
        if words.tenants_spoken_of.fullmatch(bindings[-1].target.rpartition(".")[2])
        and name != bindings[-1].target.rpartition(".")[2]
    )


def _looks_like_query(call: ast.Call, scope: Scope, words: Vocabulary) -> bool:
    called = call.func
    if isinstance(called, ast.Attribute):
        if called.attr in _SENDERS:
            return True
        if called.attr in _GETTERS:
            first = call.args[0] if call.args else None
            return isinstance(first, ast.Name | ast.Attribute) and _is_capitalized(first)
        if called.attr not in _STATEMENTS:
            return False
    elif not isinstance(called, ast.Name):
        return False
    name = resolve(called, scope)
    if name is None or name.rpartition(".")[2] not in _STATEMENTS:
        return False
    return words.project.canonical(name, scope.module).startswith(_BUILDERS)


def _is_capitalized(expression: ast.Name | ast.Attribute) -> bool:
    last = expression.id if isinstance(expression, ast.Name) else expression.attr
    return last[:1].isupper()


def _place(scope: Scope) -> tuple[int, int]:
    node = scope.node
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
