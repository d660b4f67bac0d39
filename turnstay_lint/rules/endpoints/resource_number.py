"""### What it does

Finds lists on a path in the singular, and endpoints of one thing on a path in the plural.

### Why

Handbook 1, CRUD Endpoint Naming Convention: many are read from `/accounts`; one is created, read,
updated and deleted at `/account`.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=list[AccountResponse])
async def get_accounts(
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_accounts()
```

### Good

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

### Fix safety

Unsafe: clients, and the service's own tests, have to use the new path. There is no fix where a
prefix says the resource for other routes too, where the path is no plain string, and where another
route has the new path.

### Options

`plurals`: plurals of words that English grammar, as `inflection` knows it, gets wrong
(`plurals = { canvas = "canvases" }`); a word that is its own plural fits both.

### Known limits

A path counts only where something else names the same thing: the function (`create_account` on
`/accounts`) or the schema that is answered (`list[AccountResponse]` on `/account`). Functions of
many at once (`delete_accounts`), bodies and answers that are lists, what lies below a parameter,
and webhooks are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.resource_paths import ResourcePath, resource_path, same_route
from turnstay_lint.project.endpoints.response_models import LISTS
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.number import is_plural, is_singular, plural, singular
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import TRIGGERS, named
from turnstay_lint.rules.endpoints.path_plan import WritePath, plain_string
from turnstay_lint.rules.endpoints.resource_words import answer_of, element_of_many, is_of, says
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.scopes import all_parameters
from turnstay_lint.source.types import read_type

HELP = "Many in the plural, one in the singular (handbook 1, CRUD Endpoint Naming Convention)."
_CAUTION = "clients, and tests, have to use the new path"
_OF_ONE = frozenset({"DELETE", "PATCH", "POST", "PUT"})


class _Meant(Struct, frozen=True):
    """The path of a route, and the other number, in which it should name its resource."""

    path: ResourcePath
    wanted: str
    many: bool


def find_wrong_numbers(look: Look) -> Iterator[Finding]:
    """Yield the routes that name one thing in the plural, or many in the singular."""
    if is_test(look.source.path):
        return
    found = endpoints(look.project, look.source)
    for endpoint in found:
        for route in endpoint.routes:
            meant = _meant(look, endpoint, route)
            if meant is not None:
                yield _finding(look, found, endpoint, route, meant)


def _meant(look: Look, endpoint: Endpoint, route: Route) -> _Meant | None:
    path = resource_path(look.project, look.source, endpoint, route)
    if path is None or path.is_webhook or len(route.methods) != 1:
        return None
    plurals = look.settings.plurals
    name = path.resource
    answer = answer_of(look, endpoint, route)
    element = element_of_many(answer)
    if element is not None:
        if route.methods != ("GET",) or "{" in path.own or is_plural(name, plurals):
            return None
        several = plural(name, plurals)
        wrong = says(endpoint.name, several) or is_of(element, name)
        return _Meant(path, several, many=True) if wrong else None
    if is_singular(name, plurals) or not _is_of_one(endpoint, route, path):
        return None
    one = singular(name, plurals)
    if says(endpoint.name, name) or _takes_list(look, endpoint):
        return None
    wrong = says(endpoint.name, one) or is_of(answer, one)
    return _Meant(path, one, many=False) if wrong else None


def _is_of_one(endpoint: Endpoint, route: Route, path: ResourcePath) -> bool:
    """Reading is of one where it asks for which; a path that goes on after a parameter is not."""
    if "{" in path.own.rstrip("/").rpartition("/")[0]:
        return False
    if not _OF_ONE.isdisjoint(route.methods):
        return True
    function = endpoint.function
    asked = {p.arg for p in all_parameters(function.args)} if function is not None else set()
    return route.methods == ("GET",) and bool(path.parameter or "id" in asked)


def _takes_list(look: Look, endpoint: Endpoint) -> bool:
    """Tell whether the function is given many at once."""
    if endpoint.function is None or endpoint.scope is None:
        return False
    outer = endpoint.scope.parent or endpoint.scope
    return any(
        read_type(parameter.annotation, outer).without_none.name in LISTS
        for parameter in all_parameters(endpoint.function.args)
        if parameter.annotation is not None
    )


def _finding(
    look: Look, found: tuple[Endpoint, ...], endpoint: Endpoint, route: Route, meant: _Meant
) -> Finding:
    name = meant.path.resource
    what = f"lists many at {name}" if meant.many else f"is of one, at {name}"
    fix, reason = _fix(look, found, route, meant)
    return look.finding(
        route.call,
        f"{named(look.project, route)} {what}: say {meant.wanted}",
        scope=endpoint.scope or route.scope,
        help=HELP,
        fix=fix,
        unfixable=reason,
    )


def _fix(
    look: Look, found: tuple[Endpoint, ...], route: Route, meant: _Meant
) -> tuple[Fix | None, str]:
    path, expression = meant.path, route.path_expression
    if not path.says_resource:
        return None, "a prefix says it, for other routes too"
    if expression is None or plain_string(look.source, expression) != path.own:
        return None, "its path is not one plain string"
    before, _, after = path.own.rpartition(path.resource)
    new = f"{before}{meant.wanted}{after}"
    other = same_route(look.project, look.source, found, route, new)
    if other:
        return None, f"{other} is a route already: join the two"
    span = look.source.span(expression)
    quote = look.source.text[look.source.lines.offsets(span)[0]]
    plan = WritePath(span, f"{quote}{new}{quote}")
    return unsafe(f"Say {new}", plan, _CAUTION), ""


RULE = Rule(
    code="TSL105",
    name="resource-number",
    severity=Severity.WARNING,
    check=find_wrong_numbers,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
    leads_to=("TSL103", "TSL114"),
)
