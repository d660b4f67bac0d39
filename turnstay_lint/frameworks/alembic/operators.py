"""What operators, comparisons and subscripts give, as far as their operands are known."""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.alembic.formatting import percent_formatted
from turnstay_lint.frameworks.alembic.joining import either
from turnstay_lint.frameworks.alembic.unpacking import slice_of
from turnstay_lint.frameworks.alembic.values import (
    HOLE,
    UNKNOWN,
    Either,
    Known,
    Mapping,
    Reference,
    Row,
    Sequence,
    Value,
    text_of,
    truth_of,
)


def binary(operator: ast.operator, left: Value, right: Value) -> Value:
    """Return what an operator gives: sequences, mappings and strings are joined."""
    match operator, left, right:
        case ast.Add(), Sequence(items=mine), Sequence(items=theirs):
            return Sequence([*mine, *theirs])
        case ast.BitOr(), Mapping(pairs=first), Mapping(pairs=second):
            return Mapping([*first, *second])
        case ast.Mod(), Known(value=str(template)), _:
            return Known(percent_formatted(template, right))
        case ast.Add(), Known(value=str()), _:
            return Known(text_of(left) + text_of(right))
        case ast.Add(), _, Known(value=str()):
            return Known(text_of(left) + text_of(right))
    return UNKNOWN


def unary(operator: ast.unaryop, operand: Value) -> Value:
    """Return what ``not`` and a sign give."""
    if isinstance(operator, ast.Not):
        decided = truth_of(operand)
        return UNKNOWN if decided is None else Known(not decided)
    if isinstance(operator, ast.USub) and isinstance(operand, Known):
        if isinstance(operand.value, int | float):
            return Known(-operand.value)
    return UNKNOWN


def logical(operator: ast.boolop, operands: list[Value]) -> Value:
    """``and`` and ``or`` give one of their operands; which, may be open."""
    stops = isinstance(operator, ast.Or)
    possible: list[Value] = []
    for operand in operands[:-1]:
        decided = truth_of(operand)
        if decided is stops:
            return either([*possible, operand])
        if decided is None:
            possible.append(operand)
    return either([*possible, operands[-1]])


def compared(operator: ast.cmpop, left: Value, right: Value) -> Value:
    """Return what comparing two constants, or looking one up among others, gives."""
    if isinstance(left, Known) and isinstance(right, Sequence):
        if all(isinstance(item, Known) for item in right.items):
            within = any(isinstance(i, Known) and i.value == left.value for i in right.items)
            if isinstance(operator, ast.In | ast.NotIn):
                return Known(within is isinstance(operator, ast.In))
    if not isinstance(left, Known) or not isinstance(right, Known):
        return UNKNOWN
    if HOLE in str(left.value) or HOLE in str(right.value):
        return UNKNOWN
    if isinstance(operator, ast.Eq | ast.Is):
        return Known(left.value == right.value)
    if isinstance(operator, ast.NotEq | ast.IsNot):
        return Known(left.value != right.value)
    return UNKNOWN


def item_of(base: Value, index: ast.expr, key: Value) -> Value:
    """Return what a subscript gives."""
    match base, key:
        case Sequence(items=items), _ if isinstance(index, ast.Slice):
            part = slice_of(index)
            return UNKNOWN if part is None else Sequence(items[part])
        case Sequence(items=items), Known(value=int(position)):
            return items[position] if -len(items) <= position < len(items) else UNKNOWN
        case Mapping(), Known(value=constant):
            return base.get(constant) or UNKNOWN
        case Reference(name=name), _ if name.startswith(("sqlalchemy", "typing", "builtins")):
            return base
        case Either(values=values), _:
            return either([item_of(value, index, key) for value in values])
        case Row(), _:
            return base
    return UNKNOWN
