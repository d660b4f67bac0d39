"""Builtin functions, and the methods of lists, sets and dicts."""

from __future__ import annotations

import ast

from msgspec.structs import replace

from turnstay_lint.project.dataflow import client_values
from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.client_values import spread
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.merging import element
from turnstay_lint.project.dataflow.naming import dotted_name, tainted
from turnstay_lint.project.dataflow.values import (
    NONE,
    UNKNOWN,
    Collection,
    Constant,
    Query,
    Raw,
    Record,
    Result,
    Value,
)

_SAME = frozenset({"list", "set", "tuple", "frozenset", "sorted", "reversed", "iter", "aiter"})
_FIRST = frozenset({"next", "anext", "max", "min"})
_ENCODER = "fastapi.encoders.jsonable_encoder"
CASTS = frozenset(
    {"builtins.int", "builtins.str", "uuid.UUID", "typing.cast", "copy.copy", _ENCODER}
)
"""What gives back what it was given, in another form."""
_ADDERS = frozenset({"append", "add", "insert", "appendleft"})


def builtin(name: str, given: Given) -> Value:
    """Return what a builtin function makes of its arguments; ``name`` is dotted."""
    last = name.rpartition(".")[2]
    values = given.positional
    if last in ("jsonable_encoder", "dict") and values and isinstance(values[0], Raw):
        if values[0].dump is None:
            return client_values.dumped(values[0], given) if values[0].schema else UNKNOWN
    if name in CASTS and values:
        return values[-1] if last == "cast" else values[0]
    if last in _SAME:
        if not values:
            return Collection()
        inner = values[0]
        if isinstance(inner, Result):
            return Collection((element(inner),), open=True)
        return inner if isinstance(inner, Collection | Raw | Query) else UNKNOWN
    if last in _FIRST and values:
        return element(values[0])
    if last == "dict":
        copied = (("**", value) for value in values)
        fields = spread((*copied, *given.keywords))
        if fields is not None:
            return fields
        return Record(given.keywords) if not values else UNKNOWN
    if last == "enumerate" and values:
        return Collection((Collection((Raw(), element(values[0]))),), open=True)
    if last == "zip" and values:
        return Collection((Collection(tuple(map(element, values))),), open=True)
    return tainted([*values, *(value for _, value in given.keywords)])


def collection_method(
    owner: Collection, name: str, given: Given, environment: Environment
) -> Value:
    """Return what a method of a collection gives; one that changes it changes its variable."""
    changed: Collection | None = None
    if name in _ADDERS and given.positional:
        added = given.positional[-1]
        if added not in owner.items:
            changed = replace(owner, items=(*owner.items, added)[:200])
    elif name in ("extend", "update") and given.positional:
        more = given.positional[0]
        if isinstance(more, Collection):
            fresh = tuple(item for item in more.items if item not in owner.items)
            changed = Collection((*owner.items, *fresh)[:200], owner.open or more.open)
        else:
            changed = Collection((*owner.items, UNKNOWN)[:200], open=True)
    if changed is not None and isinstance(given.call.func, ast.Attribute):
        variable = dotted_name(given.call.func.value)
        if variable:
            environment.set(variable, changed)
        return UNKNOWN
    if name in ("copy", "values", "union", "difference", "intersection"):
        return Collection(owner.items, open=True)
    if name == "items":
        return Collection((Collection((UNKNOWN, element(owner))),), open=True)
    return element(owner) if name in ("pop", "get", "popleft") else UNKNOWN


def record_method(owner: Record, name: str, given: Given, environment: Environment) -> Value:
    """Return what a method of a dict gives; one that changes it changes its variable."""
    first = given.positional[0] if given.positional else None
    key = first.value if isinstance(first, Constant) and isinstance(first.value, str) else None
    changed = _changed(owner, name, key, given)
    called = given.call.func
    variable = dotted_name(called.value) if isinstance(called, ast.Attribute) else ""
    if changed is not None and variable:
        environment.set(variable, changed)
    if name in ("get", "pop") and key is not None:
        return owner.get(key)
    if name == "values":
        return Collection(tuple(value for _, value in owner.items), open=True)
    return owner if name == "copy" else UNKNOWN


def _changed(owner: Record, name: str, key: str | None, given: Given) -> Record | None:
    """Return what a method makes of a dict, or None where it leaves it as it is."""
    if name == "update":
        for value in given.positional:
            owner = with_all(owner, value)
        for keyword, value in given.keywords:
            owner = with_all(owner, value) if keyword == "**" else owner.having(keyword, value)
        return owner
    if name == "pop" and key is not None:
        return owner.without(key)
    if name == "setdefault" and key is not None and key not in dict(owner.items):
        value = given.positional[1] if len(given.positional) > 1 else NONE
        return owner.having(key, UNKNOWN if owner.open else value)
    return Record() if name == "clear" else None


def with_all(record: Record, more: Value) -> Record:
    """Return a dict with everything of another one set, as far as that is known."""
    if not isinstance(more, Record):
        return record.opened()
    for key, value in more.items:
        record = record.having(key, value)
    if not more.is_known or not record.is_known:
        return record.opened()
    held = dict(record.items)
    if any(key in held for key, _ in more.sometimes):
        return record.opened()
    sometimes = tuple(dict((*record.sometimes, *more.sometimes)).items())
    return Record(record.items, bool(sometimes), sometimes)
