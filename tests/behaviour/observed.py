"""What a service does when it is called: which endpoints leak, and which loads it cannot await."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tests.services.service_copy import ServiceCopy


class Load(Struct, frozen=True):
    """A load that could not be awaited: ``names`` may declare the relationship (``User.company``).

    ``place`` is the file and line of the service that asked, empty where a response did.
    """

    names: tuple[str, ...]
    place: str


class Called(Struct, frozen=True):
    """One call: who made it in which world with what, and what came of it.

    ``changed`` are rows of others, ``referring`` columns that were made to refer to them;
    ``raised`` says that an error of code xd2s was logged.
    """

    endpoint: str
    given: dict[str, Any]
    party: str
    world: str
    status: int
    body: str
    changed: tuple[str, ...]
    referring: tuple[str, ...]
    loads: tuple[Load, ...]
    raised: bool

    @property
    def request(self) -> tuple[str, str, str]:
        """Return what was called, the same in every world."""
        return self.party, self.endpoint, repr(self.given)

    @property
    def answered(self) -> tuple[int, str]:
        """Return what the caller sees."""
        return self.status, self.body


class Relationship(Struct, frozen=True):
    """A relationship by what may declare it, and whether reading it raises in async code."""

    names: tuple[str, ...]
    raises: bool


class Observed(Struct, frozen=True):
    """All calls of a service, its endpoints, its OpenAPI schema, and its relationships as read."""

    endpoints: tuple[str, ...]
    schema: dict[str, Any]
    called: tuple[Called, ...]
    relationships: tuple[Relationship, ...] = ()

    def by(self, party: str) -> Iterator[tuple[Called, ...]]:
        """Yield the calls of a party, each with the same call in other worlds after it."""
        calls = (called for called in self.called if called.party == party)
        for _, same in itertools.groupby(calls, lambda called: called.request):
            yield tuple(same)

    def trespasses(self, party: str) -> dict[str, list[str]]:
        """Return what a party saw and did of others', by endpoint, as sentences."""
        found = defaultdict(list)
        for called, *elsewhere in self.by(party):
            for sentence in _trespasses(called, elsewhere):
                found[called.endpoint].append(f"{called.given}: {sentence}")
        return dict(found)

    def leaking(self, party: str) -> set[str]:
        """Return the endpoints that do not keep others' from a party."""
        return {*self.trespasses(party)}

    def raising(self) -> dict[str, set[Load]]:
        """Return the endpoints in which a load could not be awaited, with these loads."""
        found: dict[str, set[Load]] = defaultdict(set)
        for called in self.called:
            if called.raised or called.loads:
                found[called.endpoint].update(called.loads)
        return dict(found)


def observe(service: ServiceCopy, *parties: str) -> Observed:
    """Let parties drive a service in a process of its own, and return what it did."""
    printed = service.succeeds("-m", "tests.behaviour.driving", *parties)
    read = service.succeeds("-m", "tests.behaviour.driving.relationships")
    relationships = msgspec.json.decode(read, type=tuple[Relationship, ...])
    return replace(msgspec.json.decode(printed, type=Observed), relationships=relationships)


def _trespasses(called: Called, elsewhere: list[Called]) -> Iterator[str]:
    if any(called.answered != other.answered for other in elsewhere):
        answers = " or ".join(str(one.status) for one in (called, *elsewhere))
        yield f"answered {answers}, by what others have"
    if called.changed:
        yield ", ".join(called.changed)
    if called.referring:
        yield f"refers to others: {', '.join(called.referring)}"
