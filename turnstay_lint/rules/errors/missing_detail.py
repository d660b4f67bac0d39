"""### What it does

Finds an `HTTPException` that says nothing to the client: without a `detail`, or with one that is no
string.

### Why

Handbook 6, Error Response Format: every error answers `{"detail": "Human-readable error message"}`.
Without a detail FastAPI answers with the phrase of the status ("Not Found"), which does not say
what was not found; a dict or a list is none that clients of other endpoints know how to show.

### Bad

```python
from fastapi import HTTPException

from app.models import Account


def check_found(account: Account | None) -> None:
    if account is None:
        raise HTTPException(status_code=404)
    if account.name == "":
        raise HTTPException(status_code=400, detail={"field": "name", "problem": "empty"})
```

### Good

```python
from fastapi import HTTPException

from app.models import Account


def check_found(account: Account | None) -> None:
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    if account.name == "":
        raise HTTPException(status_code=400, detail="The name of an account is not empty")
```

### Fix safety

There is none: what the client is to read, a person has to say.

### Options

None.

### Known limits

Silent where the detail is a value that cannot be read, where `*` or `**` may give it, where the
status has no body (204) or redirects (303), in subclasses, and in tests. With status 422 a list is
the format that the handbook gives validation errors.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.http_errors import HTTP_EXCEPTION, HttpError
from turnstay_lint.frameworks.starlette import has_no_body
from turnstay_lint.project.constants import UNREADABLE, constant_of
from turnstay_lint.project.errors.http_errors import http_errors, status_number
from turnstay_lint.rules.rule import Look, Rule

HELP = 'Say what went wrong as a sentence, detail="..." (handbook 6, Error Response Format).'
_UNPROCESSABLE = 422
_REDIRECT = 3
_SHAPES = {
    ast.Dict: "a dict", ast.DictComp: "a dict", ast.List: "a list", ast.ListComp: "a list",
    ast.Tuple: "a tuple", ast.Set: "a set", ast.SetComp: "a set",
}  # fmt: skip
_MAKERS = frozenset({"dict", "list", "tuple", "set"})


def find_missing_details(look: Look) -> Iterator[Finding]:
    """Yield the calls of HTTPException that give the client no sentence."""
    for error in http_errors(look.project, look.source):
        said = _said(look, error)
        if said:
            yield look.finding(
                error.call,
                f"{HTTP_EXCEPTION} {said}",
                scope=error.scope,
                help=HELP,
                unfixable="what the client is to read, a person has to say",
            )


def _said(look: Look, error: HttpError) -> str:
    """Say what is wrong with the detail of an error, empty where nothing is."""
    status = status_number(look.project, error.status, error.scope)
    if status is not None and (has_no_body(status) or status // 100 == _REDIRECT):
        return ""
    if error.detail is None:
        return "" if error.may_say_more else "has no detail"
    shape = _shape(look, error, error.detail)
    if not shape or (status == _UNPROCESSABLE and shape in ("a list", "a tuple")):
        return ""
    return f"has {shape} as its detail"


def _shape(look: Look, error: HttpError, detail: ast.expr) -> str:
    """Say what a detail is, empty for a string and for what cannot be read."""
    value = constant_of(detail, error.scope, look.project)
    if value is not UNREADABLE:
        return "" if isinstance(value, str) else f"`{value!r}`"
    made = _made(detail, error)
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Name):
        maker = made.func.id
        return f"a {maker}" if maker in _MAKERS and error.scope.lookup(maker) is None else ""
    return _SHAPES.get(type(made), "")


def _made(detail: ast.expr, error: HttpError) -> ast.expr:
    """Return the value of a variable that the function sets once, else the expression itself."""
    found = error.scope.lookup(detail.id) if isinstance(detail, ast.Name) else None
    if found is not None and len(found[1]) == 1 and found[1][0].value is not None:
        assigned = found[1][0].node
        if isinstance(assigned, ast.Assign | ast.AnnAssign):
            return found[1][0].value
    return detail


RULE = Rule(
    code="TSL605",
    name="missing-detail",
    severity=Severity.WARNING,
    check=find_missing_details,
    triggers=(HTTP_EXCEPTION,),
    uses_project=True,
    in_tests=False,
)
