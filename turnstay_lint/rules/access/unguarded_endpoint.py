"""### What it does

Finds routes that anybody may call: no dependency of the endpoint, of its decorator, of its router
or of any `include_router` above it comes to a guard, which is a dependency that turns callers away.

### Why

A route without a guard answers whoever finds it (handbook 2, Permission Checking; the checklist
asks for the proper dependencies: session, company, permissions). `get_permissions`,
`get_tenant_id` and `get_user` look like guards and refuse nobody.

### Bad

```python
# app/main.py
import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from app.schemas.responses import CompanyResponse

logger = logging.getLogger(__name__)
app = FastAPI()


@app.exception_handler(Exception)
async def generic_exception_handler(request: Request, exc: Exception):
    logger.error(f"Unhandled exception: {exc}", exc_info=True)
    return JSONResponse(status_code=500, content={"detail": "Internal server error"})


@app.get("/report", response_model=CompanyResponse)
async def get_report():
    return CompanyResponse(id=1, name="Guesthouse")
```

### Good

```python
# app/main.py
import logging

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from app.api import deps
from app.schemas.responses import CompanyResponse

logger = logging.getLogger(__name__)
app = FastAPI()


@app.exception_handler(Exception)
async def generic_exception_handler(request: Request, exc: Exception):
    logger.error(f"Unhandled exception: {exc}", exc_info=True)
    return JSONResponse(status_code=500, content={"detail": "Internal server error"})


@app.get(
    "/report", response_model=CompanyResponse, dependencies=[Depends(deps.get_company)]
)
async def get_report():
    return CompanyResponse(id=1, name="Guesthouse")
```

### Fix safety

Unsafe: whoever sends no token is refused from then on, and which permission a route should ask
for, only its author knows. The fix adds the first guard of `guards` that the service has, without
arguments, to the route's `dependencies=`. There is none where the service has no such guard, and
where `dependencies=` is no list.

### Options

`guards` names the service's own guards, as patterns (`get_token`, `check_permissions*`); the
dependencies of the company and of the access object are always among them. `public-paths` says
where anybody may call.

A dependency that is called otherwise is a guard where its code shows it: it raises 401 or 403, or
an error that is called after that, or calls something of the service that does, up to three calls
deep; a class with such a `__call__`; a scheme of `fastapi.security` without `auto_error=False`.

### Known limits

Silent where the way from the route to an application cannot be seen whole (routers that are
included in loops or by nobody, `**kwargs`, a `route_class`, routers and applications of classes of
the service's own), where a dependency cannot be followed, where a middleware answers 401 or 403 to
whoever sends nothing, where the endpoint itself looks at a key, a token or a signature, and on
paths on which people come in (`/login`, `/token`, `/register`). A route under an admin path is
TSL202's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.project.access.guarded_routes import (
    GuardedRoute,
    guarded_routes,
    lacks_admin_check,
)
from turnstay_lint.project.access.refusals import Guarding
from turnstay_lint.rules.access.route_dependency import add_to_route
from turnstay_lint.rules.dependency_words import dependency_named
from turnstay_lint.rules.rule import Look, Rule

_LOOKS_LIKE_ONE = ("get_permissions", "get_tenant_id", "get_user")
_CAUTION = (
    "whoever sends no token is refused from then on; which permission to ask for is yours to say"
)


def find_unguarded_endpoints(look: Look) -> Iterator[Finding]:
    """Yield the routes that no guard stands before, each once."""
    seen: set[ast.Call] = set()
    for guarded in guarded_routes(look.project, look.source):
        if guarded.route.call not in seen and _is_unguarded(look, guarded):
            seen.add(guarded.route.call)
            yield _finding(look, guarded)


def _is_unguarded(look: Look, guarded: GuardedRoute) -> bool:
    if guarded.guard.guarding is not Guarding.OPEN or guarded.fact.is_entrance(look.settings):
        return False
    return not lacks_admin_check(look.project, guarded)


def _finding(look: Look, guarded: GuardedRoute) -> Finding:
    made = _fix(look, guarded)
    return look.finding(
        guarded.route.call,
        f"anybody may call `{guarded.fact.label}`: {_explained(guarded)}",
        scope=guarded.endpoint.scope,
        help="Depend on get_company_access, get_company or check_permissions(...)",
        fix=made,
    )


def _explained(guarded: GuardedRoute) -> str:
    names = {name.rpartition(".")[2] for name in guarded.guard.names}
    harmless = [name for name in _LOOKS_LIKE_ONE if name in names]
    if harmless:
        return f"{' and '.join(f'`{name}`' for name in harmless)} refuses nobody"
    return "nothing that it depends on refuses anybody"


def _fix(look: Look, guarded: GuardedRoute) -> Fix | str:
    settings = look.settings
    wanted = (*settings.guards, settings.company_dependency, settings.access_dependency)
    dependency = next((d for name in wanted if (d := dependency_named(look, name))), "")
    if not dependency:
        return "the service has no guard that could be asked without saying what for"
    plan = add_to_route(look, guarded.route, dependency)
    if isinstance(plan, str):
        return plan
    return unsafe(f"depend on {dependency.rpartition('.')[2]}", plan, _CAUTION)


RULE = Rule(
    code="TSL201",
    name="unguarded-endpoint",
    severity=Severity.ERROR,
    check=find_unguarded_endpoints,
    triggers=("get", "post", "put", "patch", "delete", "api_route", "add_api_route"),
    uses_project=True,
    in_tests=False,
)
