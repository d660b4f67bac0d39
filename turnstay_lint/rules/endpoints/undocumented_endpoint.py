'''### What it does

Finds endpoints that have no docstring. It is off unless selected.

### Why

Handbook 1, Standard Endpoint Structure: an endpoint says in its docstring what it does; FastAPI
shows that to whoever reads the API's documentation.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(id: int):
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
    """Get one account."""
    return AccountResponse(id=id, name="Sea view")
```

### Fix safety

There is none: only who knows what the endpoint does can say it.

### Options

None.

### Known limits

A `description=` on the route says it as well, and `include_in_schema=False` shows it to nobody.
Off by default, since half of the handbook's own examples have no docstring.
'''

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.fastapi import Route
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import TRIGGERS, named
from turnstay_lint.rules.rule import Look, Rule

HELP = "Say in a docstring what it does (handbook 1, Standard Endpoint Structure)."
_REASON = "only who knows what it does can say it"


def find_undocumented_endpoints(look: Look) -> Iterator[Finding]:
    """Yield the endpoints without a docstring, each at the first route that is shown."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        if endpoint.function is None or ast.get_docstring(endpoint.function):
            continue
        shown = [route for route in endpoint.routes if not _says_enough(route)]
        if shown:
            yield look.finding(
                shown[0].call,
                f"{named(look.project, shown[0])} has no docstring",
                scope=endpoint.scope,
                help=HELP,
                unfixable=_REASON,
            )


def _says_enough(route: Route) -> bool:
    hidden = route.keyword("include_in_schema")
    if isinstance(hidden, ast.Constant) and hidden.value is False:
        return True
    return route.has_unknown_keywords or "description" in route.keywords


RULE = Rule(
    code="TSL111",
    name="undocumented-endpoint",
    severity=Severity.WARNING,
    check=find_undocumented_endpoints,
    triggers=TRIGGERS,
    default=False,
    uses_project=True,
    in_tests=False,
)
