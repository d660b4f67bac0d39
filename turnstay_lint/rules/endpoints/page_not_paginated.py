"""### What it does

Finds routes with `response_model=Page[...]` that return a list, not what `paginate(...)` gives.

### Why

Handbook 1, Pagination Pattern: a list endpoint says `Page[...]` and returns `paginate(...)`. A list
is no page: FastAPI answers such a request with an error of its own, status 500.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from fastapi_pagination import Page

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=Page[AccountResponse])
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

Unsafe: an answer that was an error becomes a page, of the size that the client asks for, and the
application needs `add_pagination(app)`. There is no fix where `paginate` means something else in
the file, nor for pages with a cursor, which need the query itself. A return annotation stays.

### Options

None.

### Known limits

Only what is certainly a list fires: a getter or function annotated so, a query's `.all()`, a list
written out. What an unannotated function of another file returns is not known. A dictionary may
have the fields of a page. Where a route has no `response_model`, the return annotation of its
function says what is promised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import named
from turnstay_lint.rules.endpoints.paginated_returns import (
    ListReturns,
    PaginateReturns,
    paginate_is_free,
    returned_lists,
)
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.types import read_type

HELP = "Return paginate(...) (handbook 1, Pagination Pattern)."
_CAUTION = "clients get pages of the size that they ask for; the application needs add_pagination"
_PACKAGE = "fastapi_pagination"


def find_pages_that_are_lists(look: Look) -> Iterator[Finding]:
    """Yield the routes that promise a page and return a list."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            page = _page(look, endpoint, route)
            if page:
                returned = returned_lists(look, endpoint)
                if returned.lists:
                    yield _finding(look, endpoint, route, page, returned)


def _page(look: Look, endpoint: Endpoint, route: Route) -> str:
    """Return the bare name of the page that a route says it answers, empty where it is none.

    FastAPI takes what the function says that it returns, where the route itself says nothing.
    """
    said, scope = route.keyword("response_model"), route.scope
    if said is None and endpoint.function is not None and endpoint.scope is not None:
        said, scope = endpoint.function.returns, endpoint.scope.parent or scope
    if said is None or (isinstance(said, ast.Constant) and said.value is None):
        return ""
    name = look.project.canonical(read_type(said, scope).name, scope.module)
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    return last if package == _PACKAGE and last.endswith("Page") else ""


def _finding(
    look: Look, endpoint: Endpoint, route: Route, page: str, returned: ListReturns
) -> Finding:
    fix, reason = _fix(look, endpoint, page, returned)
    return look.finding(
        route.call,
        f"{named(look.project, route)} promises a {page} and returns a list",
        scope=endpoint.scope or route.scope,
        help=HELP,
        fix=fix,
        unfixable=reason,
    )


def _fix(
    look: Look, endpoint: Endpoint, page: str, returned: ListReturns
) -> tuple[Fix | None, str]:
    if page == "CursorPage":
        return None, "a page with a cursor is made of the query, not of its rows"
    assert endpoint.scope is not None
    if not paginate_is_free(look, endpoint.scope):
        return None, "the name paginate means something else in this file"
    return unsafe("Return paginate(...) of it", PaginateReturns(returned.lists), _CAUTION), ""


RULE = Rule(
    code="TSL110",
    name="page-not-paginated",
    severity=Severity.WARNING,
    check=find_pages_that_are_lists,
    triggers=("Page", "LimitOffsetPage", "CursorPage"),
    uses_project=True,
    in_tests=False,
)
