"""Methods of columns and SQL expressions in a query: ``in_``, ``has``, ``any``, ``label``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.facts import NOTHING, Facts, linked, possible
from turnstay_lint.project.dataflow.values import (
    Column,
    Condition,
    Entity,
    Path,
    Query,
    Sql,
    Value,
)

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_EQUAL = frozenset({"in_", "is_", "is_not_distinct_from", "isnot_distinct_from", "contains"})
_NEUTRAL = frozenset(
    {
        "between", "bool_op", "contained_by", "endswith", "has_all", "has_any", "has_key",
        "icontains", "iendswith", "ilike", "is_distinct_from", "is_not", "isnot", "istartswith",
        "like", "match", "not_ilike", "not_in", "not_like", "notilike", "notin_", "notlike",
        "op", "overlap", "regexp_match", "startswith",
    }
)  # fmt: skip
_OTHER_THAN = frozenset({"is_distinct_from", "is_not", "isnot", "not_in", "notin_"})
_RELATED = frozenset(
    {
        "contained_by", "icontains", "ilike", "istartswith", "like", "match", "op", "overlap",
        "regexp_match", "startswith",
    }
)  # fmt: skip
"""What may tie a column to a value in a way of its own, as ``like(f"{tenant}.%")`` does."""


def column_method(
    owner: Column | Sql | Path,
    name: str,
    given: Given,
    environment: Environment,
    evaluator: Evaluator,
) -> Value:
    """Return what a method of a column gives: a condition, or a further expression."""
    if isinstance(owner, Sql):
        if name in _EQUAL or name in _NEUTRAL:
            return Condition(evaluator.conditions.mentioned(*owner.columns))
        return owner
    column = owner.column if isinstance(owner, Path) else owner
    if name in ("has", "any"):
        return _exists(column, given, environment, evaluator)
    if name in ("of_type", "and_"):
        return _path(owner, name, given, evaluator)
    if name in _EQUAL and given.positional:
        at: ast.expr = given.call.args[0] if given.call.args else given.call
        facts = evaluator.conditions.equal(column, given.positional[0], environment, at)
        first = given.positional[0]
        return Condition(facts.also(evaluator.conditions.compared(column, first, same=True)))
    if name in _NEUTRAL:
        related = name in _RELATED and given.positional
        facts = evaluator.conditions.mentioned(column) if related else NOTHING
        if name in _OTHER_THAN and given.positional:
            first = given.positional[0]
            facts = facts.also(evaluator.conditions.compared(column, first, same=False))
        return Condition(facts)
    if name in ("label", "cast"):
        return column
    if name == "__eq__" and given.positional:
        return Condition(possible(column.entity.key))
    return Sql((column,), (column.entity,))


def _exists(
    column: Column, given: Given, environment: Environment, evaluator: Evaluator
) -> Condition:
    """``M.account.has(...)`` ties M when it ties the account: a subquery over the foreign key."""
    entity = evaluator.queries.related(column)
    if entity is None:
        return Condition(possible(column.entity.key))
    facts = linked(column.entity.key, entity.key)
    for value in given.positional:
        facts = facts.also(evaluator.conditions.facts_of(value))
    for name, value in given.keywords:
        at = given.expression(name)
        inner = Column(entity, name)
        facts = facts.also(evaluator.conditions.equal(inner, value, environment, at))
    if entity.key == column.entity.key:
        # Both sides are rows of one table, so that their conditions cannot be told apart.
        return Condition(possible(entity.key))
    query = Query("exists", entities=(entity,), joined=(entity,), facts=facts)
    return Condition(evaluator.conditions.of_exists(query))


def _path(owner: Column | Path, name: str, given: Given, evaluator: Evaluator) -> Path:
    path = owner if isinstance(owner, Path) else Path(owner)
    facts: Facts = path.facts
    target: Entity | None = path.target
    for value in given.positional:
        if name == "and_":
            facts = facts.also(evaluator.conditions.facts_of(value))
        elif isinstance(value, Entity):
            target = value
    return Path(path.column, target, facts)
