"""Lists, tuples, sets and dicts that are written out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from turnstay_lint.project.dataflow import client_values
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.merging import element
from turnstay_lint.project.dataflow.values import Collection, Constant, Raw, Record, Value

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator


def list_display(
    items: list[ast.expr], environment: Environment, evaluator: Evaluator
) -> Collection:
    """Return the value of ``[a, *b]``, a tuple or a set."""
    found: list[Value] = []
    is_open = False
    for item in items:
        value = evaluator.value(item, environment)
        if isinstance(item, ast.Starred):
            if isinstance(value, Collection):
                found.extend(value.items)
                is_open |= value.open
            else:
                found.append(element(value))
                is_open = True
        else:
            found.append(value)
    return Collection(tuple(found[:200]), is_open or len(found) > 200)


def dict_display(display: ast.Dict, environment: Environment, evaluator: Evaluator) -> Value:
    """Return the value of ``{"a": b, **c}``; a schema's dict with other keys stays one."""
    found: list[tuple[str, Value]] = []
    is_open = False
    dump: Raw | None = None
    for key, expression in zip(display.keys, display.values, strict=True):
        value = evaluator.value(expression, environment)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            found.append((key.value, value))
        elif key is None and isinstance(value, Record):
            found.extend(value.items)
            is_open |= value.open
        elif key is None and isinstance(value, Raw) and value.dump and dump is None:
            dump = value
        else:
            is_open = True
    if dump is not None and not is_open:
        for name, _ in found:
            dump = client_values.without(dump, Constant(name))
        return dump
    return Record(tuple(found[:200]), is_open)
