"""The revisions of a service: which are history, what is certain of them, what is unreadable."""

from __future__ import annotations

from turnstay_lint.frameworks.alembic.changes import AddColumn, CallElsewhere, Unanalyzable
from turnstay_lint.frameworks.alembic.emptiness import is_empty_at
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.project.following import makes_operations, revision_in
from turnstay_lint.project.migrations.revision_graph import (
    Link,
    chain_of,
    chains,
    descendants,
    graph_of,
    link_of,
)
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile

__all__ = ["Link", "chain_of", "descendants", "doubts", "is_history", "link_of"]


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
    revision = revision_in(project, source)
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
