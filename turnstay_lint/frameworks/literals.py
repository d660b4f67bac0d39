"""Constants that a file spells out: strings joined or formatted, names that are set once."""

from __future__ import annotations

import ast

from turnstay_lint.source.scopes import Binds, Scope

_MOST_DEPTH = 10


def text(expression: ast.expr | None, scope: Scope) -> str | None:
    """Return the string that an expression is, or None where the file alone cannot tell.

    Knows literals, implicit and explicit concatenation, f-strings, and names bound once to such.
    """
    value = literal(expression, scope)
    return value if isinstance(value, str) else None


def literal(
    expression: ast.expr | None, scope: Scope, depth: int = _MOST_DEPTH
) -> str | int | None:
    """Return the string or integer that an expression is, or None where the file cannot tell."""
    if depth == 0:
        return None
    match expression:
        case ast.Constant(value=str() | int() as value):
            return value
        case ast.JoinedStr(values=parts):
            return _joined([_part(part, scope, depth) for part in parts])
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            one, other = literal(left, scope, depth - 1), literal(right, scope, depth - 1)
            return one + other if isinstance(one, str) and isinstance(other, str) else None
        case ast.Name(id=name):
            found = scope.lookup(name)
            if found is not None and len(found[1]) == 1 and found[1][0].kind is Binds.ASSIGNMENT:
                return literal(found[1][0].value, found[0], depth - 1)
    return None


def _part(part: ast.expr, scope: Scope, depth: int) -> str | None:
    if isinstance(part, ast.FormattedValue):
        plain = part.conversion in (-1, ord("s")) and part.format_spec is None
        value = literal(part.value, scope, depth - 1) if plain else None
        return str(value) if value is not None else None
    value = literal(part, scope, depth - 1)
    return value if isinstance(value, str) else None


def _joined(parts: list[str | None]) -> str | None:
    whole = [part for part in parts if part is not None]
    return "".join(whole) if len(whole) == len(parts) else None
