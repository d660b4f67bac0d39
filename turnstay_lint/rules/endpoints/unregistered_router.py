'''### What it does

Finds routers that nothing includes, so that none of their endpoints is ever served.

### Why

Handbook, New Endpoint Checklist: "Add endpoint to router in `api/api.py`". A router that is
forgotten there starts, passes its linters, and answers every request with 404.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(id: int):
    """Get one account."""
    return AccountResponse(id=id, name="Sea view")


# app/api/endpoints/companies.py
from fastapi import APIRouter

from app.schemas.responses import CompanyResponse

router = APIRouter()


@router.get("/company", response_model=CompanyResponse)
async def get_own_company():
    """Get the company itself."""
    return CompanyResponse(id=1, name="Sea and sun")


# app/api/api.py
from fastapi import APIRouter

from app.api.endpoints import accounts

api_router = APIRouter()
api_router.include_router(accounts.router, tags=["accounts"])


# app/main.py
from fastapi import Depends, FastAPI

from app.core.handlers.exception_handlers import generic_exception_handler
from app.api import deps
from app.api.api import api_router

app = FastAPI()
app.add_exception_handler(Exception, generic_exception_handler)
app.include_router(api_router, dependencies=[Depends(deps.get_company)])
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(id: int):
    """Get one account."""
    return AccountResponse(id=id, name="Sea view")


# app/api/endpoints/companies.py
from fastapi import APIRouter

from app.schemas.responses import CompanyResponse

router = APIRouter()


@router.get("/company", response_model=CompanyResponse)
async def get_own_company():
    """Get the company itself."""
    return CompanyResponse(id=1, name="Sea and sun")


# app/api/api.py
from fastapi import APIRouter

from app.api.endpoints import accounts, companies

api_router = APIRouter()
api_router.include_router(accounts.router, tags=["accounts"])
api_router.include_router(companies.router, tags=["companies"])


# app/main.py
from fastapi import Depends, FastAPI

from app.core.handlers.exception_handlers import generic_exception_handler
from app.api import deps
from app.api.api import api_router

app = FastAPI()
app.add_exception_handler(Exception, generic_exception_handler)
app.include_router(api_router, dependencies=[Depends(deps.get_company)])
```

### Fix safety

Unsafe, and a change set: the router is imported and included where the routers of its folder are,
by the same parent and with the keywords that they share, their own names replaced
(`tags=["accounts"]`). Its endpoints then answer, so look at who may call them. There is no fix
where no neighbour is included, or where neighbours differ in `prefix=` or `dependencies=`.

### Options

None.

### Known limits

Only routers that a module keeps in a variable are looked at. Silent: services that include no
router at all, have no application, or look for their modules themselves (`importlib`, `pkgutil`);
routers that another file imports by name or that their own file hands on (what becomes of them
cannot always be seen); tests, scripts and migrations. That the parent is included in turn is not
asked.
'''

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, unsafe
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.frameworks.routers import APPLICATION_CLASSES
from turnstay_lint.project.endpoints.registration import includes_any, is_registered, siblings
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.endpoints.inclusion_plan import NoPlace, included_beside
from turnstay_lint.rules.endpoints.missing_response_model import TRIGGERS, named
from turnstay_lint.rules.rule import Look, Rule

HELP = "Include it in api/api.py (handbook, New Endpoint Checklist)."
_CAUTION = "its endpoints begin to answer: look at their paths, and at who may call them"


class Registered(Struct, frozen=True):
    """Nothing changes in the router's own file."""


def find_unregistered_routers(look: Look) -> Iterator[Finding]:
    """Yield the first route of each router that nothing includes."""
    if is_apart(look.source.path):
        return
    first = _routers(look)
    if first and includes_any(look.project):
        for variable, (endpoint, route) in first.items():
            if not is_registered(look.project, look.source, variable):
                yield _finding(look, variable, endpoint, route)


def _routers(look: Look) -> dict[str, tuple[Endpoint, Route]]:
    """Return the routers that the module itself makes and keeps, each with its first route."""
    found: dict[str, tuple[Endpoint, Route]] = {}
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            router = route.router
            home, _, variable = router.name.rpartition(".")
            if router.made_by is None or home != look.source.scope.module:
                continue
            ancestors = look.project.ancestors(router.type, home)
            if APPLICATION_CLASSES.isdisjoint(ancestors):
                found.setdefault(variable, (endpoint, route))
    return found


def _finding(look: Look, variable: str, endpoint: Endpoint, route: Route) -> Finding:
    fix, reason = _fix(look, variable)
    made = route.router.made_by
    assert made is not None
    return look.finding(
        route.call,
        f"nothing includes {variable}, so {named(look.project, route)} is never served",
        scope=endpoint.scope or route.scope,
        help=HELP,
        related=(Related(look.source.path, look.source.span(made), "the router is made here"),),
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, variable: str) -> tuple[Fix | None, str]:
    module = look.source.scope.module
    try:
        part = included_beside(module, variable, siblings(look.project, module))
    except NoPlace as reason:
        return None, str(reason)
    title = f"Include {variable} in {part.path}, as its neighbours are"
    return unsafe(title, Registered(), _CAUTION, (part,)), ""


RULE = Rule(
    code="TSL109",
    name="unregistered-router",
    severity=Severity.WARNING,
    check=find_unregistered_routers,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
)
