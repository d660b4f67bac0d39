"""The order in which Python looks a class and its bases up (C3), for classes known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Class = TypeVar("Class")


def linearised(
    start: Class, bases: Callable[[Class], Iterable[Class]], key: Callable[[Class], str]
) -> list[Class]:
    """Return ``start`` and all that it derives from, each once, ``start`` first.

    A class that derives from itself, which no Python can run, is not followed round; bases that
    Python would refuse to order come in the order in which they are met.
    """
    single = [start]
    known: dict[str, list[Class]] = {}
    while True:
        found = known[key(single[-1])] = list(bases(single[-1]))
        if len(found) > 1:
            return _ordered(start, lambda one: known.get(key(one)) or bases(one), key)
        if not found or key(found[0]) in known:
            return single
        single.append(found[0])


def _ordered(
    start: Class, bases: Callable[[Class], Iterable[Class]], key: Callable[[Class], str]
) -> list[Class]:
    """Order a class and its bases where one has several."""
    classes = {key(start): start}
    above: dict[str, list[str]] = {}
    order: dict[str, list[str]] = {}
    path = [key(start)]
    while path:
        name = path[-1]
        if name not in above:
            found = {key(base): base for base in bases(classes[name])}
            above[name] = [base for base in found if base not in path]
            classes = {**found, **classes}
        waiting = [base for base in above[name] if base not in order]
        if waiting:
            path.append(waiting[0])
            continue
        order[path.pop()] = [name, *_merged([order[base] for base in above[name]], above[name])]
    return [classes[name] for name in order[key(start)]]


def _merged(orders: list[list[str]], bases: list[str]) -> list[str]:
    if len(bases) < 2:
        return orders[0] if orders else []
    left = [list(order) for order in (*orders, bases)]
    merged: list[str] = []
    while left:
        heads = [order[0] for order in left]
        free = (h for h in heads if not any(h in order[1:] for order in left))
        chosen = next(free, heads[0])
        merged.append(chosen)
        left = [rest for order in left if (rest := [n for n in order if n != chosen])]
    return merged
