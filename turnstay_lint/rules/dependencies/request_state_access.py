"""### What it does

Finds endpoints that read what the middleware left in the request (`request.state.db`,
`request.state.company`, `request.state.user`, `request.scope["tenant_id"]`) where a dependency
gives it.

### Why

Handbook 5, Standard Dependencies: `get_session`, `get_company`, `get_user`, `get_tenant_id` and
`get_permissions` read the request, so that endpoints need not. A dependency refuses where there is
nothing to give; `request.state.company` is an AttributeError then, and a test has nothing to
override.

### Bad

```python
# app/api/endpoints/companies.py
from fastapi import APIRouter, Depends, Request

from app.api import deps
from app.models import Company
from app.schemas.responses import CompanyResponse

router = APIRouter()


@router.get("/company", response_model=CompanyResponse)
async def get_company(
    request: Request, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    return request.state.company
```

### Good

```python
# app/api/endpoints/companies.py
from fastapi import APIRouter, Depends, Request

from app.api import deps
from app.models import Company
from app.schemas.responses import CompanyResponse

router = APIRouter()


@router.get("/company", response_model=CompanyResponse)
async def get_company(
    request: Request,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    company: Company = Depends(deps.get_company),
):
    return company
```

### Fix safety

Safe: the dependency gives what the middleware left, and refuses where that is nothing. The
parameter is added as the function declares its others; one that is there already is used. There is
none where the service has no such dependency, where the name is taken, or in an inner function.

### Options

`session-dependency`, `company-dependency` and `user-dependency` name the dependencies.

### Known limits

Other attributes of `request.state` and other keys of the scope are nobody's; so is what an endpoint
writes there, `hasattr`, and what stands in an f-string. Helper functions that take the request are
not looked into. On public paths the session and the company are found and not fixed, since their
dependencies ask who calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.endpoints.routes import routes
from turnstay_lint.project.settings import Settings
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.dependency_words import (
    DependencyParameter,
    FileWords,
    dependency_code,
    dependency_named,
    parameter_of,
    type_code,
)
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters
from turnstay_lint.source.types import read_type

_REQUESTS = frozenset({"fastapi.Request", "fastapi.requests.Request", "starlette.requests.Request"})


class UseDependency(Struct, frozen=True):
    """Put ``name`` at ``place``, and give the function of that line the parameter, if any."""

    place: Span
    name: str
    line: int
    parameter: DependencyParameter | None


class _Wanted(Struct, frozen=True):
    """What is read: how the parameter is called that has it, and which dependency gives it."""

    name: str
    dependency: str


def find_request_state_access(look: Look) -> Iterator[Finding]:
    """Yield what endpoints read from the request although a dependency gives it."""
    if is_apart(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        if endpoint.function is None or endpoint.scope is None:
            continue
        requests = _requests(look, endpoint.scope)
        for statement in endpoint.function.body if requests else ():
            for node, inner in _nodes(statement, False):
                wanted = _wanted(node, requests, look.settings)
                if wanted is not None:
                    yield _finding(look, node, wanted, endpoint.scope, inner)


def _requests(look: Look, scope: Scope) -> frozenset[str]:
    node = scope.node
    assert isinstance(node, FunctionNode)
    outer = scope.parent or scope
    return frozenset(
        parameter.arg
        for parameter in all_parameters(node.args)
        if look.project.canonical(read_type(parameter.annotation, outer).name, scope.module)
        in _REQUESTS
    )


def _nodes(node: ast.AST, inner: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Yield what is in a statement, and whether it is in an inner function.

    Of what is in an f-string older Pythons do not know where it stands.
    """
    if isinstance(node, ast.JoinedStr):
        return
    yield node, inner
    inner = inner or isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef)
    for child in ast.iter_child_nodes(node):
        yield from _nodes(child, inner)


def _wanted(node: ast.AST, requests: frozenset[str], settings: Settings) -> _Wanted | None:
    match node:
        case ast.Attribute(value=ast.Attribute() as held, attr=key, ctx=ast.Load()):
            where = "state"
        case ast.Call(
            func=ast.Name(id="getattr"),
            args=[ast.Attribute() as held, ast.Constant(value=str(key)), *_],
        ):
            where = "state"
        case ast.Subscript(
            value=ast.Attribute() as held, slice=ast.Constant(value=str(key)), ctx=ast.Load()
        ):
            where = "scope"
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute() as held, attr="get"),
            args=[ast.Constant(value=str(key)), *_],
        ):
            where = "scope"
        case _:
            return None
    if held.attr != where or not isinstance(held.value, ast.Name) or held.value.id not in requests:
        return None
    return _given(settings).get((where, key))


def _given(settings: Settings) -> dict[tuple[str, str], _Wanted]:
    return {
        ("state", "db"): _Wanted("session", settings.session_dependency),
        ("state", "company"): _Wanted("company", settings.company_dependency),
        ("state", "user"): _Wanted("user", settings.user_dependency),
        ("scope", "tenant_id"): _Wanted("tenant_id", "get_tenant_id"),
        ("scope", "permissions"): _Wanted("permissions", "get_permissions"),
        ("scope", "descope_user_id"): _Wanted("user", settings.user_dependency),
    }


def _finding(look: Look, node: ast.AST, wanted: _Wanted, scope: Scope, inner: bool) -> Finding:
    span = look.source.span(node)
    start, end = look.source.lines.offsets(span)
    text = look.source.text[start:end]
    made = _fix(look, span, wanted, scope, inner)
    if "descope_user_id" in text:
        made = "the user is not the identifier that stands there"
    return look.finding(
        node,
        f"`{text}` is what `{wanted.dependency}` gives",
        scope=scope,
        help=f"Depend on {wanted.dependency}",
        fix=made,
    )


def _fix(look: Look, span: Span, wanted: _Wanted, scope: Scope, inner: bool) -> Fix | str:
    dependency = dependency_named(look, wanted.dependency)
    if not dependency:
        return f"the service has no dependency {wanted.dependency}"
    if inner:
        return "it stands in an inner function, which may run later"
    if wanted.name in ("session", "company") and _is_public(look, scope):
        return f"anybody may call the endpoint, and {wanted.dependency} asks who calls"
    node = scope.node
    assert isinstance(node, FunctionNode)
    title = f"use {wanted.dependency}"
    there = parameter_of(look, scope, dependency)
    if there:
        return safe(title, UseDependency(span, there, node.lineno, None))
    if wanted.name in scope.bindings:
        return f"the name {wanted.name} is taken in the function"
    words = FileWords(look, scope)
    type_ = type_code(look, words, dependency)
    if not type_:
        return f"{wanted.dependency} does not say what it gives"
    parameter = words.parameter(wanted.name, type_, dependency_code(look, words, dependency))
    return safe(title, UseDependency(span, wanted.name, node.lineno, parameter))


def _is_public(look: Look, scope: Scope) -> bool:
    known = routes(look.project).get(f"{scope.module}.{scope.qualname}", ())
    return any(fact.is_entrance(look.settings) for fact in known)


RULE = Rule(
    code="TSL501",
    name="request-state-access",
    severity=Severity.WARNING,
    check=find_request_state_access,
    triggers=("state", "scope"),
    uses_project=True,
    in_tests=False,
)
