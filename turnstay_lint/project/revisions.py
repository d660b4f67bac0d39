"""The revisions of a service: which are history, what is certain of them, what is unreadable."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.calls import OPERATIONS
from turnstay_lint.frameworks.alembic.changes import AddColumn, CallElsewhere, Unanalyzable
from turnstay_lint.frameworks.alembic.emptiness import is_empty_at
from turnstay_lint.frameworks.alembic.interpreter import Operation
from turnstay_lint.frameworks.alembic.revision import revision_of
from turnstay_lint.project.project import Project
from turnstay_lint.project.revision_graph import (
    Link,
    chain_of,
    chains,
    descendants,
    graph_of,
    link_of,
)
from turnstay_lint.project.summary import FunctionSummary
from turnstay_lint.source.file import SourceFile

__all__ = ["Link", "chain_of", "descendants", "doubts", "is_history", "link_of"]

_MOST_HOPS = 6
_MAKES = frozenset(
    f"alembic.op.{name}" for name in (*OPERATIONS, "batch_alter_table", "execute", "invoke")
)


def is_history(project: Project, source: SourceFile, start_after: str) -> bool:
    """Tell whether a revision is not after ``start_after``, or cannot be shown to be.

    A fragment that names no revision of its own is no history, nor is a chain where the revision is
    another chain's.
    """
    module = project.module(source.scope.module)
    if not start_after or module is None:
        return False
    link = link_of(module)
    if link is None:
        return False
    chain = graph_of(project, link)
    if start_after in chain.ancestors(link):
        return False
    start = chain.links.get(start_after)
    if start is None:
        return not any(start_after in other.links for other in chains(project).values())
    return link.revision == start_after or link.revision in chain.ancestors(start)


def doubts(project: Project, link: Link) -> str:
    """Return why it is not certain what follows a revision directly, empty where it is."""
    graph = graph_of(project, link)
    others = [path for path in graph.unreadable if path != link.path]
    if others:
        return f"what `{others[0]}` is, or revises, could not be read"
    same = [*graph.repeated, *graph.links.values()]
    for other in same:
        if other.revision == link.revision and other.path != link.path:
            return f"`{other.path}` is a revision {link.revision} too"
    chain = graph.links
    following = [later for later in chain.values() if link.revision in later.parents]
    if len(following) > 1:
        names = ", ".join(sorted(later.revision for later in following))
        return f"the chain branches after {link.revision} ({names})"
    if any(link.revision not in later.revises for later in following):
        return f"another revision depends on {link.revision} without following it"
    return ""


def unanalyzable_operations(source: SourceFile, project: Project) -> list[Operation]:
    """Return the operations of a revision that could not be read, one for each place."""
    revision = revision_of(source)
    if revision is None:
        return []
    found: dict[object, Operation] = {}
    for way in (*revision.upgrades, *revision.downgrades):
        for position, operation in enumerate(way):
            match operation.change:
                case Unanalyzable():
                    unread = True
                case AddColumn(column=column):
                    unread = column.refuses_rows is None and not is_empty_at(way, position)
                case CallElsewhere(function=name):
                    unread = makes_operations(project, name, source.scope.module)
                case _:
                    unread = False
            if unread:
                found.setdefault(operation.call, operation)
    return list(found.values())


def makes_operations(project: Project, name: str, near: str) -> bool:
    """Tell whether a function of the project, or one that it calls, uses Alembic's ``op``."""
    return any(called in _MAKES for called in _reached(project, name, near, _MOST_HOPS))


def _reached(project: Project, name: str, near: str, hops: int) -> Iterator[str]:
    found = project.find(name, near)
    if found is None or hops == 0 or not isinstance(found.definition, FunctionSummary):
        return
    for called in found.definition.calls:
        yield called
        if not called.startswith(("alembic.", "builtins.", "<")):
            yield from _reached(project, called, found.module.name, hops - 1)
