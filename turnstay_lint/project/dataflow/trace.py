"""What the functions of a file do with the database, found in one forward pass over each.

``trace(source, project)`` is what rules ask. Only functions that hold a query of some kind are
followed, and each file is followed once for all rules.
"""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.dataflow import candidates
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import LazyRead, Recorder, Sent
from turnstay_lint.project.dataflow.expressions import Evaluator, Exhausted
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
    querying = dict.fromkeys(candidates.querying(source, words))
    writing = dict.fromkeys(writing_functions(source, words))
    reading = dict.fromkeys(candidates.reading(source, words))
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


def _place(scope: Scope) -> tuple[int, int]:
    node = scope.node
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
