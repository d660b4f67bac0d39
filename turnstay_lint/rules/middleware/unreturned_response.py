"""### What it does

Finds middleware that does not await `call_next`, and middleware that may end without a response.

### Why

`dispatch` gives the response that the client gets (handbook 8, Custom Middleware Template). Without
`await` it has a coroutine for it and the endpoint never runs; without `return` it has nothing, and
every request that takes that way is answered with 500.

### Bad

```python
# app/core/middleware/logging_middleware.py
import logging

from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request

logger = logging.getLogger(__name__)


class LoggingMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next):
        logger.info("%s %s", request.method, request.url.path)
        return call_next(request)
```

### Good

```python
# app/core/middleware/logging_middleware.py
import logging

from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request

logger = logging.getLogger(__name__)


class LoggingMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next):
        logger.info("%s %s", request.method, request.url.path)
        return await call_next(request)
```

### Fix safety

Safe: `await` is written before `call_next(...)`, and `return` before a response that was awaited at
the very end and let go. There is no other: what a way without a response is to answer, only its
author knows.

### Options

None.

### Known limits

What is handed on (`asyncio.wait_for(call_next(request), 5)`) or awaited later is awaited. A
`dispatch` that is not `async` is TSL802's. Functions under `@app.middleware("http")` are looked at
as well. A function that is handed over as `dispatch=` is not followed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.project.endpoints.middleware import Dispatch, calls_of_next, dispatches, header
from turnstay_lint.project.inference.flow import falls_through, is_generator, is_stub, returns_of
from turnstay_lint.rules.rule import Look, Rule

_LOST = (ast.Return, ast.Expr, ast.Assign, ast.AnnAssign, ast.NamedExpr)


class Write(Struct, frozen=True):
    """Write a word before what the finding points at."""

    word: str


def find_unreturned_responses(look: Look) -> Iterator[Finding]:
    """Yield the responses that nobody awaits, and the ways on which there is none."""
    for dispatch in dispatches(look.project, look.source):
        node = dispatch.node
        if isinstance(node, ast.FunctionDef) or is_stub(node):
            continue
        found = [*_not_awaited(look, dispatch), *_not_returned(look, dispatch)]
        if found and not is_generator(node):
            yield from found


def _not_awaited(look: Look, dispatch: Dispatch) -> Iterator[Finding]:
    if _is_plainly_awaited(look, dispatch):
        return
    for call, holder in calls_of_next(dispatch):
        if isinstance(holder, _LOST) and not _is_awaited_later(dispatch, holder):
            yield look.finding(
                call,
                f"`{dispatch.next_name}` is not awaited, so that there is no response",
                scope=dispatch.scope,
                help="await it",
                fix=safe("await it", Write("await ")),
            )


def _is_plainly_awaited(look: Look, dispatch: Dispatch) -> bool:
    """Tell from the text alone what most functions do: ``await`` stands wherever it is named."""
    name, written = dispatch.next_name, look.source.written(dispatch.node)
    if name and written.count(name) == written.count(f"await {name}") + 1:
        return True
    _, *uses = re.findall(rf"(\bawait\s+)?\b{name}\b", written) or [""]
    return all(uses)


def _is_awaited_later(dispatch: Dispatch, holder: ast.AST) -> bool:
    """Tell whether the coroutine is kept in a variable that something is done with."""
    targets: list[ast.expr] = []
    match holder:
        case ast.Assign():
            targets = holder.targets
        case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            targets = [target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if len(names) != len(targets):
        return True
    for node in ast.walk(dispatch.node):
        handed: list[ast.expr] = []
        if isinstance(node, ast.Await):
            handed = [node.value]
        elif isinstance(node, ast.Call):
            handed = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(isinstance(one, ast.Name) and one.id in names for one in handed):
            return True
    return False


def _not_returned(look: Look, dispatch: Dispatch) -> Iterator[Finding]:
    unfixable = "what it is to answer there only its author knows"
    for statement in returns_of(dispatch.node):
        value = statement.value
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            yield look.finding(
                statement,
                "the request ends here without a response",
                scope=dispatch.scope,
                help=f"return await {dispatch.next_name}(request)",
                unfixable=unfixable,
            )
    if not falls_through(dispatch.node):
        return
    last = dispatch.node.body[-1]
    lost = _answer_let_go(dispatch, last)
    yield look.finding(
        lost if lost is not None else header(look.source, dispatch.node),
        "a request may come to the end without a response",
        scope=dispatch.scope,
        help=f"return await {dispatch.next_name}(request)",
        fix=safe("return it", Write("return ")) if lost is not None else None,
        unfixable="" if lost is not None else unfixable,
    )


def _answer_let_go(dispatch: Dispatch, last: ast.stmt) -> ast.expr | None:
    match last:
        case ast.Expr(value=ast.Await(value=ast.Call(func=ast.Name(id=name))) as awaited):
            return awaited if name == dispatch.next_name else None
    return None


RULE = Rule(
    code="TSL803",
    name="unreturned-response",
    severity=Severity.ERROR,
    check=find_unreturned_responses,
    triggers=("dispatch", "middleware"),
    uses_project=True,
)
