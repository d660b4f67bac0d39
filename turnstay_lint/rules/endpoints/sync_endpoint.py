"""### What it does

Finds endpoints that are `def` where the handbook has `async def`.

### Why

Handbook 1, Standard Endpoint Structure: every endpoint is `async def`. FastAPI runs a `def`
endpoint in a thread of its own, of which there are forty, and nothing in it can await the session
that the request has.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
def get_account(id: int):
    return AccountResponse(id=id, name="Sea view")
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(id: int):
    return AccountResponse(id=id, name="Sea view")
```

### Fix safety

Unsafe: the body then runs on the event loop, and while it waits for something without `await`
every other request waits as well. There is none where the function is seen to block
(`time.sleep`, `requests`, `subprocess`, `open`), to start an event loop, to be called or wrapped
by something else, or to be a generator.

### Options

None.

### Known limits

What blocks is known by name, in the function itself alone. Silent: services that provably have
synchronous sessions alone, endpoints that are given or open such a session, what they depend on
and call by name included, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, unsafe
from turnstay_lint.frameworks.fastapi import DECORATORS, Endpoint
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.inference.flow import is_generator
from turnstay_lint.project.models.concurrency import is_synchronous, reaches_synchronous_session
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.rules.endpoints.missing_response_model import TRIGGERS, named
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

HELP = "Write async def (handbook 1, Standard Endpoint Structure)."
_CAUTION = "it runs on the event loop then: whatever waits in it must be awaited"
_BLOCKING = frozenset({"builtins.open", "os.system", "time.sleep", "urllib.request.urlopen"})
_BLOCKING_PACKAGES = ("requests.", "subprocess.")
_BLOCKING_CLIENTS = frozenset(
    f"httpx.{name}" for name in ("Client", "delete", "get", "patch", "post", "put", "request")
)
_LOOPS = frozenset({"asyncio.run", "anyio.run", "anyio.from_thread.run"})


class MakeAsync(Struct, frozen=True):
    """Write ``async`` before the function that stands at a span."""

    function: Span


def find_sync_endpoints(look: Look) -> Iterator[Finding]:
    """Yield the endpoints that are no ``async def``."""
    if is_test(look.source.path):
        return
    found = [
        endpoint
        for endpoint in endpoints(look.project, look.source)
        if _is_sync(look, endpoint) and not _has_synchronous_session(look, endpoint)
    ]
    if found and not is_synchronous(look.project):
        yield from (_finding(look, endpoint) for endpoint in found)


def _is_sync(look: Look, endpoint: Endpoint) -> bool:
    if endpoint.function is not None:
        return isinstance(endpoint.function, ast.FunctionDef)
    summary = _summary(look, endpoint)
    return summary is not None and not summary.is_async


def _summary(look: Look, endpoint: Endpoint) -> FunctionSummary | None:
    symbol = look.project.find(_name(endpoint), look.source.scope.module)
    held = symbol.definition if symbol is not None else None
    return held if isinstance(held, FunctionSummary) else None


def _name(endpoint: Endpoint) -> str:
    scope = endpoint.scope
    return f"{scope.module}.{scope.qualname}" if scope is not None else endpoint.handler


def _has_synchronous_session(look: Look, endpoint: Endpoint) -> bool:
    summary = _summary(look, endpoint)
    near = look.source.scope.module
    return summary is not None and reaches_synchronous_session(look.project, summary, near)


def _finding(look: Look, endpoint: Endpoint) -> Finding:
    fix, reason = _fix(look, endpoint)
    route = endpoint.routes[0]
    return look.finding(
        route.call,
        f"{named(look.project, route)} is def {endpoint.name}, not async def",
        scope=endpoint.scope or route.scope,
        help=HELP,
        fix=fix,
        unfixable=reason,
        related=tuple(_defined(look, endpoint)),
    )


def _defined(look: Look, endpoint: Endpoint) -> Iterator[Related]:
    """Yield where a function stands that something other than its decorator makes an endpoint."""
    function = endpoint.function
    if function is not None and endpoint.routes[0].call not in function.decorator_list:
        span = look.source.span(function)
        yield Related(look.source.path, span, f"{endpoint.name} is defined here")


def _fix(look: Look, endpoint: Endpoint) -> tuple[Fix | None, str]:
    function, scope = endpoint.function, endpoint.scope
    if function is None or scope is None:
        return None, f"{endpoint.handler} is defined in another file: make it async def there"
    reason = _wrapped(function) or _waits(look, scope)
    if not reason and is_generator(function):
        reason = "it is a generator, which as async def is another thing"
    if not reason and _is_called(look.project, _name(endpoint), look.source.scope.module):
        reason = "the service calls it elsewhere, where it would have to be awaited"
    if reason:
        return None, reason
    plan = MakeAsync(look.source.span(function))
    return unsafe(f"Make {function.name} async def", plan, _CAUTION), ""


def _wrapped(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for decorator in function.decorator_list:
        made = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not (isinstance(made, ast.Attribute) and made.attr in DECORATORS):
            return f"`{ast.unparse(made)}` wraps it, and may call it without await"
    return ""


def _waits(look: Look, function: Scope) -> str:
    """Say what in a function would keep the event loop, or would need one of its own."""
    for call, scope in look.source.index.calls:
        if scope.function is not function:
            continue
        name = resolve(call.func, scope) or ""
        if name in _LOOPS or getattr(call.func, "attr", "") == "run_until_complete":
            return f"it starts an event loop with `{ast.unparse(call.func)}`: await that instead"
        if name in _BLOCKING | _BLOCKING_CLIENTS or name.startswith(_BLOCKING_PACKAGES):
            return f"`{ast.unparse(call.func)}` in it would hold up every other request"
    return ""


def _is_called(project: Project, name: str, near: str) -> bool:
    """Tell whether a function of the service calls this one, rather than FastAPI."""
    wanted, last = project.canonical(name, near), name.rpartition(".")[2]
    for module in project.modules.values():
        if last not in module.called:
            continue
        for function in module.functions.values():
            for called in function.calls | function.uses:
                if called.endswith(f".{last}"):
                    if project.canonical(called, module.name) == wanted:
                        return True
    return False


RULE = Rule(
    code="TSL108",
    name="sync-endpoint",
    severity=Severity.WARNING,
    check=find_sync_endpoints,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
)
