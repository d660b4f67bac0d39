"""### What it does

Finds schemas that are defined in a file of endpoints.

### Why

Requests and responses are looked for in `schemas/requests.py` and `schemas/responses.py`, where
other endpoints, tests and clients can import them without importing a router (handbook, Quick
Reference Checklist: "Create request schema in `schemas/requests.py`").

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., json_schema_extra={"example": "New Account"})


# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


class AccountCloseRequest(BaseModel):
    id: int


@router.post("/account/close", response_model=AccountResponse)
async def close_account(
    request_data: AccountCloseRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_account(request_data.id)
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., json_schema_extra={"example": "New Account"})


class AccountCloseRequest(BaseRequest):
    id: int


# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.requests import AccountCloseRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.post("/account/close", response_model=AccountResponse)
async def close_account(
    request_data: AccountCloseRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_account(request_data.id)
```

### Fix safety

Unsafe: the class moves to the module of its kind, with all imports of it, and gets that module's
base class in place of `BaseModel`. What names its module in a string, such as a pickled object,
does not find it. There is none where the class uses something that stays behind, where the module
has that name already or imports the endpoints, and where nothing says whether clients send it or
get it.

### Options

`endpoint-folders`: the folders that endpoints belong in.

### Known limits

The handbook shows `PatchAccountRequest` beside its endpoint: a fragment that does not import what
the class derives from is left alone. Schemas that `create_model` makes are not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity
from turnstay_lint.project.endpoints.schema_modules import kind_of_schema
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.class_move import header, move_home
from turnstay_lint.source.scopes import Scope


def find_schemas_outside_schemas(look: Look) -> Iterator[Finding]:
    """Yield the schemas that a file of endpoints defines."""
    path = look.source.path
    if is_test(path) or not _holds_endpoints(look):
        return
    for scope in look.source.index.classes:
        node, outer = scope.node, scope.parent
        assert isinstance(node, ast.ClassDef)
        if outer is None or outer.is_class or _is_fragment(node, outer):
            continue
        if is_schema(look.project, f"{scope.module}.{scope.qualname}", scope.module):
            yield look.finding(
                header(look, node),
                f"{scope.qualname} is a schema in a file of endpoints",
                scope=scope,
                help="Keep it in schemas/requests.py or schemas/responses.py (handbook checklist)",
                fix=_fix(look, scope),
            )


def _holds_endpoints(look: Look) -> bool:
    """Tell whether the file lies in one of the folders that the service keeps endpoints in."""
    folders = (folder.strip("/") for folder in look.settings.endpoint_folders)
    return any(f"/{folder}/" in f"/{look.source.path}" for folder in folders)


def _is_fragment(node: ast.ClassDef, outer: Scope) -> bool:
    """Tell whether nothing binds the base class: a page shows the schema beside its endpoint."""
    return not any(
        isinstance(name, ast.Name) and outer.lookup(name.id) is not None
        for base in node.bases
        for name in ast.walk(base)
    )


def _fix(look: Look, scope: Scope) -> Fix | str:
    symbol = look.project.find(f"{scope.module}.{scope.qualname}", scope.module)
    kind = kind_of_schema(look.project, symbol) if symbol is not None else None
    if kind is None:
        return "nothing says whether clients send it or get it"
    return move_home(look, scope, kind)


RULE = Rule(
    code="TSL410",
    name="schema-outside-schemas",
    severity=Severity.WARNING,
    check=find_schemas_outside_schemas,
    triggers=("class",),
    uses_project=True,
    in_tests=False,
)
