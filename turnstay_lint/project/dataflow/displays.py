"""Lists, tuples, sets and dicts that are written out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from turnstay_lint.project.dataflow import client_values
from turnstay_lint.project.dataflow.containers import with_all
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.merging import element
from turnstay_lint.project.dataflow.values import Collection, Record, Value

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
    entries = [
        (_key(key), evaluator.value(expression, environment))
        for key, expression in zip(display.keys, display.values, strict=True)
    ]
    dump = client_values.spread(entries)
    if dump is not None:
        return dump
    found = Record()
    for name, value in entries[:200]:
        if name == "**" and isinstance(value, Record):
            found = with_all(found, value)
        elif name in ("**", ""):
            found = found.opened()
        else:
            found = found.having(name, value)
    return found if len(entries) <= 200 else found.opened()


def _key(key: ast.expr | None) -> str:
    """Return a key that is written out, ``**`` for what is spread, else an empty one."""
    if key is None:
        return "**"
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
