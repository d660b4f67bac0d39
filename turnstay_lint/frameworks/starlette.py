"""Responses and status codes, as Starlette and FastAPI name them."""

from __future__ import annotations

import ast
from functools import lru_cache

from turnstay_lint.frameworks.literals import Elsewhere, literal
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope

_MODULES = ("starlette.responses.", "fastapi.responses.")
RESPONSE_CLASSES = frozenset(
    {
        "fastapi.Response",
        "fastapi.sse.EventSourceResponse",
        "sse_starlette.EventSourceResponse",
        "sse_starlette.sse.EventSourceResponse",
        "starlette.templating._TemplateResponse",
    }
)
JSON_RESPONSE_CLASSES = frozenset(
    f"{module}{name}"
    for module in _MODULES
    for name in ("JSONResponse", "ORJSONResponse", "UJSONResponse")
)
# Functions that give one.
RESPONSE_MAKERS = frozenset(
    f"fastapi.openapi.docs.{name}"
    for name in ("get_swagger_ui_html", "get_redoc_html", "get_swagger_ui_oauth2_redirect_html")
)
_MOST_NAMES = 4096
_STATUS_NAME = regex(r"(?:^|.*\.)HTTP_([1-5]\d\d)(?:_\w+)?$")
_BODILESS = frozenset({204, 205, 304})


def is_response_name(dotted: str) -> bool:
    """Tell whether a dotted name is that of a response class of Starlette or FastAPI."""
    return dotted in RESPONSE_CLASSES or (
        dotted.startswith(_MODULES) and dotted.endswith("Response")
    )


def status_code(expression: ast.expr, scope: Scope, elsewhere: Elsewhere) -> int | None:
    """Return the number that a status code is, however it is spelled, or None.

    ``204``, ``status.HTTP_204_NO_CONTENT``, ``HTTPStatus.NO_CONTENT``, its ``.value``,
    ``HTTPStatus(204)``, ``int(...)``, and constants of these; ``elsewhere`` as in ``literals``.
    """
    match expression:
        case ast.Constant(value=int() as number):
            return number
        case ast.Constant(value=str() as digits) if digits.isdecimal():
            return int(digits)
        case ast.Call(args=[inner]) if resolve(expression.func, scope) in _CONVERSIONS:
            return status_code(inner, scope, elsewhere)
        case ast.Name() | ast.Attribute():
            return _named(expression, scope, elsewhere)
    return None


_CONVERSIONS = frozenset({"http.HTTPStatus", "builtins.int"})


def _named(expression: ast.Name | ast.Attribute, scope: Scope, elsewhere: Elsewhere) -> int | None:
    name = resolve(expression, scope) or ""
    named = status_named(name)
    if named is not None:
        return named
    found = scope.lookup(expression.id) if isinstance(expression, ast.Name) else None
    if found is not None and len(found[1]) == 1 and found[1][0].value is not None:
        return status_code(found[1][0].value, found[0], elsewhere)
    value = literal(expression, scope, elsewhere)
    return value if isinstance(value, int) else None


@lru_cache(maxsize=_MOST_NAMES)
def status_named(dotted: str) -> int | None:
    """Return the number of a named status: a constant of ``status`` or a member of HTTPStatus."""
    match = _STATUS_NAME.match(dotted)
    if match:
        return int(match.group(1))
    head, _, member = dotted.removesuffix(".value").rpartition(".")
    if head != "http.HTTPStatus":
        return None
    from http import HTTPStatus

    found = HTTPStatus.__members__.get(member)
    return found.value if found is not None else None


def has_no_body(status: int) -> bool:
    """Tell whether a response of that status has no body, and so no model (RFC 9110)."""
    return status < 200 or status in _BODILESS
