"""### What it does

Finds a `dispatch` of a `BaseHTTPMiddleware` that is not `async def dispatch(self, request,
call_next)`.

### Why

Starlette awaits `dispatch(request, call_next)` (handbook 8, Custom Middleware Template). Where it
takes something else the first request fails; where it is not `async` it cannot await what answers,
and other names hide which of the two is which.

### Bad

```python
# app/core/middleware/timing_middleware.py
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request


class TimingMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, req: Request, handler):
        return await handler(req)
```

### Good

```python
# app/core/middleware/timing_middleware.py
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request


class TimingMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next):
        return await call_next(request)
```

### Fix safety

Safe: Starlette hands both over by place, so names are the function's own; a `dispatch` that becomes
`async` awaits `call_next`. There is none where it takes more or fewer parameters, where they stand
the other way round, where a new name is taken, or an old one is used in an f-string or bound again.

### Options

None.

### Known limits

Methods with a decorator are left alone, and so are classes whose base nobody knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.endpoints.middleware import Dispatch, calls_of_next, dispatches, header
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

_NAMES = ("request", "call_next")


def find_dispatch_signatures(look: Look) -> Iterator[Finding]:
    """Yield the methods that Starlette cannot call, or that are written otherwise."""
    for dispatch in dispatches(look.project, look.source):
        complaint = _complaint(dispatch) if dispatch.of_class else ""
        if not complaint:
            continue
        made = _fix(look, dispatch)
        yield look.finding(
            header(look.source, dispatch.node),
            complaint,
            scope=dispatch.scope,
            help="async def dispatch(self, request, call_next)",
            fix=made,
        )


def _complaint(dispatch: Dispatch) -> str:
    arguments, names = dispatch.node.args, tuple(p.arg for p in dispatch.parameters)
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or len(names) != len(_NAMES):
        return "Starlette hands `request` and `call_next` over, and nothing else"
    if names != _NAMES:
        return f"`dispatch` takes `{names[0]}` and `{names[1]}` for `request` and `call_next`"
    if isinstance(dispatch.node, ast.FunctionDef):
        return "`dispatch` is not async, so that it cannot await what answers"
    return ""


def _fix(look: Look, dispatch: Dispatch) -> Fix | str:
    node, arguments = dispatch.node, dispatch.node.args
    names = tuple(parameter.arg for parameter in dispatch.parameters)
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or len(names) != len(_NAMES):
        return "what the other parameters are for only its author knows"
    if names[0] == _NAMES[1] or names[1] == _NAMES[0]:
        return "the two stand the other way round"
    parts: list[Replacement] = []
    for parameter, new in zip(dispatch.parameters, _NAMES, strict=True):
        if parameter.arg == new:
            continue
        renamed = _renamed(look, dispatch.scope, parameter, new)
        if isinstance(renamed, str):
            return renamed
        parts += renamed
    if isinstance(node, ast.FunctionDef):
        parts.append(_before(look, node, "async "))
        parts += _awaiting(look, dispatch)
    return safe("write it as the handbook does", tuple(parts))


def _renamed(look: Look, scope: Scope, parameter: ast.arg, new: str) -> list[Replacement] | str:
    """Return the places of a parameter's name, or why it cannot have another."""
    old = parameter.arg
    if new in scope.bindings:
        return f"the name {new} is taken in the method"
    if len(scope.bindings[old]) > 1:
        return f"{old} is bound again in the method"
    places = [_place(look, parameter, old)]
    for node in ast.walk(scope.node):
        if isinstance(node, ast.JoinedStr) and _uses(node, old):
            return f"{old} is used in an f-string"
        if isinstance(node, ast.arg | ast.ExceptHandler) and node is not parameter:
            if old in (getattr(node, "arg", ""), getattr(node, "name", "")):
                return f"{old} is bound again in the method"
        if isinstance(node, ast.Name) and node.id == old:
            if not isinstance(node.ctx, ast.Load):
                return f"{old} is bound again in the method"
            places.append(_place(look, node, old))
    return [Replacement(place, new) for place in places]


def _uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))


def _place(look: Look, node: ast.AST, name: str) -> Span:
    span = look.source.span(node)
    return Span(span.line, span.column, span.line, span.column + len(name))


def _before(look: Look, node: ast.AST, code: str) -> Replacement:
    start = look.source.span(node).start
    return Replacement(Span(*start, *start), code)


def _awaiting(look: Look, dispatch: Dispatch) -> Iterator[Replacement]:
    for call, holder in calls_of_next(dispatch):
        if isinstance(holder, ast.Attribute | ast.Subscript):
            span = look.source.span(call)
            yield _before(look, call, "(await ")
            yield Replacement(
                Span(span.end_line, span.end_column, span.end_line, span.end_column), ")"
            )
        elif not isinstance(holder, ast.Await):
            yield _before(look, call, "await ")


RULE = Rule(
    code="TSL802",
    name="dispatch-signature",
    severity=Severity.WARNING,
    check=find_dispatch_signatures,
    triggers=("dispatch",),
    uses_project=True,
)
