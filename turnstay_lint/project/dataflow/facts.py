"""What the conditions of a query say of whose its rows are, and how such statements combine.

An entity is *anchored* when a condition ties it to the tenant; entities that are *linked* by a
key are tied as soon as one of them is. A condition that is not understood may tie any of them,
so it is kept beside the certain ones: of what may be scoped nothing is reported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct


class Verdict(Enum):
    """What is known of a query, or of one entity in it."""

    SCOPED = "scoped"
    UNSCOPED = "unscoped"
    FROM_REQUEST = "tenant taken from the request"
    PARTIAL = "scoped on some paths only"
    UNVERIFIABLE = "cannot be verified"
    UNKNOWN = "unknown"


Link = tuple[str, str]
ANYTHING = "*"
Asked = tuple[str, str, str]
"""An entity, a key of it, and the variable that the key is compared with: ``ids[]`` for several."""


class ClientTenant(Struct, frozen=True):
    """The tenant column of an entity compared with what the client says, and where."""

    entity: str
    expression: ast.expr


class Facts(Struct, frozen=True):
    """A conjunction: each set holds keys of entities.

    ``partial`` are anchored on some paths only, ``possible`` perhaps (``ANYTHING`` stands for all
    of them); ``partial_links`` hold on some paths only. ``named`` are tenants that are picked by
    something else than their id, a name or a slug: whose rows these are only the caller knows.
    ``asked`` are variables that hold the key of what is asked for, ``ended`` rows whose time is up.
    ``compared`` are entities whose tenant column is compared: True for equal, False for other than.
    """

    anchored: frozenset[str] = frozenset()
    links: frozenset[Link] = frozenset()
    partial: frozenset[str] = frozenset()
    partial_links: frozenset[Link] = frozenset()
    possible: frozenset[str] = frozenset()
    client: tuple[ClientTenant, ...] = ()
    named: frozenset[str] = frozenset()
    asked: frozenset[Asked] = frozenset()
    ended: frozenset[str] = frozenset()
    compared: frozenset[tuple[str, bool]] = frozenset()

    def also(self, other: Facts) -> Facts:
        """Return both statements together."""
        if self is NOTHING or self == NOTHING:
            return other
        if other is NOTHING or other == NOTHING:
            return self
        return Facts(
            self.anchored | other.anchored,
            self.links | other.links,
            self.partial | other.partial,
            self.partial_links | other.partial_links,
            self.possible | other.possible,
            tuple(dict.fromkeys((*self.client, *other.client))),
            self.named | other.named,
            self.asked | other.asked,
            self.ended | other.ended,
            self.compared | other.compared,
        )

    @property
    def certain(self) -> frozenset[str]:
        """Return what is tied to the tenant, links followed."""
        return closure(self.anchored, self.links)

    @property
    def sometimes(self) -> frozenset[str]:
        """Return what is tied to the tenant on some path at least."""
        return closure(self.anchored | self.partial, self.links | self.partial_links)

    @property
    def perhaps(self) -> frozenset[str]:
        """Return what may be tied to the tenant, if what is not understood does it."""
        everything = self.anchored | self.partial | self.possible
        return closure(everything, self.links | self.partial_links)

    def verdict(self, entity: str) -> Verdict:
        """Return what the conditions say of one entity."""
        if entity in self.certain:
            return Verdict.SCOPED
        if ANYTHING in self.possible or entity in closure(self.possible, self.links):
            return Verdict.UNKNOWN
        if entity in self.sometimes:
            return Verdict.PARTIAL
        if entity in self.perhaps:
            return Verdict.UNKNOWN
        if entity not in self.named and entity in closure(self.named, self.links):
            return Verdict.UNKNOWN
        chosen = frozenset(client.entity for client in self.client)
        if chosen and entity in closure(chosen, self.links | self.partial_links):
            return Verdict.FROM_REQUEST
        return Verdict.UNSCOPED


NOTHING = Facts()
UNDERSTOOD_BY_NOBODY = Facts(possible=frozenset({ANYTHING}))


def anchored(*entities: str) -> Facts:
    """Return the statement that these belong to the tenant."""
    return Facts(anchored=frozenset(entities))


def linked(one: str, other: str) -> Facts:
    """Return the statement that a key ties two entities to each other."""
    return Facts(links=frozenset({(one, other)}))


def possible(*entities: str) -> Facts:
    """Return the statement that these may belong to the tenant."""
    return Facts(possible=frozenset(entities))


def closure(start: frozenset[str], links: Iterable[Link]) -> frozenset[str]:
    """Return the entities that links tie to one of ``start``, and ``start`` itself."""
    pairs = list(links)
    if not pairs or not start:
        return start
    found = set(start)
    for _ in range(len(pairs)):
        size = len(found)
        for one, other in pairs:
            if one in found or other in found:
                found.update((one, other))
        if len(found) == size:
            break
    return frozenset(found)


def either(one: Facts, other: Facts) -> Facts:
    """Return what holds after two paths met: what only one says is ``partial``."""
    if one == other:
        return one
    certain = one.anchored & other.anchored
    links = one.links & other.links
    return Facts(
        certain,
        links,
        (one.anchored | other.anchored | one.partial | other.partial) - certain,
        (one.links | other.links | one.partial_links | other.partial_links) - links,
        one.possible | other.possible,
        tuple(dict.fromkeys((*one.client, *other.client))),
        one.named | other.named,
        one.asked & other.asked,
        one.ended & other.ended,
        one.compared | other.compared,
    )


def weaker(one: Facts, other: Facts) -> Facts:
    """Return what both of two values would say of a column."""
    if NOTHING in (one, other):
        return NOTHING
    return one if one.possible else other


def any_of(arms: Iterable[Facts], outside: Facts = NOTHING) -> Facts:
    """Return what an OR says: only what every arm says, each with the links of its own.

    ``outside`` are conditions that hold beside it, whose links the arms may use.
    """
    each = list(arms)
    if not each:
        return NOTHING
    closed = [arm.also(Facts(links=outside.links)) for arm in each]
    certain = frozenset.intersection(*(arm.certain for arm in closed))
    sometimes = _common(arm.sometimes for arm in closed) - certain
    perhaps = _common(arm.perhaps for arm in closed) - certain - sometimes
    links = frozenset.intersection(*(arm.links for arm in each))
    client = tuple(dict.fromkeys(c for arm in each for c in arm.client))
    named = frozenset.intersection(*(arm.named for arm in each))
    ended = frozenset.intersection(*(arm.ended for arm in each))
    compared = frozenset(pair for arm in each for pair in arm.compared)
    found = Facts(certain, links, sometimes, frozenset(), perhaps, client, named, ended=ended)
    return found if not compared else found.also(Facts(compared=compared))


def _common(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    """Intersect sets in which ``ANYTHING`` stands for every entity."""
    each = list(sets)
    named = [held for held in each if ANYTHING not in held]
    if not named:
        return frozenset().union(*each)
    return frozenset.intersection(*named)
