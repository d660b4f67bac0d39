"""What queries and conditions make of one another: joins, unions, statements, negations."""

from __future__ import annotations

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given, flat
from turnstay_lint.project.dataflow.facts import NOTHING, UNDERSTOOD_BY_NOBODY, Facts
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Column,
    Condition,
    Query,
    Sql,
    Value,
)


def from_join(query: Query, join: Query) -> Query:
    """``select_from(join(A, B))`` reads what was joined, by what it was joined by."""
    return replace(
        query.having(join.facts),
        entities=tuple(dict.fromkeys((*query.entities, *join.entities))),
        joined=tuple(dict.fromkeys((*query.joined, *join.joined))),
        outer=(*query.outer, *join.outer),
    )


def of_statement(query: Query, statement: Query) -> Query:
    """``select(M).from_statement(...)`` sends the statement, and makes objects of its rows."""
    return replace(
        statement,
        columns=query.columns,
        clauses=query.clauses,
        sends=query.sends,
        loads=query.loads,
    )


def negated(condition: Condition) -> Condition:
    """Return what a negated condition says: nothing, unless nobody understands it."""
    facts = condition.facts
    compared = frozenset((entity, not same) for entity, same in facts.compared)
    said = UNDERSTOOD_BY_NOBODY if facts.possible else NOTHING
    return Condition(said.also(Facts(compared=compared)))


def inverted(value: Value) -> Value:
    """Return what ``~`` makes of a value."""
    if isinstance(value, Condition):
        return negated(value)
    if isinstance(value, Query | Column | Sql):
        return Condition(NOTHING)
    return UNKNOWN


def compound(values: tuple[Value, ...], given: Given) -> Query:
    """``union(one, other)`` reads what each of its arms does."""
    arms = tuple(value for value in flat(values) if isinstance(value, Query))
    unknown = len(arms) != len(flat(values)) or not arms
    facts = UNDERSTOOD_BY_NOBODY if unknown else NOTHING
    columns = arms[0].columns if arms else ()
    return Query("compound", columns=columns, arms=arms, facts=facts).then("union", given.call)
