"""Constants that a service spells out: strings joined or formatted, names that are set once."""

from __future__ import annotations

import ast
from collections.abc import Callable

from msgspec import Struct

from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope

_MOST_DEPTH = 10
Elsewhere = Callable[[str], "str | int | None"]


def _nowhere(_: str) -> None:
    return None


def text(expression: ast.expr | None, scope: Scope, elsewhere: Elsewhere = _nowhere) -> str | None:
    """Return the string that an expression is, or None where that cannot be told.

    Knows literals, implicit and explicit concatenation, f-strings, and names bound once to such.
    ``elsewhere`` is asked for the dotted names that the file does not set itself.
    """
    if isinstance(expression, ast.Constant):
        value = expression.value
    else:
        value = literal(expression, scope, elsewhere)
    return value if isinstance(value, str) else None


def literal(
    expression: ast.expr | None, scope: Scope, elsewhere: Elsewhere = _nowhere
) -> str | int | None:
    """Return the string or integer that an expression is, or None where that cannot be told."""
    return _Reading(elsewhere).of(expression, scope, _MOST_DEPTH)


class _Reading(Struct, frozen=True):
    elsewhere: Elsewhere

    def of(self, expression: ast.expr | None, scope: Scope, depth: int) -> str | int | None:
        if depth == 0:
            return None
        match expression:
            case ast.Constant(value=str() | int() as value):
                return value
            case ast.JoinedStr(values=parts):
                return _joined([self._part(part, scope, depth) for part in parts])
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                one, other = self.of(left, scope, depth - 1), self.of(right, scope, depth - 1)
                return one + other if isinstance(one, str) and isinstance(other, str) else None
            case ast.Name() | ast.Attribute():
                return self._named(expression, scope, depth)
        return None

    def _named(
        self, expression: ast.Name | ast.Attribute, scope: Scope, depth: int
    ) -> str | int | None:
        found = scope.lookup(expression.id) if isinstance(expression, ast.Name) else None
        if found is not None and found[1][-1].kind is Binds.ASSIGNMENT:
            return self.of(found[1][0].value, found[0], depth - 1) if len(found[1]) == 1 else None
        name = resolve(expression, scope)
        return self.elsewhere(name) if name is not None else None

    def _part(self, part: ast.expr, scope: Scope, depth: int) -> str | None:
        if isinstance(part, ast.FormattedValue):
            plain = part.conversion in (-1, ord("s")) and part.format_spec is None
            value = self.of(part.value, scope, depth - 1) if plain else None
            return str(value) if value is not None else None
        value = self.of(part, scope, depth - 1)
        return value if isinstance(value, str) else None


def _joined(parts: list[str | None]) -> str | None:
    whole = [part for part in parts if part is not None]
    return "".join(whole) if len(whole) == len(parts) else None
