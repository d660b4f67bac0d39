"""Expressions kept small: what a file says in a call or a constant, with its names resolved.

``Column(ForeignKey("companies.id"), nullable=False)`` becomes a ``Call`` that holds a ``Call``
and a ``Literal``. What has no such form is ``UNKNOWN``, and nothing is guessed from it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

_MOST_DEPTH = 12


class Literal(Struct, frozen=True, tag=True, array_like=True):
    """A constant: a string, number, boolean, bytes, None or Ellipsis."""

    value: object


class Name(Struct, frozen=True, tag=True, array_like=True):
    """A dotted name that resolved to something: ``app.models.Account``."""

    name: str


class Call(Struct, frozen=True, tag=True, array_like=True):
    """A call of a resolved name; ``subscript`` for ``Annotated[...]`` and its like.

    A keyword of ``**kwargs`` has the name ``**``; a starred argument is ``UNKNOWN``.
    """

    name: str
    arguments: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    subscript: bool = False

    def keyword(self, name: str) -> Value | None:
        """Return the value of a keyword, or None where it is not given."""
        for key, value in self.keywords:
            if key == name:
                return value
        return None

    @property
    def has_unknown_keywords(self) -> bool:
        """Tell whether a ``**kwargs`` may say more."""
        return any(key == "**" for key, _ in self.keywords)


class Items(Struct, frozen=True, tag=True, array_like=True):
    """A list, tuple, set, or a dict's pairs, each pair an ``Items`` of two."""

    items: tuple[Value, ...]


class Unknown(Struct, frozen=True, tag=True, array_like=True):
    """An expression that has no small form."""


Value = Literal | Name | Call | Items | Unknown
UNKNOWN = Unknown()


def read_value(expression: ast.expr | None, scope: Scope, depth: int = _MOST_DEPTH) -> Value:
    """Return the small form of an expression in a scope."""
    if depth == 0:
        return UNKNOWN
    match expression:
        case None:
            return UNKNOWN
        case ast.Call():
            return _read_call(expression, scope, depth)
        case ast.Constant(value=constant):
            return Literal(constant)
        case ast.Name() | ast.Attribute():
            name = resolve(expression, scope)
            return Name(name) if name else UNKNOWN
        case ast.Subscript(value=base, slice=index):
            name = resolve(base, scope)
            if name is None:
                return UNKNOWN
            elements = index.elts if isinstance(index, ast.Tuple) else [index]
            return Call(name, _read_all(elements, scope, depth), subscript=True)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return Items(_read_all(elements, scope, depth))
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return Items(tuple(Items(_read_all([k, v], scope, depth)) for k, v in pairs))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return Literal(-number)
    return UNKNOWN


def _read_all(
    expressions: list[ast.expr] | list[ast.expr | None], scope: Scope, depth: int
) -> tuple[Value, ...]:
    return tuple(read_value(expression, scope, depth - 1) for expression in expressions)


def _read_call(call: ast.Call, scope: Scope, depth: int) -> Value:
    name = resolve(call.func, scope)
    return UNKNOWN if name is None else call_of(name, call, scope, depth)


def call_of(name: str, call: ast.Call, scope: Scope, depth: int = _MOST_DEPTH) -> Call:
    """Return the small form of a call of what has that dotted name."""
    keywords = tuple(
        (keyword.arg or "**", read_value(keyword.value, scope, depth - 1))
        for keyword in call.keywords
    )
    return Call(name, _read_all(call.args, scope, depth), keywords)


def calls_within(value: Value) -> Iterator[Call]:
    """Yield every call in a value, itself included, outermost first."""
    if isinstance(value, Call):
        yield value
        for inner in (*value.arguments, *(keyword for _, keyword in value.keywords)):
            yield from calls_within(inner)
    elif isinstance(value, Items):
        for inner in value.items:
            yield from calls_within(inner)
