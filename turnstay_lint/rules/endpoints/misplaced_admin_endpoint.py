"""### What it does

Finds endpoints under `endpoints/admin/` that are not served below `/admin`, and endpoints served
there that lie elsewhere. It is off unless selected.

### Why

Handbook 1, Path Prefixes, and 2, Admin vs Regular Endpoints: administrators' endpoints see every
tenant's rows. They are `/api/v1/admin/resource`, and who reviews one should see by its folder what
it is.

### Bad

```python
# app/api/endpoints/admin/companies.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.responses import CompanyResponse

router = APIRouter(dependencies=[Depends(deps.check_permissions_admin())])


@router.get("/company", response_model=CompanyResponse)
async def get_company(id: int):
    return CompanyResponse(id=id, name="Sea and sun")


# app/api/api.py
from fastapi import APIRouter, FastAPI

from app.core.handlers import generic_exception_handler
from app.api.endpoints.admin import companies

api_router = APIRouter()
api_router.include_router(companies.router)

app = FastAPI(exception_handlers={Exception: generic_exception_handler})
app.include_router(api_router, prefix="/api")
```

### Good

```python
# app/api/endpoints/admin/companies.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.responses import CompanyResponse

router = APIRouter(dependencies=[Depends(deps.check_permissions_admin())])


@router.get("/company", response_model=CompanyResponse)
async def get_company(id: int):
    return CompanyResponse(id=id, name="Sea and sun")


# app/api/api.py
from fastapi import APIRouter, FastAPI

from app.core.handlers import generic_exception_handler
from app.api.endpoints.admin import companies

api_router = APIRouter()
api_router.include_router(companies.router, prefix="/admin")

app = FastAPI(exception_handlers={Exception: generic_exception_handler})
app.include_router(api_router, prefix="/api")
```

### Fix safety

There is none: whether the path or the place is wrong decides who may see what, and only a person
can tell.

### Options

`admin-paths`: the prefixes below which administrators' endpoints are served; the folders are called
as they are.

### Known limits

All prefixes on the way from the application count, of the router and of whatever includes it. A
router that nothing is seen to include is left alone, and so is an administrators' endpoint in
another folder that is called `admin`.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.routers import endpoints, own_path
from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import TRIGGERS
from turnstay_lint.rules.rule import Look, Rule

HELP = "Keep administrators' endpoints in one place, by folder and by path (handbook 1 and 2)."
_REASON = "whether its path or its place is wrong, only a person can tell"


def find_misplaced_admin_endpoints(look: Look) -> Iterator[Finding]:
    """Yield the routes whose folder and path do not agree on who they are for."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            for fact in _facts(look, endpoint, route):
                message = _disagreement(look, fact)
                if message:
                    yield look.finding(
                        route.call,
                        message,
                        scope=endpoint.scope or route.scope,
                        help=HELP,
                        unfixable=_REASON,
                    )
                    break


def _facts(look: Look, endpoint: Endpoint, route: Route) -> Iterator[RouteFact]:
    """Yield the ways to a route that are seen as a whole."""
    if endpoint.scope is None:
        return
    own = own_path(look.project, route)
    name = f"{look.source.scope.module}.{endpoint.scope.qualname}"
    for fact in routes(look.project).get(name, ()):
        if fact.included and fact.method in (*route.methods, "ANY"):
            if not own or own == "/" or fact.pieces[-1:] == (own,):
                yield fact


def _disagreement(look: Look, fact: RouteFact) -> str:
    below = fact.is_below(look.settings.admin_paths)
    folders = f"/{look.source.path}"
    prefixes = [prefix.strip("/") for prefix in look.settings.admin_paths]
    inside = next((prefix for prefix in prefixes if f"/endpoints/{prefix}/" in folders), "")
    if inside and not below:
        return f"{fact.label} is not served below /{inside}, where its file belongs"
    if below and not any(f"/{prefix}/" in folders for prefix in prefixes):
        return f"{fact.label} is an administrators' endpoint outside of their folder"
    return ""


RULE = Rule(
    code="TSL112",
    name="misplaced-admin-endpoint",
    severity=Severity.WARNING,
    check=find_misplaced_admin_endpoints,
    triggers=TRIGGERS,
    default=False,
    uses_project=True,
    in_tests=False,
)
