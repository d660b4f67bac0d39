"""### What it does

Finds endpoints in files outside of `api/endpoints/`.

### Why

Handbook, New Endpoint Checklist: "Add router file in `api/endpoints/`". Whoever looks for an
endpoint, or for what all of them have in common, looks there.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

router = APIRouter()


# app/core/reports.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

report_router = APIRouter()


@report_router.get("/report", response_model=AccountResponse)
async def get_report(id: int):
    return AccountResponse(id=id, name="Sea view")
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

router = APIRouter()


# app/api/endpoints/reports.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

report_router = APIRouter()


@report_router.get("/report", response_model=AccountResponse)
async def get_report(id: int):
    return AccountResponse(id=id, name="Sea view")
```

### Fix safety

There is none: what else the file holds, and what imports it, is for a person to part.

### Options

`endpoint-folders`: the folders that endpoints belong in.

### Known limits

Silent: a service that has no such folder at all, the file that makes the application, what asks a
process how it is (`/health`, `/ready`, `/metrics`), tests and scripts, and fragments whose router
nothing in the file binds. Of several routes of one function the first is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.frameworks.routers import APPLICATION_CLASSES
from turnstay_lint.project.endpoints.resource_paths import resource_path
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.endpoints.routes import OPERATIONAL
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.endpoints.missing_response_model import TRIGGERS, named
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve

HELP = "Move it to a file in api/endpoints/ (handbook, New Endpoint Checklist)."
_REASON = "what goes with it, and what imports it from here, is for a person to part"


def find_endpoints_outside(look: Look) -> Iterator[Finding]:
    """Yield the endpoints that lie in no folder of endpoints, where the service has one."""
    if is_apart(look.source.path) or _is_inside(look.source.module, look.settings):
        return
    found = endpoints(look.project, look.source)
    if not found or not _has_folder(look.project) or _makes_application(look):
        return
    for endpoint in found:
        route = endpoint.routes[0]
        if _is_bound(route) and not _is_operational(look, endpoint, route):
            yield look.finding(
                route.call,
                f"{named(look.project, route)} lies outside of {_folders(look)}",
                scope=endpoint.scope or route.scope,
                help=HELP,
                unfixable=_REASON,
            )


def _folders(look: Look) -> str:
    return " and ".join(f"{folder.strip('/')}/" for folder in look.settings.endpoint_folders)


def _is_inside(module: str, settings: Settings) -> bool:
    dotted = (folder.strip("/").replace("/", ".") for folder in settings.endpoint_folders)
    return any(f".{folder}." in f".{module}." for folder in dotted)


@project_fact
def _has_folder(project: Project) -> bool:
    return any(_is_inside(module, project.settings) for module in project.layout.modules)


def _makes_application(look: Look) -> bool:
    near = look.source.scope.module
    return any(
        look.project.canonical(name, near) in APPLICATION_CLASSES
        for call, scope in look.source.index.calls
        if (name := resolve(call.func, scope))
    )


def _is_bound(route: Route) -> bool:
    """Tell whether the file has the router from somewhere; a fragment leaves that out."""
    router = route.router
    return "." in router.name or router.made_by is not None or bool(router.type)


def _is_operational(look: Look, endpoint: Endpoint, route: Route) -> bool:
    path = resource_path(look.project, look.source, endpoint, route)
    return path is None or f"/{path.resource}" in OPERATIONAL


RULE = Rule(
    code="TSL113",
    name="endpoint-outside-endpoints",
    severity=Severity.WARNING,
    check=find_endpoints_outside,
    triggers=TRIGGERS,
    uses_project=True,
    uses_layout=True,
    in_tests=False,
)
