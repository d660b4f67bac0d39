"""Arguments of the calls that take something back: strings, or what the upgrade itself wrote."""

from __future__ import annotations

import ast
from collections.abc import Callable

from msgspec import Struct

from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

_OF_ITS_OWN = ast.Lambda | ast.NamedExpr | ast.ListComp | ast.SetComp | ast.DictComp


class CannotInvert(Exception):
    """An operation cannot be taken back with certainty; the message says why."""


class Argument(Struct, frozen=True):
    """An argument: a string (through ``op.f`` where ``final``), other code, or a place to copy."""

    keyword: str = ""
    text: str = ""
    final: bool = False
    code: str = ""
    place: Span | None = None


def string(text: str, keyword: str = "", *, final: bool = False) -> Argument:
    """Return a string; raises CannotInvert for one that is not to be written down."""
    if not text.isprintable() or '"' in text or "\\" in text:
        raise CannotInvert("a name in it is not one to be written down")
    return Argument(keyword, text=text, final=final)


def code(said: str, keyword: str) -> Argument:
    """Return a constant of Python."""
    return Argument(keyword, code=said)


def written(
    expression: ast.expr, scope: Scope, span_of: Callable[[ast.AST], Span], keyword: str
) -> Argument:
    """Return what the upgrade wrote, if it means the same in the downgrade.

    Raises CannotInvert where names in it are the upgrade's own.
    """
    for node in ast.walk(expression):
        own = isinstance(node, _OF_ITS_OWN)
        if own or (isinstance(node, ast.Name) and not _is_of_module(node, scope)):
            said = ast.unparse(expression)
            raise CannotInvert(f"`{said}` means something in the upgrade only")
    return Argument(keyword, place=span_of(expression))


def _is_of_module(name: ast.Name, scope: Scope) -> bool:
    found = scope.lookup(name.id)
    return found is None or found[0].is_module
