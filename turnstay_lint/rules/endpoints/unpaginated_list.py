"""### What it does

Finds routes that answer a whole list, `response_model=list[...]`, where the handbook has
`Page[...]`. It is off unless selected.

### Why

Handbook 1, Pagination Pattern: "Use `fastapi-pagination` for list endpoints". A list grows with the
company's rows, and with it the answer, its query, and the time that both take.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_accounts()
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from fastapi_pagination import Page, paginate

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=Page[AccountResponse])
async def get_accounts(
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return paginate(await company_access.get_accounts())
```

### Fix safety

Unsafe: clients get an object with `items` in place of a list, and only as many as they ask for; the
application needs `add_pagination(app)`. There is none where something that the function returns is
not certainly a list, or where `Page` or `paginate` means something else in the file.

### Options

None.

### Known limits

GET routes are looked at, and a list that is said with `response_model`. Off by default, since the
handbook's own Response Model Pattern answers a list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.response_models import LISTS
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import named
from turnstay_lint.rules.endpoints.paginated_returns import (
    PAGE,
    PaginateReturns,
    means,
    paginate_is_free,
    returned_lists,
)
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.types import read_type

HELP = "Answer a Page (handbook 1, Pagination Pattern)."
_CAUTION = (
    "clients get an object with items in place of a list; the application needs add_pagination"
)


def find_unpaginated_lists(look: Look) -> Iterator[Finding]:
    """Yield the routes that answer a whole list."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            said = route.keyword("response_model")
            if said is not None and route.methods == ("GET",) and _is_list(look, said, route):
                yield _finding(look, endpoint, route, said)


def _is_list(look: Look, said: ast.expr, route: Route) -> bool:
    name = read_type(said, route.scope).name
    return look.project.canonical(name, route.scope.module) in LISTS


def _finding(look: Look, endpoint: Endpoint, route: Route, said: ast.expr) -> Finding:
    fix, reason = _fix(look, endpoint, said)
    return look.finding(
        route.call,
        f"{named(look.project, route)} answers a whole list, not a page of it",
        scope=endpoint.scope or route.scope,
        help=HELP,
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, endpoint: Endpoint, said: ast.expr) -> tuple[Fix | None, str]:
    if not isinstance(said, ast.Subscript):
        return None, "its response model does not say what the list holds"
    if endpoint.scope is None:
        return None, "what answers this route is defined elsewhere"
    if not means(look, endpoint.scope, PAGE) or not paginate_is_free(look, endpoint.scope):
        return None, "the name Page, or paginate, means something else in this file"
    returned = returned_lists(look, endpoint)
    if returned.others or not returned.lists:
        return None, "not all that it returns is certainly a list"
    start, end = look.source.lines.offsets(look.source.span(said.slice))
    model = f"{PAGE[1]}[{look.source.text[start:end]}]"
    return unsafe(f"Answer {model}", PaginateReturns(returned.lists, model), _CAUTION), ""


RULE = Rule(
    code="TSL107",
    name="unpaginated-list",
    severity=Severity.WARNING,
    check=find_unpaginated_lists,
    triggers=("response_model",),
    default=False,
    uses_project=True,
    in_tests=False,
)
