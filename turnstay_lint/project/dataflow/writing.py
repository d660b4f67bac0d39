"""Functions that may write what a client says to a tenant column, told by their text alone."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.fastapi import is_routed
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.scopes import FunctionNode, Scope

_DUMPED = (".model_dump(", ".dict(", ".model_validate(")


def writing_functions(source: SourceFile, words: Vocabulary) -> tuple[Scope, ...]:
    """Return the outermost functions that take a client's words and may write a tenant column."""
    if is_apart(source.path) or not words.tenancy.owned:
        return ()
    dumped = any(word in source.text for word in _DUMPED)
    columns = [column for column in words.tenant_columns if column in source.text]
    if not dumped and not columns:
        return ()
    found: dict[Scope, None] = {}
    for scope in _of_clients(source, words):
        start, end = _lines(source, scope)
        if (dumped and any(source.text.find(word, start, end) >= 0 for word in _DUMPED)) or (
            any(source.text.find(column, start, end) >= 0 for column in columns)
            and words.sought.tenant_written.search(source.text[start:end])
        ):
            found[outermost_of_all(source)[scope]] = None
    return tuple(found)


def _of_clients(source: SourceFile, words: Vocabulary) -> Iterator[Scope]:
    """Yield endpoints, and functions that are handed a request."""
    for endpoint in endpoints(words.project, source):
        if endpoint.scope is not None:
            yield endpoint.scope
    if "Request" in source.text:
        for scope in source.index.functions:
            if source.text.find("Request", *_lines(source, scope)) >= 0:
                yield scope


def _lines(source: SourceFile, scope: Scope) -> tuple[int, int]:
    """Return where the lines of a function begin and end in the text."""
    node = scope.node
    assert isinstance(node, FunctionNode)
    starts, after = source.lines.starts, node.end_lineno or node.lineno
    end = starts[after] if after < len(starts) else len(source.text)
    return source.lines.offset(node.lineno, 0), end


@fact
def outermost_of_all(source: SourceFile) -> dict[Scope, Scope]:
    """Return ``outermost`` of every scope of a file, found from the outside inwards."""
    found: dict[Scope, Scope] = {}
    for scope in source.index.scopes.values():
        around = found[scope.parent] if scope.parent is not None else scope
        if scope.is_function and (not around.is_function or is_routed(scope.node)):
            around = scope
        found[scope] = around
    return found


def outermost(scope: Scope) -> Scope:
    """Return the outermost function around a scope, or the module.

    An endpoint stands for itself, though a function that makes routers defines it.
    """
    found, here = scope, scope
    while here.parent is not None:
        if here.is_function:
            found = here
            if is_routed(here.node):
                return found
        here = here.parent
    return found if found.is_function else here
