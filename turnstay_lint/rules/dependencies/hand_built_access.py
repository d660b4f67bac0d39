"""### What it does

Finds `CompanyAccess(...)` built by hand, outside the dependencies.

### Why

`get_company_access` builds it for a request, with the accounts that the user may see (handbook 5,
Standard Dependencies). What is built by hand forgets them: `allowed_account_ids` is None then, and
the user sees every account of the company.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Company
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(
    session: AsyncSession = Depends(deps.get_session),
    company: Company = Depends(deps.get_company),
):
    company_access = deps.CompanyAccess(session, company)
    return await company_access.get_accounts()
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Company
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(
    session: AsyncSession = Depends(deps.get_session),
    company: Company = Depends(deps.get_company),
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_accounts()
```

### Fix safety

Unsafe: the user no longer sees accounts that are not theirs, which the code so far showed. In an
endpoint that builds it from the request's own session and company, the dependency is asked instead.
There is none elsewhere, where FastAPI fills no parameters: the access object is to be handed down.

### Options

`access-class` and `access-dependency` name the class and its dependency.

### Known limits

Dependencies may build it, wherever they stand, and so may the module of the class. Workers, scripts
and tests have no request whose dependency they could ask. A class that derives from the access
class is one too; `functools.partial` of it is not read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.project.access.dependencies import is_dependency
from turnstay_lint.project.endpoints.routers import endpoint_of
from turnstay_lint.project.models.access import access_class
from turnstay_lint.project.summaries.places import is_apart, is_worker
from turnstay_lint.rules.database.access_parameter import access_parameter
from turnstay_lint.rules.dependency_words import (
    DependencyParameter,
    dependency_named,
    parameter_of,
)
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope

_CAUTION = "the user no longer sees accounts that are not theirs"


class AskForAccess(Struct, frozen=True):
    """Take the access object from a parameter: one to add to the function of a line, or ``name``.

    ``statement`` is what only gives it a name, and goes; None where the call stands elsewhere.
    """

    place: Span
    name: str
    line: int
    parameter: DependencyParameter | None
    statement: Span | None


def find_hand_built_access(look: Look) -> Iterator[Finding]:
    """Yield the calls of the access class, but for those of dependencies."""
    wanted, path = access_class(look.project), look.source.path
    last = wanted.rpartition(".")[2]
    if not wanted or is_apart(path) or is_worker(path):
        return
    near = look.source.scope.module
    if near == wanted.rpartition(".")[0]:
        return
    built: dict[str, bool] = {}
    for call, scope in look.source.index.calls:
        name = resolve(call.func, scope)
        if not name or not name.rpartition(".")[2][:1].isupper():
            continue
        if name not in built:
            built[name] = look.project.derives(name, near, wanted)
        if not built[name]:
            continue
        function = scope.function
        if function is None or is_dependency(look.project, f"{near}.{function.qualname}"):
            if function is None or endpoint_of(look.project, look.source, function.node) is None:
                continue
        made = _fix(look, call, function)
        yield look.finding(
            call,
            f"{last} is built by hand, without the accounts that the user may see",
            scope=scope,
            help=f"Depend on {look.settings.access_dependency}",
            fix=made,
        )


def _fix(look: Look, call: ast.Call, function: Scope) -> Fix | str:
    node = function.node
    if endpoint_of(look.project, look.source, node) is None:
        return "the function is no endpoint, so FastAPI fills no parameters of it"
    assert isinstance(node, FunctionNode)
    dependency = dependency_named(look, look.settings.access_dependency)
    if not dependency:
        return f"the service has no dependency {look.settings.access_dependency}"
    if not _is_of_the_request(look, call, function):
        return "it is not built from the request's own session and company alone"
    title, place = f"depend on {look.settings.access_dependency}", look.source.span(call)
    there = parameter_of(look, function, dependency)
    if there:
        return unsafe(title, AskForAccess(place, there, node.lineno, None, None), _CAUTION)
    made = access_parameter(look, function)
    if isinstance(made, str):
        return made
    named = _only_naming(call, function)
    if named is None:
        return unsafe(title, AskForAccess(place, made.name, node.lineno, made, None), _CAUTION)
    statement, name = named
    code = f"{name}{made.code.removeprefix(made.name)}"
    parameter = DependencyParameter(name, code, made.has_default, made.imports)
    span = look.source.span(statement)
    return unsafe(title, AskForAccess(place, name, node.lineno, parameter, span), _CAUTION)


def _is_of_the_request(look: Look, call: ast.Call, function: Scope) -> bool:
    settings = look.settings
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    names = [argument.id for argument in given if isinstance(argument, ast.Name)]
    wanted = [
        parameter_of(look, function, dependency_named(look, name))
        for name in (settings.session_dependency, settings.company_dependency)
    ]
    return len(names) == len(given) and names == wanted


def _only_naming(call: ast.Call, function: Scope) -> tuple[ast.stmt, str] | None:
    """Return ``access = CompanyAccess(...)`` of the function's own block, with the name."""
    node = function.node
    assert isinstance(node, FunctionNode)
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
                if len(function.bindings.get(name, ())) == 1 and len(node.body) > 1:
                    return statement, name
    return None


RULE = Rule(
    code="TSL502",
    name="hand-built-access",
    severity=Severity.WARNING,
    check=find_hand_built_access,
    triggers=("CompanyAccess", "session", "await"),
    uses_project=True,
    in_tests=False,
)
