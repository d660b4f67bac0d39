"""The HTTPExceptions of FastAPI and Starlette, and what a call of one says.

https://fastapi.tiangolo.com/reference/exceptions/ has their parameters: status code, detail,
headers, in this order.
"""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import argument
from turnstay_lint.source.scopes import Scope

HTTP_EXCEPTION = "HTTPException"
HTTP_EXCEPTIONS = frozenset(
    f"{module}.{HTTP_EXCEPTION}"
    for module in ("fastapi", "fastapi.exceptions", "starlette.exceptions")
)
PARAMETERS = ("status_code", "detail", "headers")


class HttpError(Struct, frozen=True):
    """One call of an HTTPException, evaluated in ``scope``."""

    call: ast.Call
    scope: Scope

    @property
    def status(self) -> ast.expr | None:
        """Return the expression that is the status code, or None where it is not seen."""
        return argument(self.call, 0, "status_code")

    @property
    def detail(self) -> ast.expr | None:
        """Return the expression that is the detail, or None where it is not seen."""
        return argument(self.call, 1, "detail")

    @property
    def may_say_more(self) -> bool:
        """Tell whether ``*args`` or ``**kwargs`` give what cannot be read."""
        starred = any(isinstance(given, ast.Starred) for given in self.call.args)
        return starred or any(keyword.arg is None for keyword in self.call.keywords)
