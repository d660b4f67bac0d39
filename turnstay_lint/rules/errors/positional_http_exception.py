"""### What it does

Finds an `HTTPException` whose status code or detail is given by place.

### Why

Handbook 6, HTTPException Pattern: every example says `status_code=` and `detail=`, so that an error
reads as what the client gets, and the two are not mistaken for each other.

### Bad

```python
from fastapi import HTTPException

from app.models import Account


def check_name(account: Account | None) -> None:
    if account is None:
        raise HTTPException(404, "Account not found")
```

### Good

```python
from fastapi import HTTPException

from app.models import Account


def check_name(account: Account | None) -> None:
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
```

### Fix safety

Safe: the arguments get the names that they have in FastAPI and in Starlette alike. There is none
where a `*args` stands among them, a name is given twice, or the message stands where the status
code belongs.

### Options

None.

### Known limits

A subclass has parameters of its own, and is left alone. Silent in tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.frameworks.http_errors import HTTP_EXCEPTION, PARAMETERS, HttpError
from turnstay_lint.project.errors.http_errors import http_errors
from turnstay_lint.rules.rule import Look, Rule

HELP = "Say status_code= and detail= (handbook 6, HTTPException Pattern)."


class NameArguments(Struct, frozen=True):
    """Give the arguments of the call these names, in their order."""

    names: tuple[str, ...]


def find_positional_http_exceptions(look: Look) -> Iterator[Finding]:
    """Yield the calls of HTTPException that have positional arguments."""
    for error in http_errors(look.project, look.source):
        if error.call.args:
            names = PARAMETERS[: len(error.call.args)]
            reason = _reason(error, names)
            given = f"{' and '.join(names)} of {HTTP_EXCEPTION}"
            yield look.finding(
                error.call,
                f"{given} {'is' if len(names) == 1 else 'are'} given by place",
                scope=error.scope,
                help=HELP,
                fix=None if reason else safe("Name the arguments", NameArguments(names)),
                unfixable=reason,
            )


def _reason(error: HttpError, names: tuple[str, ...]) -> str:
    """Say why the arguments cannot be named, empty where they can."""
    if error.may_say_more:
        return "what * or ** hands over cannot be seen"
    if _is_string(error.call.args[0]):
        return "its first argument is a message, and no status code"
    if len(error.call.args) > len(names):
        return f"{HTTP_EXCEPTION} does not take that many arguments"
    twice = {keyword.arg for keyword in error.call.keywords} & {*names}
    return f"{min(filter(None, twice))} is given twice" if twice else ""


def _is_string(given: ast.expr) -> bool:
    if isinstance(given, ast.Constant):
        return isinstance(given.value, str)
    return isinstance(given, ast.JoinedStr)


RULE = Rule(
    code="TSL601",
    name="positional-http-exception",
    severity=Severity.WARNING,
    check=find_positional_http_exceptions,
    triggers=(HTTP_EXCEPTION,),
    uses_project=True,
    in_tests=False,
)
