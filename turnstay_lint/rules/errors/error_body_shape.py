"""### What it does

Finds answers to errors whose body has no `detail`: a `JSONResponse` with a status of 400 or above,
and a dict that an endpoint returns to say that something went wrong.

### Why

Handbook 6, Error Response Format: "All error responses follow this structure", which is
`{"detail": "Human-readable error message"}`. A client that shows errors has one place to look; with
an `error` here and a `message` there it shows nothing.

### Bad

```python
# app/core/handlers/exception_handlers.py
from fastapi import Request
from fastapi.responses import JSONResponse


async def closed_handler(request: Request, exc: Exception) -> JSONResponse:
    return JSONResponse(status_code=423, content={"message": "The account is closed"})
```

### Good

```python
# app/core/handlers/exception_handlers.py
from fastapi import Request
from fastapi.responses import JSONResponse


async def closed_handler(request: Request, exc: Exception) -> JSONResponse:
    return JSONResponse(status_code=423, content={"detail": "The account is closed"})
```

### Fix safety

Safe where one key certainly holds the message: it is called `detail`, as the handbook has it; the
other keys stay. A string alone becomes `{"detail": ...}`. There is none where several keys may hold
it, or none does, and for a returned dict, which is answered with status 200: raise an
`HTTPException` with the status that it means.

### Options

None.

### Known limits

Silent where the status or the keys cannot be read, and where others say how an error looks:
OAuth (`error` with `error_description`), JSON-RPC (`jsonrpc`), and what says how a service is (a
`status` with 503). A returned dict is one of an error where all of it speaks of that: an `error`
that is certainly one, `"success": False`, `"status": "error"`. Silent in tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.frameworks.starlette import JSON_RESPONSE_CLASSES
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.errors.error_answers import Answer, error_answers
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.scopes import Scope

HELP = 'Errors answer {"detail": "..."} (handbook 6, Error Response Format).'
DETAIL = "detail"
_UNAVAILABLE = 503
_MESSAGES = frozenset(
    {
        "description", "err", "error", "error_message", "errorMessage", "error_msg", "message",
        "msg", "reason",
    }
)  # fmt: skip
_ERRORS = frozenset({"err", "error", "errorMessage", "error_message", "error_msg", "errors"})
_BESIDE = _MESSAGES | {"code", "error_code", "errors", "ok", "status", "status_code", "success"}
_FAILED = frozenset({"error", "fail", "failed", "failure"})
_ALONE = "its answer has status 200: raise an HTTPException with the status that it means"
_MAKE_NO_TEXT = (
    ast.Compare, ast.Dict, ast.DictComp, ast.GeneratorExp, ast.List, ast.ListComp, ast.Set,
    ast.SetComp, ast.Tuple,
)  # fmt: skip


class SayDetail(Struct, frozen=True):
    """Replace a key, or write a dict around a string."""

    parts: tuple[Replacement, ...]


def find_error_bodies(look: Look) -> Iterator[Finding]:
    """Yield the answers to errors that have no detail."""
    if is_test(look.source.path):
        return
    for answer in error_answers(look.project, look.source):
        if answer.is_json and answer.said is not None:
            yield from _response(look, answer, answer.said)
    for endpoint in endpoints(look.project, look.source):
        if endpoint.scope is not None and endpoint.function is not None:
            for statement in statements_of(endpoint.function.body):
                if isinstance(statement, ast.Return) and statement.value is not None:
                    yield from _returned(look, endpoint.scope, statement.value)


def _response(look: Look, answer: Answer, said: ast.expr) -> Iterator[Finding]:
    body = _made(said, answer.scope)
    keys = _keys(body) if isinstance(body, ast.Dict) else None
    if isinstance(body, ast.Dict):
        if keys is None or DETAIL in keys or _is_of_another_format(keys, answer.status):
            return
        fault = f"has no {DETAIL}"
    elif _is_text(body):
        fault = "is a string alone"
    elif isinstance(body, ast.List | ast.ListComp):
        fault = "is a list"
    else:
        return
    parts, reason = _parts(look, body)
    yield look.finding(
        answer.call,
        f"the body of {answer.what} {answer.status} {fault}",
        scope=answer.scope,
        help=HELP,
        fix=safe(f"Say it as {DETAIL}", SayDetail(parts)) if parts else None,
        unfixable=reason,
    )


def _made(said: ast.expr, scope: Scope) -> ast.expr:
    """Return the value of a variable that is set once and not changed, else the expression."""
    found = scope.lookup(said.id) if isinstance(said, ast.Name) else None
    if found is not None and found[0] is scope.function and len(found[1]) == 1:
        value = found[1][0].value
        function = scope.function
        assert function is not None
        if isinstance(value, ast.Dict) and not _is_changed(said, function):
            return value
    return said


def _is_changed(name: ast.expr, function: Scope) -> bool:
    """Tell whether a dict is spoken of between its making and its use."""
    assert isinstance(name, ast.Name)
    uses = [n for n in ast.walk(function.node) if isinstance(n, ast.Name) and n.id == name.id]
    return len(uses) > 2


def _keys(body: ast.Dict) -> list[str] | None:
    """Return the keys of a dict, or None where some cannot be read."""
    keys = [key.value if isinstance(key, ast.Constant) else None for key in body.keys]
    return [str(key) for key in keys] if all(isinstance(key, str) for key in keys) else None


def _is_of_another_format(keys: list[str], status: int) -> bool:
    if "jsonrpc" in keys or {"error", "error_description"} <= {*keys}:
        return True
    return status == _UNAVAILABLE and "status" in keys


def _is_text(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str)
    return isinstance(value, ast.JoinedStr)


def _parts(look: Look, body: ast.expr) -> tuple[tuple[Replacement, ...], str]:
    """Return what puts a body right, or why that is not certain."""
    span = look.source.span
    if not isinstance(body, ast.Dict):
        if not _is_text(body):
            return (), "a list has no place for a sentence"
        start, end = look.source.lines.offsets(span(body))
        text = look.source.text[start:end]
        return (Replacement(span(body), f'{{"{DETAIL}": {text}}}'),), ""
    pairs = [
        (key, value)
        for key, value in zip(body.keys, body.values, strict=True)
        if isinstance(key, ast.Constant) and _may_be_text(value)
    ]
    named = [key for key, _ in pairs if key.value in _MESSAGES]
    if not named and len(body.keys) == 1 and pairs and _is_text(pairs[0][1]):
        named = [pairs[0][0]]
    if len(named) != 1:
        said = "several of its keys may hold the message" if named else "no key holds a message"
        return (), f"{said}: a person has to say which sentence clients read"
    return (Replacement(span(named[0]), f'"{DETAIL}"'),), ""


def _may_be_text(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str)
    return not isinstance(value, _MAKE_NO_TEXT)


def _returned(look: Look, function: Scope, value: ast.expr) -> Iterator[Finding]:
    """Yield what an endpoint returns to say that something went wrong."""
    alone = value
    if isinstance(value, ast.Tuple) and len(value.elts) == 2 and _is_error_status(value.elts[1]):
        alone = value.elts[0]
    if not isinstance(alone, ast.Dict):
        return
    keys = _keys(alone)
    if keys is None or DETAIL in keys or not {*keys} <= _BESIDE or not _speaks_of_error(alone):
        return
    sets_status = _sets_status(function)
    parts, reason = _parts(look, alone) if sets_status and alone is value else ((), _ALONE)
    yield look.finding(
        alone,
        f"{function.name} returns an error without {DETAIL}",
        scope=function,
        help=HELP,
        fix=safe(f"Say it as {DETAIL}", SayDetail(parts)) if parts else None,
        unfixable=reason,
    )


def _is_error_status(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value >= 400


def _speaks_of_error(body: ast.Dict) -> bool:
    """Tell whether a dict certainly says that something went wrong."""
    for key, value in zip(body.keys, body.values, strict=True):
        assert isinstance(key, ast.Constant)
        said = value.value if isinstance(value, ast.Constant) else None
        if key.value in _ERRORS and ((_is_text(value) and said != "") or _is_made_text(value)):
            return True
        if key.value in ("ok", "success") and said is False:
            return True
        if key.value == "status" and said in _FAILED:
            return True
    return False


def _is_made_text(value: ast.expr) -> bool:
    """``str(exc)`` is the text of something that went wrong."""
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and (value.func.id in ("str", "repr"))
    )


def _sets_status(function: Scope) -> bool:
    """``response.status_code = 404`` before it answers."""
    return any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Attribute)
        and statement.targets[0].attr == "status_code"
        for statement in statements_of(getattr(function.node, "body", []))
    )


RULE = Rule(
    code="TSL603",
    name="error-body-shape",
    severity=Severity.WARNING,
    check=find_error_bodies,
    triggers=(
        *sorted({name.rpartition(".")[2] for name in JSON_RESPONSE_CLASSES}),
        *_ERRORS,
        "success",
    ),
    uses_project=True,
    in_tests=False,
)
