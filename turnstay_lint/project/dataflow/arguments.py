"""The arguments of a call, evaluated, and what is spoken of in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.dataflow.values import Collection, Column, Entity, Sql, Value


class Given(Struct, frozen=True):
    """The arguments of a call, evaluated: starred ones unpacked where their items are known."""

    call: ast.Call
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    place: int

    def keyword(self, name: str) -> Value | None:
        """Return the value of a keyword, or None."""
        return next((value for key, value in self.keywords if key == name), None)

    def expression(self, name: str) -> ast.expr:
        """Return what is written for a keyword, or the call itself."""
        return next((k.value for k in self.call.keywords if k.arg == name), self.call)


def flat(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return values with lists unpacked: columns may be given in a list, as before SQLAlchemy 2."""
    found: list[Value] = []
    for value in values:
        if isinstance(value, Collection):
            found.extend(value.items)
        else:
            found.append(value)
    return tuple(found)


def columns_in(given: Given) -> Iterator[Column]:
    """Yield the columns that the arguments of an SQL function speak of."""
    for value in _arguments(given):
        if isinstance(value, Column):
            yield value
        elif isinstance(value, Sql):
            yield from value.columns


def entities_in(given: Given) -> Iterator[Entity]:
    """Yield the entities that the arguments of an SQL function read."""
    for value in _arguments(given):
        if isinstance(value, Entity):
            yield value
        elif isinstance(value, Column):
            yield value.entity
        elif isinstance(value, Sql):
            yield from value.entities


def _arguments(given: Given) -> tuple[Value, ...]:
    return flat((*given.positional, *(value for _, value in given.keywords)))
