"""Comparisons and operators: of columns, which make conditions, and of plain values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from turnstay_lint.project.dataflow.client_values import spread
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.facts import NOTHING, Facts, any_of
from turnstay_lint.project.dataflow.naming import tainted
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Collection,
    Column,
    Condition,
    Entity,
    Path,
    Query,
    Record,
    SomeColumn,
    Sql,
    Unknown,
    Value,
)
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_SQL = (Column, Sql, Path)
_OF_QUERIES = frozenset({*_SQL, Query, Entity})
_ENDS = regex(r"(^|_)(expir(es|ed|y|ation)|valid_until)(_|$)")


def comparison(compare: ast.Compare, environment: Environment, evaluator: Evaluator) -> Value:
    """Return the condition that ``left == right`` is in a query, or what else it gives."""
    left = evaluator.value(compare.left, environment)
    rights = [evaluator.value(right, environment) for right in compare.comparators]
    kinds = {type(left), *map(type, rights)}
    if SomeColumn in kinds:
        return _of_some_column(compare, [left, *rights], evaluator)
    if kinds.isdisjoint(_OF_QUERIES):
        evaluator.asking.compared(left, rights)
        return UNKNOWN
    if len(rights) != 1:
        return UNKNOWN
    right = rights[0]
    if not isinstance(compare.ops[0], ast.Eq):
        mentioned = [c for v in (left, right) if isinstance(v, Sql) for c in v.columns]
        if isinstance(compare.ops[0], ast.Lt | ast.LtE):
            ended = frozenset(c.entity.key for c in _columns(left) if _ENDS.search(c.name))
            return Condition(evaluator.conditions.mentioned(*mentioned).also(Facts(ended=ended)))
        facts = evaluator.conditions.mentioned(*mentioned)
        if isinstance(compare.ops[0], ast.NotEq):
            for column, other in ((left, right), (right, left)):
                if isinstance(column, Column):
                    facts = facts.also(evaluator.conditions.compared(column, other, same=False))
        return Condition(facts)
    at = compare.comparators[0]
    if not isinstance(left, Column) and isinstance(right, Column):
        left, right, at = right, left, compare.left
    if isinstance(left, Column):
        facts = evaluator.conditions.equal(left, right, environment, at)
        return Condition(facts.also(evaluator.conditions.compared(left, right, same=True)))
    if isinstance(left, Sql) and len(left.columns) == 1:
        # ``lower(M.name) == lower(name)``
        folded = evaluator.conditions.folded(left.columns[0], right, environment, at)
        if folded != NOTHING:
            return Condition(folded)
    mentioned = [c for v in (left, right) if isinstance(v, Sql) for c in v.columns]
    return Condition(evaluator.conditions.mentioned(*mentioned))


def _of_some_column(
    compare: ast.Compare, values: list[Value], evaluator: Evaluator
) -> Condition | Unknown:
    """``getattr(M, field) == value``, whichever column it is."""
    match values:
        case [SomeColumn(entity=entity), value] | [value, SomeColumn(entity=entity)]:
            if isinstance(compare.ops[0], ast.Eq):
                return Condition(evaluator.conditions.of_some_column(entity, value))
    return UNKNOWN


def operation(operation: ast.BinOp, environment: Environment, evaluator: Evaluator) -> Value:
    """Return what ``left & right``, ``left + right`` and their like give."""
    left = evaluator.value(operation.left, environment)
    right = evaluator.value(operation.right, environment)
    if isinstance(operation.op, ast.BitAnd | ast.BitOr):
        if any(isinstance(v, Condition) for v in (left, right)):
            facts = [evaluator.conditions.facts_of(v) for v in (left, right)]
            both = facts[0].also(facts[1])
            return Condition(both if isinstance(operation.op, ast.BitAnd) else any_of(facts))
    if isinstance(operation.op, ast.BitOr) and isinstance(right, Record) and not right.open:
        fields = spread((("**", left), *right.items))
        if fields is not None:
            return fields
    if isinstance(left, Collection) and isinstance(operation.op, ast.Sub):
        return Collection(left.items, open=True)
    if isinstance(left, Collection) and isinstance(right, Collection):
        return Collection((*left.items, *right.items)[:50], left.open or right.open)
    if any(isinstance(v, _SQL) for v in (left, right)):
        columns = [c for v in (left, right) for c in _columns(v)]
        return Sql(tuple(columns), tuple(c.entity for c in columns))
    return tainted([left, right])


def _columns(value: Value) -> tuple[Column, ...]:
    if isinstance(value, Column):
        return (value,)
    return value.columns if isinstance(value, Sql) else ()
