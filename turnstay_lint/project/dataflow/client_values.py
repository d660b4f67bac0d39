"""What the client sends, followed by name: schemas, their fields, the dicts made of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Collection,
    Constant,
    Dump,
    Raw,
    Record,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.schemas.schemas import field_schema

DUMPS = frozenset({"model_dump", "dict"})
_COPIES = frozenset({"model_copy", "copy", "deepcopy"})
_SET_ONLY = ("exclude_unset", "exclude_none", "exclude_defaults")


def copied(display: ast.DictComp, iterated: Value) -> Value | None:
    """``{k: v for k, v in data.model_dump().items() if v}`` holds no other fields than the dump."""
    if not isinstance(iterated, Raw) or iterated.part != "items" or iterated.dump is None:
        return None
    generator = display.generators[0]
    match generator.target, display.key, display.value:
        case (
            ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=value)]),
            ast.Name(id=kept),
            ast.Name(id=held),
        ) if (key, value) == (kept, held) and len(display.generators) == 1:
            pass
        case _:
            return None
    tested = {n.id for test in generator.ifs for n in ast.walk(test) if isinstance(n, ast.Name)}
    if key in tested:
        return None
    return replace(iterated, part="", dump=replace(iterated.dump, set_only=True))


def attribute(raw: Raw, name: str, words: Vocabulary) -> Raw:
    """Return an attribute of what the client sent: a field of a schema, with that field's own."""
    if not raw.origin or raw.part or raw.dump is not None:
        return Raw(raw.client)
    schema, several = field_schema(words.project, raw.schema, name) if raw.schema else ("", False)
    return Raw(raw.client, schema, f"{raw.origin}.{name}", part="list" if several else "")


def item(raw: Raw, key: Value) -> Value:
    """Return what a key or an index of it gives; a key that was replaced gives anything."""
    if raw.part == "list":
        return Raw(raw.client, raw.schema, f"{raw.origin}[]")
    if not raw.origin or raw.part:
        return Raw(raw.client)
    if isinstance(key, Constant) and isinstance(key.value, str):
        if raw.dump is not None and not raw.dump.holds(key.value):
            return UNKNOWN
        return Raw(raw.client, origin=f"{raw.origin}.{key.value}")
    return replace(raw, part="value") if raw.dump is not None else Raw(raw.client)


def body(name: str, given: Given) -> Value:
    """Return what a method of the request gives: of its body, the dict that anything may be in."""
    if name in ("json", "form"):
        return Raw(
            client=True, origin=f"{ast.unparse(given.call.func)}()", dump=Dump(set_only=True)
        )
    return Raw(client=True) if name in ("body", "stream") else UNKNOWN


def by_name(given: Given, words: Vocabulary) -> Raw | None:
    """Return what ``getattr(request_data, field)`` gives, or None for what no client sent."""
    raw, key = given.positional[:2] if len(given.positional) > 1 else (None, None)
    if not isinstance(raw, Raw):
        return None
    if isinstance(key, Constant) and isinstance(key.value, str):
        return attribute(raw, key.value, words)
    if raw.schema and raw.origin and not raw.part:
        return replace(raw, dump=Dump(set_only=True), part="value")
    return Raw(raw.client)


def dumped(raw: Raw, given: Given, environment: Environment | None = None) -> Raw:
    """Return the dict of a schema; what is left out must be written there to be known."""
    excluded: frozenset[str] | None = frozenset()
    only = None
    for name, value in given.keywords:
        if name == "exclude" and value != Constant(None):
            excluded = _names(value)
        elif name == "include" and value != Constant(None):
            only = _names(value)
            excluded = excluded if only is not None else None
        elif name in ("by_alias", "**") and value != Constant(False):
            excluded = None
        if excluded is None:
            return Raw(raw.client)
    set_only = any(given.keyword(name) == Constant(True) for name in _SET_ONLY)
    own = _assigned(raw, given, environment)
    excluded = (excluded or frozenset()) | own
    return replace(raw, dump=Dump(excluded, only, set_only, given.call, own))


def _assigned(raw: Raw, given: Given, environment: Environment | None) -> frozenset[str]:
    """Return the fields that the code has given a value of its own: ``data.company_id = ...``."""
    called = given.call.func
    variable = dotted_name(called.value) if isinstance(called, ast.Attribute) else ""
    if not variable or environment is None:
        return frozenset()
    prefix = f"{variable}."
    own = (
        (name.removeprefix(prefix), value)
        for name, value in environment.names.items()
        if name.startswith(prefix)
    )
    return frozenset(field for field, value in own if not is_field(raw, field, value))


def method(raw: Raw, name: str, given: Given, environment: Environment) -> Value | None:
    """Return what a method of a schema or of its dict gives, or None for any other method."""
    if not raw.origin or raw.part:
        return None
    if raw.dump is None:
        if name in DUMPS:
            return dumped(raw, given, environment)
        if name == "get" and given.positional and not raw.schema:
            return item(raw, given.positional[0])
        return raw if name in _COPIES and not given.keywords else None
    if name == "items":
        return replace(raw, part="items")
    if name in ("get", "pop") and given.positional:
        found = item(raw, given.positional[0])
        if name == "pop":
            _change(given, without(raw, given.positional[0]), environment)
        return found
    if name == "update":
        entries = (*(("**", value) for value in given.positional), *given.keywords)
        _change(given, spread((("**", raw), *entries)) or Raw(raw.client), environment)
        return Constant(None)
    if name in ("clear", "popitem"):
        _change(given, Raw(raw.client), environment)
        return UNKNOWN
    return raw if name in _COPIES else None


def without(raw: Raw, key: Value) -> Raw:
    """Return a dict of a schema in which a key is no longer the client's."""
    if raw.dump is None or not isinstance(key, Constant) or not isinstance(key.value, str):
        return Raw(raw.client)
    return replace(raw, dump=replace(raw.dump, excluded=raw.dump.excluded | {key.value}))


def spread(entries: Iterable[tuple[str, Value]]) -> Raw | None:
    """Return ``{**dump, "a": b}``, whose keys are ``**`` for what is spread, or None for others.

    What is said later wins over what was said before.
    """
    found: Raw | None = None
    for key, value in entries:
        if key == "**" and isinstance(value, Record) and not value.open:
            for name, inner in value.items:
                found = overridden(found, name, inner) if found is not None else None
        elif key == "**":
            is_dump = isinstance(value, Raw) and value.dump is not None and not value.part
            if not is_dump or found is not None:
                return None
            assert isinstance(value, Raw)
            found = value
        elif not key:
            return None
        elif found is not None:
            found = overridden(found, key, value)
    return found


def is_field(raw: Raw, name: str, value: Value) -> bool:
    """Tell whether a value is a field of what the client sent, as the client sent it."""
    return isinstance(value, Raw) and value.dump is None and value.origin == f"{raw.origin}.{name}"


def overridden(raw: Raw, name: str, value: Value) -> Raw:
    """Return a dict of a schema in which a key was given a value."""
    return raw if is_field(raw, name, value) else _given(raw, name)


def _given(raw: Raw, name: str) -> Raw:
    found = without(raw, Constant(name))
    if found.dump is None:
        return found
    return replace(found, dump=replace(found.dump, given=found.dump.given | {name}))


def is_clients_own(value: Value) -> bool:
    """Tell whether a client chose a value, whichever of the fields of a dict it is.

    Not of a dict some of whose keys were given other values, nor where nobody knows whence it came.
    """
    if not isinstance(value, Raw) or not value.client or not value.origin:
        return False
    if value.dump is None:
        return not value.part
    return value.part == "value" and value.dump.call is not None and not value.dump.given


def replaced(name: str, key: Value, value: Value, environment: Environment) -> None:
    """``update_data["account_id"] = account.id``: that key is no longer the client's."""
    held = environment.get(name)
    if isinstance(held, Record):
        text = key.value if isinstance(key, Constant) else None
        environment.set(name, held.having(text, value) if isinstance(text, str) else held.opened())
    if isinstance(held, Raw) and held.dump is not None:
        named = key.value if isinstance(key, Constant) else None
        if not isinstance(named, str):
            environment.set(name, without(held, key))
        elif not is_field(held, named, value):
            environment.set(name, _given(held, named))


def _change(given: Given, changed: Raw, environment: Environment) -> None:
    """A method that changes a dict changes its variable."""
    called = given.call.func
    variable = dotted_name(called.value) if isinstance(called, ast.Attribute) else ""
    if variable:
        environment.set(variable, changed)


def _names(value: Value) -> frozenset[str] | None:
    """The names in a set, list or dict that is written out."""
    if isinstance(value, Record) and not value.open:
        return frozenset(name for name, _ in value.items)
    if isinstance(value, Collection) and not value.open:
        names = [i.value for i in value.items if isinstance(i, Constant)]
        if len(names) == len(value.items) and all(isinstance(name, str) for name in names):
            return frozenset(map(str, names))
    return None
