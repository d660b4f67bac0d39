"""### What it does

Finds an `HTTPException` that is returned rather than raised: by an endpoint, by a dependency, in a
middleware or a handler of exceptions, and by other functions that return something else as well.

### Why

Handbook 6, HTTPException Pattern: errors are raised. FastAPI takes what is returned for the answer:
the client gets status 200, or a 500 where the response model refuses it, and whoever calls a
function that returned an error goes on with it as if it were what was asked for.

### Bad

```python
# app/api/utils/account_utils.py
from fastapi import HTTPException

from app.models import Account


def name_of(account: Account | None) -> str:
    if account is None:
        return HTTPException(status_code=404, detail="Account not found")
    return account.name
```

### Good

```python
# app/api/utils/account_utils.py
from fastapi import HTTPException

from app.models import Account


def name_of(account: Account | None) -> str:
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    return account.name
```

### Fix safety

Safe: the client gets the status and the detail that the code says. There is none where an `except`
around it would catch what is raised, in a middleware and in a handler of exceptions, where nobody
turns an exception into an answer, and where the error is one of two values of an expression.

### Options

None.

### Known limits

A function that only makes errors, or says in its annotation that it returns one, is left alone, for
its callers raise what it gives. Errors in tuples and lists are not followed. Silent in tests.
Subclasses of HTTPException are not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.frameworks.http_errors import HTTP_EXCEPTION, HttpError
from turnstay_lint.project.access.dependencies import is_dependency as depends_itself
from turnstay_lint.project.endpoints.routers import endpoint_of
from turnstay_lint.project.errors.answering_functions import (
    is_dependency,
    is_dispatch,
    is_exception_handler,
)
from turnstay_lint.project.errors.http_errors import http_errors, is_http_exception
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.surroundings import statements_around
from turnstay_lint.source.types import read_type

HELP = "Raise it (handbook 6, HTTPException Pattern): what is returned is taken for the answer."
_CAUGHT = frozenset({"builtins.Exception", "builtins.BaseException"})


class RaiseIt(Struct, frozen=True):
    """Say ``raise`` where the statement says ``return``."""


def find_returned_http_exceptions(look: Look) -> Iterator[Finding]:
    """Yield the statements that return an HTTPException."""
    for error in http_errors(look.project, look.source):
        function = error.scope.function
        if function is None:
            continue
        for statement, value in _returns(error, function):
            if _is_certain(look, function):
                reason = _reason(look, function, statement, value)
                yield look.finding(
                    statement,
                    f"{HTTP_EXCEPTION} is returned, so that {_effect(look, function)}",
                    scope=function,
                    help=HELP,
                    fix=None if reason else safe("Raise it", RaiseIt()),
                    unfixable=reason,
                )


def _returns(error: HttpError, function: Scope) -> Iterator[tuple[ast.Return, ast.expr]]:
    """Yield the statements that return an error: where it is made, or by its variable."""
    around = statements_around(error.call, error.scope)
    match around[-1] if around else None:
        case ast.Return(value=value) as statement if value is not None:
            if any(one is error.call for one in _values(value)):
                yield statement, value
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as made):
            if made is error.call and len(function.bindings.get(name, [])) == 1:
                for statement in _returning(function):
                    if isinstance(statement.value, ast.Name) and statement.value.id == name:
                        yield statement, statement.value


def _values(value: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression may be."""
    if isinstance(value, ast.IfExp):
        yield from _values(value.body)
        yield from _values(value.orelse)
    elif isinstance(value, ast.BoolOp):
        for one in value.values:
            yield from _values(one)
    else:
        yield value


def _returning(function: Scope) -> Iterator[ast.Return]:
    assert isinstance(function.node, FunctionNode)
    for statement in statements_of(function.node.body):
        if isinstance(statement, ast.Return):
            yield statement


def _is_certain(look: Look, function: Scope) -> bool:
    """Tell whether nobody can be waiting for the error itself."""
    if _is_called_by_a_framework(look, function):
        return True
    node = function.node
    assert isinstance(node, FunctionNode)
    said = read_type(node.returns, function.parent or function)
    if any("Exception" in member.name or "Error" in member.name for member in said.members):
        return False
    return any(_is_something_else(look, function, s.value) for s in _returning(function))


def _is_called_by_a_framework(look: Look, function: Scope) -> bool:
    return (
        endpoint_of(look.project, look.source, function.node) is not None
        or is_dependency(look.project, function)
        or depends_itself(look.project, f"{function.module}.{function.qualname}")
        or is_dispatch(look.project, function)
        or is_exception_handler(function)
    )


def _is_something_else(look: Look, function: Scope, value: ast.expr | None) -> bool:
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return False
    made = {error.call for error in http_errors(look.project, look.source)}
    if isinstance(value, ast.Name):
        bindings = function.bindings.get(value.id, [])
        return bool(bindings) and all(b.value is not None and b.value not in made for b in bindings)
    return not any(one in made for one in _values(value))


def _effect(look: Look, function: Scope) -> str:
    if endpoint_of(look.project, look.source, function.node) is not None:
        return "the client gets it as an answer that went well"
    if _is_called_by_a_framework(look, function):
        return "nobody answers with it"
    return f"callers of {function.name} go on with it"


def _reason(look: Look, function: Scope, statement: ast.Return, value: ast.expr) -> str:
    if is_dispatch(look.project, function) or is_exception_handler(function):
        return "what is raised here nobody turns into an answer: return a JSONResponse"
    if isinstance(value, ast.IfExp | ast.BoolOp):
        return "it is one of several values of an expression"
    if any(_would_catch(look, one, function) for one in _handlers(statement, function)):
        return "an except clause around it would catch what is raised"
    return ""


def _handlers(statement: ast.Return, function: Scope) -> Iterator[ast.ExceptHandler]:
    """Yield the clauses that see what the statement raises."""
    around = statements_around(statement, function)
    for outer, inner in pairwise(around):
        if isinstance(outer, ast.Try | ast.TryStar) and inner in outer.body:
            yield from outer.handlers


def _would_catch(look: Look, handler: ast.ExceptHandler, scope: Scope) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for one in caught:
        name = resolve(one, scope) or ""
        if name in _CAUGHT or is_http_exception(look.project, name, scope.module):
            return True
    return False


RULE = Rule(
    code="TSL604",
    name="returned-http-exception",
    severity=Severity.ERROR,
    check=find_returned_http_exceptions,
    triggers=(HTTP_EXCEPTION,),
    uses_project=True,
    in_tests=False,
)
