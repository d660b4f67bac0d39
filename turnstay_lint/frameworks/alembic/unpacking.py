"""Sequences of a revision taken apart by a target or a slice, and how they grow in a loop."""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.alembic.values import UNKNOWN, Environment, Sequence, Value, items_of


def spread(elements: list[ast.expr], value: Value) -> list[Value]:
    """Return what each element of a target gets; a starred one gets what the others leave."""
    items = items_of(value)
    starred = [n for n, element in enumerate(elements) if isinstance(element, ast.Starred)]
    if items is not None and starred and len(items) >= len(elements) - 1:
        first, behind = starred[0], len(items) - (len(elements) - starred[0] - 1)
        items = [*items[:first], Sequence(items[first:behind]), *items[behind:]]
    if items is None or len(items) != len(elements):
        return [UNKNOWN] * len(elements)
    return items


def slice_of(index: ast.Slice) -> slice | None:
    """Return the slice that is written down, None where it is not."""
    ends: list[int | None] = []
    for end in (index.lower, index.upper, index.step):
        try:
            value = ast.literal_eval(end) if end is not None else None
        except ValueError:
            return None
        if value is not None and not isinstance(value, int):
            return None
        ends.append(value)
    return slice(*ends) if ends[2] != 0 else None


def lengths_in(environment: Environment) -> dict[str, int]:
    """Return how long each sequence is that a block has a name for."""
    named = environment.names.items()
    return {name: len(value.items) for name, value in named if isinstance(value, Sequence)}


def leave_open(environment: Environment, lengths: dict[str, int]) -> None:
    """Let sequences that have grown be open: how often they did, nobody knows."""
    for name, length in lengths.items():
        grown = environment.names.get(name)
        if isinstance(grown, Sequence) and len(grown.items) > length:
            environment.names[name] = Sequence(grown.items, open=True)
