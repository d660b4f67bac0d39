"""### What it does

Finds admin routes that no check for administrators stands before: their path lies below one of
`admin-paths`, and nothing that they depend on asks for more than a token, a company or the
permission of a tenant's own user.

### Why

Admin endpoints see every tenant: "Full database access, no tenant scoping" (handbook 2, Admin vs
Regular Endpoints). Whoever passes there without `check_permissions_admin()` sees everybody's rows.

### Bad

```python
# app/api/deps.py
from fastapi import Depends, HTTPException, Request


def get_permissions(request: Request) -> list[str]:
    return request.scope.get("permissions", [])


def check_permissions_admin():
    async def permissions_checker(permissions: list[str] = Depends(get_permissions)):
        if "Descope Admin" not in permissions:
            raise HTTPException(status_code=403, detail="Insufficient permissions")
        return permissions

    return permissions_checker


def get_company(request: Request):
    if not hasattr(request.state, "company"):
        raise HTTPException(status_code=400, detail="Cannot find company")
    return request.state.company


# app/main.py
import logging

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from app.api import deps
from app.models import Company
from app.schemas.responses import CompanyResponse

logger = logging.getLogger(__name__)
app = FastAPI()


@app.exception_handler(Exception)
async def generic_exception_handler(request: Request, exc: Exception):
    logger.error(f"Unhandled exception: {exc}", exc_info=True)
    return JSONResponse(status_code=500, content={"detail": "Internal server error"})


@app.get("/admin/company", response_model=CompanyResponse)
async def get_company(company: Company = Depends(deps.get_company)):
    return company
```

### Good

```python
# app/api/deps.py
from fastapi import Depends, HTTPException, Request


def get_permissions(request: Request) -> list[str]:
    return request.scope.get("permissions", [])


def check_permissions_admin():
    async def permissions_checker(permissions: list[str] = Depends(get_permissions)):
        if "Descope Admin" not in permissions:
            raise HTTPException(status_code=403, detail="Insufficient permissions")
        return permissions

    return permissions_checker


def get_company(request: Request):
    if not hasattr(request.state, "company"):
        raise HTTPException(status_code=400, detail="Cannot find company")
    return request.state.company


# app/main.py
import logging

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from app.api import deps
from app.models import Company
from app.schemas.responses import CompanyResponse

logger = logging.getLogger(__name__)
app = FastAPI()


@app.exception_handler(Exception)
async def generic_exception_handler(request: Request, exc: Exception):
    logger.error(f"Unhandled exception: {exc}", exc_info=True)
    return JSONResponse(status_code=500, content={"detail": "Internal server error"})


@app.get("/admin/company", response_model=CompanyResponse)
async def get_company(
    company: Company = Depends(deps.get_company),
    _: list[str] = Depends(deps.check_permissions_admin()),
):
    return company
```

### Fix safety

Safe: administrators pass as before, and nobody else was meant to. The check is added to the
function as it declares its other dependencies, as a default or in `Annotated`; to the route's
`dependencies=` where the function is not in this file, or answers routes outside the admin paths
too. There is none where the service has no `check_permissions_admin`.

### Options

`admin-guards` names the checks for administrators, as patterns; the fix adds the first that the
service has. `admin-paths` says which paths are theirs, below the API's own prefix; the prefixes of
routers and inclusions are counted.

### Known limits

A dependency is taken for the check in doubt: where it, or what it is made with, is called after an
administrator, staff, a system or a service (`require_superuser`, `Permission.FULL_ADMIN`), or where
it or the endpoint tests a role or a permission itself (`if not user.is_admin`), and the permission
of one tenant's administrators (`check_permissions(["User Admin"])`) with that. Silent, as TSL201,
where the way to the route or one of its dependencies cannot be followed, as through a function that
makes routers, and of what only leads to an address that is written out
(`RedirectResponse("/admin/")`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.frameworks.fastapi import Endpoint, argument
from turnstay_lint.project.access.factories import inner_functions
from turnstay_lint.project.access.guarded_routes import (
    GuardedRoute,
    guarded_routes,
    lacks_admin_check,
)
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.rules.access.route_dependency import AddParameter, add_to_route
from turnstay_lint.rules.dependency_words import FileWords, dependency_code, dependency_named
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import UNKNOWN, Type

_LEADING_ON = frozenset(
    {
        "fastapi.responses.RedirectResponse",
        "starlette.responses.RedirectResponse",
    }
)
_AS_IN_THE_HANDBOOK = Type("builtins.list", (Type("builtins.str"),))


def find_missing_admin_checks(look: Look) -> Iterator[Finding]:
    """Yield the admin routes that no check for administrators stands before, each once."""
    here = tuple(guarded_routes(look.project, look.source))
    lacking = [guarded for guarded in here if lacks_admin_check(look.project, guarded)]
    seen: set[ast.Call] = set()
    for guarded in lacking:
        if guarded.route.call in seen or _leads_on(guarded.endpoint):
            continue
        seen.add(guarded.route.call)
        beside = [g for g in here if g.endpoint is guarded.endpoint]
        made = _fix(look, guarded, alone=all(g in lacking for g in beside))
        yield look.finding(
            guarded.route.call,
            f"nobody asks for an administrator before `{guarded.fact.label}`",
            scope=guarded.endpoint.scope,
            help="Depend on check_permissions_admin()",
            fix=made,
        )


def _leads_on(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint does nothing but lead to an address that is written out."""
    function, scope = endpoint.function, endpoint.scope
    if function is None or scope is None:
        return False
    match [s for s in function.body if not isinstance(s, ast.Expr | ast.Pass)]:
        case [ast.Return(value=ast.Call() as answer)]:
            address = argument(answer, 0, "url")
            constant = isinstance(address, ast.Constant)
            return constant and resolve(answer.func, scope) in _LEADING_ON
    return False


def _fix(look: Look, guarded: GuardedRoute, *, alone: bool) -> Fix | str:
    named = (dependency_named(look, name) for name in look.settings.admin_guards)
    check = next((name for name in named if name), "")
    if not check:
        return "the service has no check for administrators"
    title = f"depend on {check.rpartition('.')[2]}"
    scope = guarded.endpoint.scope
    plan = _parameter(look, scope, check) if scope is not None and alone else None
    if plan is not None:
        return safe(title, plan)
    on_route = add_to_route(look, guarded.route, check)
    return on_route if isinstance(on_route, str) else safe(title, on_route)


def _parameter(look: Look, scope: Scope, check: str) -> AddParameter | None:
    """Return the parameter that has the check made, if what the check gives is a plain list."""
    if _given(look, check) not in (UNKNOWN, _AS_IN_THE_HANDBOOK):
        return None
    name = next((n for n in ("_", "_admin") if n not in scope.bindings), "")
    if not name or not isinstance(scope.node, FunctionNode):
        return None
    words = FileWords(look, scope)
    parameter = words.parameter(name, "list[str]", dependency_code(look, words, check))
    return AddParameter(scope.node.lineno, parameter)


def _given(look: Look, check: str) -> Type:
    for name in inner_functions(look.project, check) or (check,):
        symbol = look.project.find(name)
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            return symbol.definition.returns
    return UNKNOWN


RULE = Rule(
    code="TSL202",
    name="missing-admin-check",
    severity=Severity.ERROR,
    check=find_missing_admin_checks,
    triggers=("get", "post", "put", "patch", "delete", "api_route", "add_api_route"),
    uses_project=True,
    in_tests=False,
)
