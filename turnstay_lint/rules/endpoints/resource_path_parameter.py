"""### What it does

Finds routes whose path ends in a parameter, `/account/{account_id}`, where the handbook has
`/account?id=1`.

### Why

Handbook 1, CRUD Endpoint Naming Convention: reading and deleting one is `/resource?id=X`, an update
is `/resource` with the identifier in its body.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account/{account_id}", response_model=AccountResponse)
async def get_account(
    account_id: int,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_account(account_id)
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

Unsafe: clients, and the service's own tests, have to ask with `?id=`. The parameter leaves the
path; an identifier (`account_id`) is called `id` then, where nothing else in the function is. There
is no fix where another route has the path that is left (`/accounts/{id}` beside `/accounts`: name
the one in the singular first, as TSL105 does) or where that ends in another parameter
(`/{account_id}/{card_id}`), where the path is no plain string, and where the
parameter is declared with `Path`, taken by a dependency, or shared by several routes.

### Options

None.

### Known limits

GET, PATCH, PUT and DELETE are looked at. Webhooks are left alone, and so are files
(`{name:path}`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.resource_paths import (
    PARAMETER,
    ResourcePath,
    resource_path,
    same_route,
)
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import named
from turnstay_lint.rules.endpoints.path_plan import WritePath, plain_string
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, all_parameters

HELP = "Take ?id= (handbook 1, CRUD Endpoint Naming Convention)."
_CAUTION = "clients, and tests, have to ask with ?{name}= in place of the path"
_METHODS = frozenset({"GET", "PATCH", "PUT", "DELETE"})
_NAME = "id"


class TakeFromQuery(Struct, frozen=True):
    """Write the path without its parameter, which is called ``id`` at the spans of ``names``."""

    path: WritePath
    names: tuple[Span, ...] = ()


def find_path_parameters(look: Look) -> Iterator[Finding]:
    """Yield the routes whose path ends in a parameter."""
    if is_test(look.source.path):
        return
    found = endpoints(look.project, look.source)
    for endpoint in found:
        for route in endpoint.routes:
            if _METHODS.isdisjoint(route.methods):
                continue
            path = resource_path(look.project, look.source, endpoint, route)
            if path is not None and path.parameter and not path.is_webhook:
                yield _finding(look, found, endpoint, route, path)


def _finding(
    look: Look, found: tuple[Endpoint, ...], endpoint: Endpoint, route: Route, path: ResourcePath
) -> Finding:
    reason = _obstacle(look, found, endpoint, route, path)
    fix: Fix | None = None
    if not reason:
        plan = _plan(look, endpoint, route, path)
        name = _NAME if plan.names else path.parameter
        fix = unsafe(f"Take ?{name}=", plan, _CAUTION.format(name=name))
    return look.finding(
        route.call,
        f"{named(look.project, route)} takes {{{path.parameter}}} from its path, not the query",
        scope=endpoint.scope or route.scope,
        help=HELP,
        fix=fix,
        unfixable=reason,
    )


def _obstacle(
    look: Look, found: tuple[Endpoint, ...], endpoint: Endpoint, route: Route, path: ResourcePath
) -> str:
    """Say why the parameter cannot leave the path, if so."""
    if plain_string(look.source, route.path_expression) != path.own:
        return "its path is not one plain string"
    if len(endpoint.routes) > 1:
        return "the function has other routes, which share the parameter"
    function = endpoint.function
    parameters = all_parameters(function.args) if function is not None else []
    parameter = next((p for p in parameters if p.arg == path.parameter), None)
    if function is None or parameter is None:
        return f"nothing in the file shows who takes {path.parameter}: a dependency may"
    if _is_declared(function, parameter):
        return f"{path.parameter} is declared with Path(...): declare it with Query first"
    left = _without(path.own)
    if not left and not path.resource:
        return "nothing of the path would be left"
    if PARAMETER.search(left):
        return "another parameter would end the path then"
    other = same_route(look.project, look.source, found, route, left)
    return f"{other} is a route already: name this one in the singular first" if other else ""


def _without(path: str) -> str:
    return PARAMETER.sub("", path.rstrip("/")).rstrip("/")


def _is_declared(function: FunctionNode, parameter: ast.arg) -> bool:
    """Tell whether a parameter has a default or metadata, which would mean another thing."""
    plain = [*function.args.posonlyargs, *function.args.args]
    defaulted = plain[len(plain) - len(function.args.defaults) :]
    keyword_only = function.args.kwonlyargs
    for one, default in zip(keyword_only, function.args.kw_defaults, strict=True):
        defaulted += [one] if default is not None else []
    if any(one is parameter for one in defaulted):
        return True
    said = parameter.annotation
    return said is not None and any(isinstance(node, ast.Call) for node in ast.walk(said))


def _plan(look: Look, endpoint: Endpoint, route: Route, path: ResourcePath) -> TakeFromQuery:
    expression = route.path_expression
    assert expression is not None and endpoint.function is not None
    span = look.source.span(expression)
    start, end = look.source.lines.offsets(span)
    quote = look.source.text[end - 1]
    written = WritePath(span, f"{quote}{_without(path.own)}{quote}")
    assert look.source.text[start] == quote
    names = _names(look, endpoint.function, path.parameter) if _identifies(path) else []
    return TakeFromQuery(written, tuple(names))


def _identifies(path: ResourcePath) -> bool:
    """Tell whether a parameter is the identifier of the resource, and no name or secret of it."""
    name, resource = path.parameter, path.resource.replace("-", "_")
    return name in (_NAME, resource) or name.endswith(f"_{_NAME}")


def _names(look: Look, function: FunctionNode, name: str) -> list[Span]:
    """Return where a function says a parameter, if it may be called ``id``; else nothing."""
    places: list[Span] = []
    taken = 0
    for node in ast.walk(function):
        match node:
            case ast.JoinedStr() if _says(node, name):
                return []  # before Python 3.12 nobody knows where a name stands in an f-string
            case ast.Name(id=said, ctx=ast.Load()) if said == name:
                places.append(look.source.span(node))
            case ast.Name(id=said) if said in (name, _NAME):
                return []
            case ast.arg(arg=said) if said == name:
                places.append(_name_of(look, node))
                taken += 1
            case ast.arg(arg=said) if said == _NAME:
                return []
    return sorted(places, key=lambda place: place.start) if taken == 1 else []


def _says(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))


def _name_of(look: Look, parameter: ast.arg) -> Span:
    whole = look.source.span(parameter)
    return Span(whole.line, whole.column, whole.line, whole.column + len(parameter.arg))


RULE = Rule(
    code="TSL103",
    name="resource-path-parameter",
    severity=Severity.WARNING,
    check=find_path_parameters,
    triggers=("get", "patch", "put", "delete", "api_route", "add_api_route"),
    uses_project=True,
    in_tests=False,
    leads_to=("TSL105", "TSL114"),
)
