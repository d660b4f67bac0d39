"""Change sets that put new revisions into a chain, with what moves to them from another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.findings import Elsewhere
from turnstay_lint.project.migrations.revisions import Link, chain_of, descendants, doubts, link_of
from turnstay_lint.project.writing.new_revisions import Style
from turnstay_lint.rules.migrations.carrying import Carried, Import, unused_without
from turnstay_lint.rules.migrations.revision_bodies import Lines, removals
from turnstay_lint.rules.rule import Look


class Repoint(Struct, frozen=True):
    """Let a revision follow ``new`` where it followed ``old``."""

    old: str
    new: str


class TakeOut(Struct, frozen=True):
    """Take lines out of the finding's own file; imports that are then ``unused`` go as well."""

    lines: tuple[Lines, ...]
    unused: tuple[str, ...] = ()


class MovedRevision(Struct, frozen=True):
    """A revision that is to be written, whose functions have the lines ``up`` and ``down``."""

    revision: str
    revises: str
    title: str
    style: Style
    up: str
    down: str
    imports: tuple[Import, ...] = ()
    module_code: str = ""


class NoPlace(Exception):
    """A revision has no certain place in a chain; the message says why."""


def certain_link(look: Look, upgrades: int) -> Link:
    """Return where a file stands in its chain, if what follows it is certain; raises NoPlace."""
    module = look.project.module(look.source.scope.module)
    link = link_of(module) if module is not None else None
    if link is None or upgrades != 1:
        raise NoPlace("the file is no revision of a chain")
    doubt = doubts(look.project, link)
    if doubt:
        raise NoPlace(doubt)
    return link


def repointed(look: Look, link: Link, last: str) -> Iterator[Elsewhere]:
    """Yield what lets the revisions that followed one follow ``last``."""
    for child in descendants(link, chain_of(look.project, link)):
        module = look.project.module(child.module)
        if link.revision in child.revises and module is not None:
            yield Elsewhere(module.path, Repoint(link.revision, last))


def taken_out(
    look: Look,
    blocks: Sequence[tuple[Sequence[ast.stmt], Sequence[ast.stmt]]],
    carried: Sequence[Carried],
) -> TakeOut:
    """Return the plan for the own file: statements that leave blocks, and what they alone used."""
    lines = [line for body, gone in blocks for line in removals(look, body, gone)]
    moved = [statement for _, gone in blocks for statement in gone]
    unused = unused_without(look, moved, [s for one in carried for s in one.statements])
    lines += removals(look, look.source.tree.body, list(dict.fromkeys(unused)))
    imported = {
        one.alias or one.name or one.module.partition(".")[0] for c in carried for one in c.imports
    }
    return TakeOut(tuple(sorted(set(lines), key=lambda one: one.first)), tuple(sorted(imported)))
