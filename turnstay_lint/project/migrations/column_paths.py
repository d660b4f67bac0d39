"""The path of a column up the chain: since when it may be NULL, and whether rows were filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from turnstay_lint.project.migrations.revision_graph import Chain, Link, graph_of
from turnstay_lint.project.migrations.revision_steps import column_steps_in
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.column_steps import (
    CALLED,
    CALLED_BACK,
    CREATED,
    FILLED,
    NULLABLE,
    RELEASED,
    RENAMED,
    REQUIRED,
    RETABLED,
    SETTLED,
    UNREAD,
)
from turnstay_lint.project.summaries.summary import ColumnStep


class Since(Struct, frozen=True):
    """Where a column began to be NULL in rows that are there, and what its type is."""

    link: Link
    type: str = ""
    released: bool = False


def unfilled_since(project: Project, link: Link, table: str, column: str) -> Since | None:
    """Return since when a column may be NULL, with no UPDATE of it up to the revision ``link``.

    None where its rows were, or may have been, filled, and where its beginning is not found.
    """
    chain = graph_of(project, link)
    for above in upwards(chain, link):
        module = project.module(above.module)
        steps = column_steps_in(project, module) if module is not None else ()
        for step in reversed(steps):
            if step.what == RETABLED and step.to == table:
                table = step.table
            elif step.what == RENAMED and (step.table, step.to) == (table, column):
                column = step.column
            elif _settles(step, table, column):
                return None
            elif step.what in (NULLABLE, RELEASED) and _is(step, table, column):
                return Since(above, step.to, step.what == RELEASED)
            elif step.what == CREATED and step.table == table:
                if not _has_nullable(steps, table, column):
                    return None
    return None


def _is(step: ColumnStep, table: str, column: str) -> bool:
    return (step.table, step.column) == (table, column)


def _settles(step: ColumnStep, table: str, column: str) -> bool:
    """Tell whether after a step every row has a value, or nobody can tell."""
    if step.what in (SETTLED, REQUIRED):
        return _is(step, table, column)
    if step.what in (FILLED, UNREAD):
        return step.table in ("", table) and step.column in ("", column)
    return step.what in (CALLED, CALLED_BACK)


def _has_nullable(steps: tuple[ColumnStep, ...], table: str, column: str) -> bool:
    return any(step.what == NULLABLE and _is(step, table, column) for step in steps)


def upwards(chain: Chain, link: Link) -> Iterator[Link]:
    """Yield the revisions above one, each before those that it follows."""
    above = {name: chain.links[name] for name in chain.ancestors(link) if name in chain.links}
    above.pop(link.revision, None)
    yield from _ordered(above)


def _ordered(links: Mapping[str, Link]) -> Iterator[Link]:
    waiting = dict.fromkeys(links, 0)
    for link in links.values():
        for parent in link.parents:
            if parent in waiting:
                waiting[parent] += 1
    ready = [name for name in sorted(links) if not waiting[name]]
    while ready:
        name = ready.pop(0)
        yield links[name]
        for parent in links[name].parents:
            if parent in waiting:
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
