"""What is known of a value where two paths meet, and of the items of what holds several."""

from __future__ import annotations

from msgspec.structs import replace

from turnstay_lint.project.dataflow.facts import NOTHING, either
from turnstay_lint.project.dataflow.values import (
    NONE,
    UNKNOWN,
    Collection,
    Column,
    Condition,
    Constant,
    Dump,
    Entity,
    Field,
    Object,
    Query,
    Raw,
    Record,
    Result,
    Value,
)

_MOST_ITEMS = 50


def merged(one: Value, other: Value, depth: int = 6) -> Value:
    """Return what holds whichever of two ways the code took.

    ``None`` beside another value is that value: code asks before it uses it.
    """
    if one == other or other == NONE:
        return one
    if one == NONE:
        return other
    if depth == 0:
        return UNKNOWN
    match one, other:
        case Query(), Query() if one.kind == other.kind:
            return _merged_queries(one, other)
        case Condition(), Condition():
            return Condition(either(one.facts, other.facts))
        case Condition(facts=facts), Constant(value=True):
            return Condition(either(facts, NOTHING))
        case Constant(value=True), Condition(facts=facts):
            return Condition(either(NOTHING, facts))
        case Collection(), Collection():
            return _merged_collections(one, other, depth)
        case Record(), Record():
            return _merged_records(one, other, depth)
        case Object(), Object() if one.model == other.model:
            if one.place == other.place:
                return replace(one, path=("?",))
            return Object(one.model, either_place(one.place, other.place))
        case Raw(dump=Dump() as left), Raw(dump=Dump() as right) if left.call is right.call:
            if one.part == other.part and left.only == right.only:
                excluded, given = left.excluded & right.excluded, left.given | right.given
                both = replace(left, excluded=excluded, given=given)
                return replace(one, dump=both)
            return Raw(one.client or other.client)
        case ((Raw() | Constant()), (Raw() | Constant())):
            return Raw(client=any(isinstance(v, Raw) and v.client for v in (one, other)))
    return UNKNOWN


def either_place(one: int, other: int) -> int:
    """Return the place of an object that came from one of two."""
    return -abs(one) * 1_000_003 - abs(other)


def _merged_queries(one: Query, other: Query) -> Query:
    longer = max(one, other, key=lambda query: len(query.clauses))
    return replace(
        longer,
        columns=one.columns if one.columns == other.columns else (),
        entities=tuple(dict.fromkeys((*one.entities, *other.entities))),
        joined=tuple(dict.fromkeys((*one.joined, *other.joined))),
        facts=either(one.facts, other.facts),
        outer=tuple(dict.fromkeys((*one.outer, *other.outer))),
        arms=tuple(dict.fromkeys((*one.arms, *other.arms)))[:_MOST_ITEMS],
        loads=one.loads | other.loads,
    )


def _merged_collections(one: Collection, other: Collection, depth: int) -> Collection:
    """Items that only one way has are conditions that hold only sometimes."""
    shared = []
    for left, right in zip(one.items, other.items, strict=False):
        if left != right:
            break
        shared.append(left)
    rest = (*one.items[len(shared) :], *other.items[len(shared) :])
    if any(isinstance(item, Condition) for item in (*shared, *rest)):
        items = (*shared, *map(_sometimes, rest))
        return Collection(items[:_MOST_ITEMS], one.open or other.open)
    if one.open or other.open or len(one.items) != len(other.items):
        items = tuple(dict.fromkeys((*one.items, *other.items)))
        return Collection(items[:_MOST_ITEMS], open=True)
    pairs = zip(one.items, other.items, strict=True)
    return Collection(tuple(merged(left, right, depth - 1) for left, right in pairs))


def _sometimes(item: Value) -> Value:
    return Condition(either(item.facts, NOTHING)) if isinstance(item, Condition) else item


def _merged_records(one: Record, other: Record, depth: int) -> Record:
    names = dict.fromkeys(name for name, _ in (*one.items, *other.items))
    left, right = dict(one.items), dict(other.items)
    items = tuple(
        (name, merged(left[name], right[name], depth - 1))
        for name in names
        if name in left and name in right
    )
    if not (one.is_known and other.is_known):
        return Record(items, open=True)
    sometimes: dict[str, Value] = {}
    for name, value in (*one.sometimes, *one.items, *other.sometimes, *other.items):
        if name not in left or name not in right:
            known = name in sometimes
            sometimes[name] = merged(sometimes[name], value, depth - 1) if known else value
    return Record(items, bool(sometimes), tuple(sometimes.items()))


def element(value: Value) -> Value:
    """Return what iterating over a value gives."""
    match value:
        case Collection(items=items):
            found: Value = items[0] if items else UNKNOWN
            for item in items[1:]:
                found = merged(found, item)
            return found
        case Raw(part="items"):
            return Collection((replace(value, part="key"), replace(value, part="value")))
        case Raw(part="", dump=Dump()):
            return replace(value, part="key")
        case Raw(part="", dump=None) if value.schema:
            # A schema gives its fields by name and value.
            fields = replace(value, dump=Dump())
            return Collection((replace(fields, part="key"), replace(fields, part="value")))
        case Raw(part="list"):
            return Raw(value.client, value.schema, f"{value.origin}[]")
        case Raw(origin=origin):
            return Raw(value.client, origin=f"{origin}[]" if origin and not value.part else "")
        case Constant():
            return Raw()
        case Result(columns=columns, place=place):
            row = tuple(fetched(column, place) for column in columns)
            return (row[0] if row else UNKNOWN) if value.scalars else Collection(row)
        case Query(sends=True, columns=columns) if len(columns) == 1:
            return UNKNOWN
    return UNKNOWN


def fetched(column: Value, place: int) -> Value:
    """Return what a selected column gives in a row."""
    match column:
        case Entity(model=model) if model:
            return Object(model, place)
        case Column(entity=entity, name=name) if entity.model:
            return Field(entity.model, name, place)
    return UNKNOWN
