"""### What it does

Finds PATCH endpoints that dump their body without `exclude_unset=True`, and the utilities that do
so for them.

### Why

A PATCH changes what the client sent. A dump without `exclude_unset=True` holds every other field as
well, with its default, so that a request that renames an account empties the rest of it (handbook
4, Patch Request Pattern: "Endpoint uses exclude_unset to only update provided fields").

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.schemas.requests import PatchAccountRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.patch("/account", response_model=AccountResponse)
async def patch_account(
    request_data: PatchAccountRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    account = await company_access.get_account(request_data.id)
    update_data = request_data.model_dump()

    for field, value in update_data.items():
        if field != "id":
            setattr(account, field, value)

    await session.commit()
    return await refresh_and_return(session, account)
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.schemas.requests import PatchAccountRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.patch("/account", response_model=AccountResponse)
async def patch_account(
    request_data: PatchAccountRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    account = await company_access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True)

    for field, value in update_data.items():
        if field != "id":
            setattr(account, field, value)

    await session.commit()
    return await refresh_and_return(session, account)
```

### Fix safety

Safe: what the client sent is stored as before, and what it left out stays as it was, as the
handbook asks.

### Options

None.

### Known limits

Silent where every field of the schema is required, so that none can be left out; beside
`exclude_defaults=True`; beside `exclude_none=True` where every default is None; and where the dump
goes to a log, a comparison, one field of an object, or a comprehension that chooses from it. A
utility counts where only PATCH endpoints take the schema and it sets attributes or values from the
dump.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.frameworks.pydantic import DICTS
from turnstay_lint.project.dataflow.patch_loops import around
from turnstay_lint.project.endpoints.bodies import taken
from turnstay_lint.project.endpoints.routers import endpoint_of
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.schemas.schema_dumps import schema_of
from turnstay_lint.project.schemas.schemas import default_of, fields
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope

_ENCODERS = frozenset({"fastapi.encoders.jsonable_encoder"})
_LOGS = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "log", "print", "bind"}
)
OPTION = "exclude_unset"


class ExcludeUnset(Struct, frozen=True):
    """Give the call at the finding ``exclude_unset=True``."""


def find_patches_without_exclude_unset(look: Look) -> Iterator[Finding]:
    """Yield the dumps of a PATCH's body that hold what the client did not send."""
    if is_apart(look.source.path):
        return
    for call, scope in look.source.index.calls:
        body = _dumped_body(call, scope)
        if body is None or scope.function is None or _is_settled(call):
            continue
        schema = schema_of(look.project, look.source, body, scope)
        if schema is None or not _can_leave_out(look, call, schema):
            continue
        if _patches(look, scope, schema) and not _is_only_told(scope, call):
            yield look.finding(
                call,
                f"the dump of {schema.qualname} holds fields that the client did not send",
                scope=scope,
                help=f"Say {OPTION}=True (handbook 4, Patch Request Pattern)",
                fix=safe(f"Say {OPTION}=True", ExcludeUnset()),
            )


def _dumped_body(call: ast.Call, scope: Scope) -> ast.Name | None:
    """Return the parameter that a call makes a dict of, or None for any other call."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name() as body, attr=method)):
            if method not in DICTS:
                return None
        case ast.Call(args=[ast.Name() as body, *_]):
            if resolve(call.func, scope) not in _ENCODERS:
                return None
        case _:
            return None
    found = scope.lookup(body.id)
    parameter = found is not None and all(b.kind is Binds.PARAMETER for b in found[1])
    return body if parameter else None


def _is_settled(call: ast.Call) -> bool:
    """Tell whether the call says what it leaves out, or may say it."""
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg == "exclude_defaults":
            return True
        if keyword.arg == OPTION:
            said = keyword.value
            return not (isinstance(said, ast.Constant) and said.value is False)
    return False


def _can_leave_out(look: Look, call: ast.Call, schema: Symbol) -> bool:
    """Tell whether the dump may hold a value that the client did not send."""
    defaults = [default_of(field) for field in fields(look.project, schema)]
    given = [default for default in defaults if default is not None]
    if any(keyword.arg == "exclude_none" for keyword in call.keywords):
        given = [default for default in given if default != Literal(None)]
    return bool(given)


def _patches(look: Look, scope: Scope, schema: Symbol) -> bool:
    function = scope.function
    while function is not None:
        endpoint = endpoint_of(look.project, look.source, function.node)
        if endpoint is not None:
            return all(route.methods == ("PATCH",) for route in endpoint.routes)
        function = function.parent.function if function.parent is not None else None
    routes = taken(look.project).get(schema.name, ())
    return (
        bool(routes) and all(route.method == "PATCH" for route in routes) and _stores(look, scope)
    )


def _stores(look: Look, scope: Scope) -> bool:
    """Tell whether a function sets attributes, or values of an UPDATE, by name."""
    assert scope.function is not None
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "setattr")
            or (isinstance(node.func, ast.Attribute) and node.func.attr == "values")
        )
        for node in ast.walk(scope.function.node)
    )


def _is_only_told(scope: Scope, call: ast.Call) -> bool:
    """Tell whether the dump goes to a log, a comparison or one field, or is chosen from."""
    assert scope.function is not None
    for node in around(scope.function.node, call):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _LOGS:
                return True
            case ast.Call(func=called, keywords=keywords) if node is not call:
                told = any(keyword.value is call and keyword.arg for keyword in keywords)
                if told and _names_class(called):
                    return True
            case ast.DictComp(generators=[ast.comprehension(ifs=[_, *_])]):
                return True
            case ast.Compare() | ast.JoinedStr() | ast.Assert():
                return True
            case ast.stmt():
                return False
    return False


def _names_class(called: ast.expr) -> bool:
    """``Event(details=request_data.model_dump())`` keeps the dump as it is."""
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name[:1].isupper()


RULE = Rule(
    code="TSL407",
    name="patch-without-exclude-unset",
    severity=Severity.WARNING,
    check=find_patches_without_exclude_unset,
    triggers=("model_dump", "dict", "jsonable_encoder"),
    uses_project=True,
    in_tests=False,
)
