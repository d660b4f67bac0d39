"""Small readings of expressions and values that every part of the pass shares."""

from __future__ import annotations

import ast

from turnstay_lint.project.dataflow.values import UNKNOWN, Constant, Raw, Value


def dotted_name(expression: ast.expr) -> str:
    """Return ``self.session`` for an attribute chain on a plain name, else an empty string."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return ""
    return ".".join([expression.id, *reversed(parts)])


def tainted(values: list[Value]) -> Value:
    """Return what comes of combining values: raw where all of them are, else unknown."""
    if all(isinstance(value, Constant) for value in values):
        return Raw()
    if all(isinstance(value, Raw | Constant) for value in values):
        return Raw(any(isinstance(value, Raw) and value.client for value in values))
    return UNKNOWN
