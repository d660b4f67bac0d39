"""What the functions of a file do with the database, found in one forward pass over each.

``trace(source, project)`` is what rules ask. Only functions that hold a query of some kind are
followed, each once for all rules.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import cached_property

from msgspec import Struct

from turnstay_lint.project.calls.reaching import serves_no_tenant
from turnstay_lint.project.dataflow import candidates
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import LazyRead, Recorder, Sent
from turnstay_lint.project.dataflow.expressions import Evaluator, Exhausted
from turnstay_lint.project.dataflow.handing_on import HandedOn
from turnstay_lint.project.dataflow.parameters import parameters
from turnstay_lint.project.dataflow.statements import ForwardPass
from turnstay_lint.project.dataflow.storing import Stored
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.dataflow.writing import writing_functions
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope


class Trace(Struct, frozen=True):
    """What the functions of a file do: the queries that they send, in the order of the text.

    ``stored`` are the foreign keys and the tenant's columns that they store from what the client
    sent, unverified, ``handed`` the client's words for the tenant that they hand on; ``reads`` the
    relationships that they read and nothing loaded.
    """

    sent: tuple[Sent, ...] = ()
    stored: tuple[Stored, ...] = ()
    handed: tuple[HandedOn, ...] = ()
    reads: tuple[LazyRead, ...] = ()


def trace(source: SourceFile, project: Project) -> Trace:
    """Return what the functions of a file do.

    Queries where the service has tenants; reads where its sessions are asynchronous. What certainly
    serves no tenant may be left out but for its reads: nothing else is asked of it.
    """
    return _traced(source, project).tenants


def queries_in(
    source: SourceFile, project: Project, functions: Collection[ast.AST | None]
) -> tuple[Sent, ...]:
    """Return the queries that some outermost functions of a file send, whomever they serve."""
    return _traced(source, project).sent_by(functions)


def _traced(source: SourceFile, project: Project) -> _Traced:
    kept = source.remembered("dataflow", dict[int, _Traced])
    known = kept.get(id(project))
    if known is None or known.project is not project:
        known = kept[id(project)] = _Traced(source, project)
    return known


class _Traced:
    """The traces of a file, each function run when it is first asked of."""

    def __init__(self, source: SourceFile, project: Project) -> None:
        self.project = project
        self._source = source
        self._words = vocabulary(project)
        self._querying = dict.fromkeys(candidates.querying(source, self._words))
        self._writing = dict.fromkeys(writing_functions(source, self._words))
        self._reading = dict.fromkeys(candidates.reading(source, self._words))
        self._found: dict[Scope, Trace] = {}

    def sent_by(self, functions: Collection[ast.AST | None]) -> tuple[Sent, ...]:
        scopes = sorted((s for s in self._querying if s.node in functions), key=_place)
        return tuple(sent for scope in scopes for sent in self._of(scope).sent)

    @cached_property
    def tenants(self) -> Trace:
        scopes = sorted(self._querying | self._writing | self._reading, key=_place)
        found = [self._of(scope) for scope in scopes if not self._serves_no_tenant(scope)]
        return Trace(
            tuple(sent for one in found for sent in one.sent),
            tuple(stored for one in found for stored in one.stored),
            tuple(handed for one in found for handed in one.handed),
            tuple(read for one in found for read in one.reads),
        )

    def _serves_no_tenant(self, scope: Scope) -> bool:
        """A method runs ``__init__`` too, of which others may ask."""
        if scope.is_module or scope in self._reading or scope in self._found:
            return False
        owner = scope.parent
        if owner is not None and owner.is_class and "__init__" in owner.bindings:
            return False
        return serves_no_tenant(self.project, self._source, scope)

    def _of(self, scope: Scope) -> Trace:
        known = self._found.get(scope)
        if known is None:
            known = self._found[scope] = self._run(scope)
        return known

    def _run(self, scope: Scope) -> Trace:
        recorder = Recorder()
        reads = scope in self._reading
        evaluator = Evaluator(self._source, self._words, recorder, tracks=reads)
        forward = ForwardPass(evaluator)
        try:
            if isinstance(scope.node, ast.Module):
                forward.block(scope.node.body, Environment())
            else:
                forward.function(scope, _around(scope, evaluator))
        except (Exhausted, RecursionError):
            return Trace()
        stores = scope in self._querying or scope in self._writing
        return Trace(
            recorder.sent if scope in self._querying else (),
            tuple(evaluator.storing.unverified) if stores else (),
            evaluator.handing_on.found,
            recorder.reads if reads else (),
        )


def _around(scope: Scope, evaluator: Evaluator) -> Environment | None:
    """Return what an endpoint sees of the function that defines it: what that was given."""
    maker = scope.parent.function if scope.parent is not None else None
    return parameters(maker, evaluator, None) if maker is not None else None


def _place(scope: Scope) -> tuple[int, int]:
    node = scope.node
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
