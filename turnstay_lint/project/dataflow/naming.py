"""Small readings of expressions and values that every part of the pass shares."""

from __future__ import annotations

import ast

from turnstay_lint.project.dataflow.values import UNKNOWN, Constant, Raw, Value


def dotted_name(expression: ast.expr) -> str:
    """Return ``self.session`` for an attribute chain on a plain name, else an empty string."""
    if type(expression) is ast.Name:
        return expression.id
    parts: list[str] = []
    while type(expression) is ast.Attribute:
        parts.append(expression.attr)
        expression = expression.value
    if type(expression) is not ast.Name:
        return ""
    parts.append(expression.id)
    return ".".join(parts[::-1])


def tainted(values: list[Value]) -> Value:
    """Return what comes of combining values: raw where all of them are, else unknown."""
    client = False
    for value in values:
        if isinstance(value, Raw):
            client = client or value.client
        elif not isinstance(value, Constant):
            return UNKNOWN
    return Raw(client)
