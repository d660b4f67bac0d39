"""### What it does

Finds applications that answer requests and register no handler for exceptions that nobody caught,
and such handlers that log nothing.

### Why

Handbook 6, Exception Handlers: `app.add_exception_handler(Exception, generic_exception_handler)`,
which logs the exception and answers `{"detail": "Internal server error"}`. Without one the client
gets a body that is no JSON; with one that logs nothing, nobody learns what went wrong.

### Bad

```python
# app/main.py
from fastapi import FastAPI

from app.api.api import api_router

app = FastAPI()
app.include_router(api_router)

# app/api/api.py
from fastapi import APIRouter

api_router = APIRouter()
```

### Good

```python
# app/main.py
from fastapi import FastAPI

from app.core.handlers.exception_handlers import generic_exception_handler

from app.api.api import api_router

app = FastAPI()
app.add_exception_handler(Exception, generic_exception_handler)
app.include_router(api_router)

# app/api/api.py
from fastapi import APIRouter

api_router = APIRouter()

# app/core/handlers/exception_handlers.py
import logging

from fastapi import Request
from fastapi.responses import JSONResponse

logger = logging.getLogger(__name__)


async def generic_exception_handler(request: Request, exc: Exception):
    logger.error(f"Unhandled exception: {exc}", exc_info=True)
    return JSONResponse(status_code=500, content={"detail": "Internal server error"})
```

### Fix safety

There is none: where the handler is to be, and whom it tells, a person has to say.

### Options

None.

### Known limits

A handler of 500 takes all as well, and so does a middleware of the service that catches every
exception and answers. One that registers what cannot be read (a loop over handlers) is taken to
take all, and so is a function of the service that registers for the application that it is given,
whichever that is. A handler is said to log nothing only where all that it calls is known: what it
hands the exception to may log it. Silent for applications that include no router and have no
routes, and in tests, scripts, workers and commands.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.fastapi import argument
from turnstay_lint.frameworks.starlette import is_response_name
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.errors.exception_handlers import (
    ADDING,
    APPLICATION,
    DECORATING,
    HANDLING,
    Registration,
    catches_all,
    has_catch_all,
    registrations,
    takes_all_somewhere,
)
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_apart, is_worker
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope

HELP = "Register a handler of Exception that logs and answers 500 (handbook 6)."
NO_FIX = "where the handler is to be, and whom it tells, a person has to say"
_ANSWERING = frozenset({"include_router", "mount"})


def find_unhandled_exceptions(look: Look) -> Iterator[Finding]:
    """Yield the applications without a handler of all, and handlers that log nothing."""
    if is_apart(look.source.path) or is_worker(look.source.path):
        return
    own = registrations(look.source)
    for one in own:
        if one.takes_all and _logs_nothing(look.project, look.source, one):
            yield look.finding(
                one.node,
                "what takes all exceptions logs none of them",
                scope=one.scope,
                help=HELP,
                unfixable=NO_FIX,
            )
    for call, scope in look.source.index.calls:
        if _is_application(look.project, call, scope) and _answers(look):
            if not _is_told(look, call, own):
                yield look.finding(
                    call,
                    "the application has no handler for exceptions that nobody caught",
                    scope=scope,
                    help=HELP,
                    unfixable=NO_FIX,
                )


def _is_application(project: Project, call: ast.Call, scope: Scope) -> bool:
    name = resolve(call.func, scope)
    return name is not None and project.canonical(name, scope.module) == APPLICATION


def _answers(look: Look) -> bool:
    words = look.source.words
    return not words.isdisjoint(_ANSWERING) or bool(endpoints(look.project, look.source))


def _is_told(look: Look, call: ast.Call, own: tuple[Registration, ...]) -> bool:
    """Tell whether something takes what nobody caught, as far as can be seen."""
    if any(keyword.arg is None for keyword in call.keywords):
        return True
    if any(one.takes_all is not False for one in own):
        return True
    return _middleware_catches(look) or takes_all_somewhere(look.project)


def _middleware_catches(look: Look) -> bool:
    for call, scope in look.source.index.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware":
            given = argument(call, 0, "middleware_class")
            name = resolve(given, scope) if given is not None else None
            if name is not None and catches_all(look.project, name, scope.module):
                return True
    for function in look.source.index.functions:
        assert isinstance(function.node, FunctionNode)
        for made in function.node.decorator_list:
            if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
                if made.func.attr == "middleware" and has_catch_all(function.node):
                    return True
    return False


def _logs_nothing(project: Project, source: SourceFile, one: Registration) -> bool:
    """Tell whether all that a handler does is known, and logging is no part of it."""
    if isinstance(one.handler, FunctionNode):
        return _is_silent(project, source, source.index.scopes[one.handler])
    name = resolve(one.handler, one.scope) if one.handler is not None else None
    symbol = project.find(name, one.scope.module) if name is not None else None
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return False
    same = symbol.module.path == source.path
    where = source if same else project.read(symbol.module.path)
    if where is None:
        return False
    scopes = [scope for scope in where.index.functions if scope.qualname == symbol.qualname]
    return len(scopes) == 1 and _is_silent(project, where, scopes[0])


def _is_silent(project: Project, source: SourceFile, handler: Scope) -> bool:
    if any(isinstance(node, ast.Raise) for node in ast.walk(handler.node)):
        return False
    calls = [call for call, scope in source.index.calls if scope.function is handler]
    return all(_is_known(project, call, handler) for call in calls)


def _is_known(project: Project, call: ast.Call, handler: Scope) -> bool:
    """Tell whether a call makes a response or a text, and nothing else."""
    name = resolve(call.func, handler)
    if name is None:
        return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant)
    builtin = name.startswith("builtins.") and name != "builtins.print"
    return builtin or is_response_name(project.canonical(name, handler.module))


RULE = Rule(
    code="TSL606",
    name="unhandled-exceptions",
    severity=Severity.WARNING,
    check=find_unhandled_exceptions,
    triggers=("FastAPI", ADDING, DECORATING, HANDLING),
    uses_project=True,
    in_tests=False,
)
