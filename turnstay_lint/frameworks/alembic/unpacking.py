"""Sequences of a revision taken apart: by the elements of a target, by a slice."""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.alembic.values import UNKNOWN, Sequence, Value, items_of


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
