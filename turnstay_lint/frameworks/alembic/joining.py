"""One value for several: what a name may be where several ways lead to it."""

from __future__ import annotations

from collections.abc import Iterable

from turnstay_lint.frameworks.alembic.values import Either, Value


def either(values: Iterable[Value]) -> Value:
    """Return one value for what may be any of several."""
    flat: list[Value] = []
    for value in values:
        for one in value.values if isinstance(value, Either) else (value,):
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else Either(tuple(flat))


def joined(outcomes: list[dict[str, Value]]) -> dict[str, Value]:
    """Return the names that several ways through a branch leave, each with all it may be."""
    names = {name for outcome in outcomes for name in outcome}
    return {
        name: either(outcome[name] for outcome in outcomes if name in outcome) for name in names
    }
