"""### What it does

Finds endpoints that read or delete one thing and take no `id`. It is off unless selected.

### Why

Handbook 1, CRUD Endpoint Naming Convention: one is read at `GET /resource?id=X` and deleted at
`DELETE /resource?id=X`.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(
    account: int,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_account(account)
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(
    id: int,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_account(id)
```

### Fix safety

There is none: by what the endpoint is to find its row, if not by another parameter, is not said
anywhere.

### Options

None.

### Known limits

Only paths called after an ORM class of the service count (`/payment_intent`), the tenant's own left
out, which has no `id` for good reasons; and reading only where the schema that is answered, or the
function, is called so too (`AccountResponse`, `get_account`). Silent: paths that end in a
parameter, which TSL103 finds; webhooks; an `id` that a dependency or a class of parameters takes; a
parameter with the alias `id`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.resource_paths import (
    ResourcePath,
    names_of_rows,
    resource_path,
)
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.number import is_singular, singular
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.depending import DEPENDS, depended_on
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, Parameter
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.rules.endpoints.missing_response_model import named
from turnstay_lint.rules.endpoints.resource_words import answer_of, element_of_many, is_of, short
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.types import Type

HELP = "Take ?id= (handbook 1, CRUD Endpoint Naming Convention)."
_REASON = "by what it is to find its row is not said anywhere"
_ID = "id"
_MOST_HOPS = 4


def find_missing_ids(look: Look) -> Iterator[Finding]:
    """Yield the routes that read or delete one thing without being told which."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            path = resource_path(look.project, look.source, endpoint, route)
            if path is None or path.is_webhook or "{" in path.own or endpoint.scope is None:
                continue
            if _is_of_one(look, endpoint, route, path) and not _takes_id(look, endpoint):
                yield look.finding(
                    route.call,
                    f"{named(look.project, route)} is of one and takes no id",
                    scope=endpoint.scope,
                    help=HELP,
                    unfixable=_REASON,
                )


def _is_of_one(look: Look, endpoint: Endpoint, route: Route, path: ResourcePath) -> bool:
    answer = answer_of(look, endpoint, route)
    plurals = look.settings.plurals
    if element_of_many(answer) is not None or _names_many(answer, endpoint):
        return False
    if not is_singular(path.resource, plurals):
        return False
    one = singular(path.resource, plurals).replace("-", "_")
    row = one.replace("_", "").lower()
    if row not in names_of_rows(look.project) or row == look.settings.tenant_model.lower():
        return False
    if route.methods == ("DELETE",):
        return True
    return route.methods == ("GET",) and (is_of(answer, one) or endpoint.name == f"get_{one}")


def _names_many(answer: Type, endpoint: Endpoint) -> bool:
    """``list_catalog`` and ``CatalogListResponse`` are of many things."""
    words = short(answer)
    return endpoint.name.startswith(("list_", "search_")) or "List" in words or "Page" in words


def _takes_id(look: Look, endpoint: Endpoint) -> bool:
    """Tell whether a function, or something that it depends on, is given the ``id``."""
    function = endpoint.function
    assert function is not None and endpoint.scope is not None
    if any(
        isinstance(node, ast.keyword)
        and node.arg in ("alias", "validation_alias")
        and isinstance(node.value, ast.Constant)
        and node.value.value == _ID
        for node in ast.walk(function.args)
    ):
        return True
    module = look.source.scope.module
    return _given(look.project, f"{module}.{endpoint.scope.qualname}", module, _MOST_HOPS)


def _given(project: Project, name: str, near: str, hops: int) -> bool:
    symbol = project.find(name, near) if hops else None
    if symbol is None:
        return False
    match symbol.definition:
        case FunctionSummary() as function:
            if function.parameter(_ID) is not None:
                return True
            there = symbol.module.name
            made = (p.type.without_none.name for p in function.parameters if _is_made(p))
            asked = [*depended_on(function), *made]
            return any(_given(project, one, there, hops - 1) for one in asked)
        case ClassSummary():
            return any(
                isinstance(one.definition, ClassSummary)
                and (one.definition.attribute(_ID) is not None or _made_with_id(one.name, project))
                for one in project.lineage(symbol.name, symbol.module.name)
            )
    return False


def _is_made(parameter: Parameter) -> bool:
    """``which: Which = Depends()``: the class of the parameter is what is depended on."""
    return any(
        isinstance(value, Call) and value.name.rpartition(".")[2] in DEPENDS and not value.arguments
        for value in (parameter.default, *parameter.metadata)
    )


def _made_with_id(name: str, project: Project) -> bool:
    made = project.find(f"{name}.__init__")
    function = made.definition if made is not None else None
    return isinstance(function, FunctionSummary) and function.parameter(_ID) is not None


RULE = Rule(
    code="TSL114",
    name="missing-id-query",
    severity=Severity.WARNING,
    check=find_missing_ids,
    triggers=("get", "delete", "api_route", "add_api_route"),
    default=False,
    uses_project=True,
    in_tests=False,
)
