"""### What it does

Finds request schemas in the module of responses, and response schemas in that of requests.

### Why

Who looks for what clients send reads `schemas/requests.py`, who looks for what they get
`schemas/responses.py`; a class in the other one is written a second time (handbook 4, Schema
Design).

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., json_schema_extra={"example": "New Account"})


class AccountSummaryResponse(BaseRequest):
    total: int


# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., json_schema_extra={"example": "New Account"})


# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str


class AccountSummaryResponse(BaseResponse):
    total: int
```

### Fix safety

Unsafe: the class moves with all imports of it, and gets the base class of its kind in place of the
other one's. What names its module in a string does not find it. There is none where the class uses
something that stays behind, where the other module has that name already, and where the two import
each other.

### Options

`app` is the service's root package.

### Known limits

The name of a class says what it is (`...Request`, `...Response`), else that only requests or only
responses of endpoints are of it. What is nested in others may stand in either module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.endpoints.schema_modules import (
    Kind,
    is_base,
    kind_of,
    kind_of_schema,
)
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.class_move import header, move_home


def find_schemas_in_wrong_modules(look: Look) -> Iterator[Finding]:
    """Yield the requests among responses, and the responses among requests."""
    here = kind_of(look.source.path)
    if here is None:
        return
    for scope in look.source.outer_classes:
        node = scope.node
        assert isinstance(node, ast.ClassDef)
        name = f"{scope.module}.{scope.qualname}"
        if scope.parent is None or not scope.parent.is_module:
            continue
        if any(is_base(look.project, kind, name) for kind in Kind):
            continue
        symbol = look.project.find(name, scope.module)
        if symbol is None or not is_schema(look.project, name, scope.module):
            continue
        kind = kind_of_schema(look.project, symbol)
        if kind is None or kind is here:
            continue
        yield look.finding(
            header(look, node),
            f"{scope.qualname} is a {kind.value} schema in the module of {here.value}s",
            scope=scope,
            help=f"Keep it in schemas/{kind.value}s.py (handbook 4, Schema Design)",
            fix=move_home(look, scope, kind),
        )


RULE = Rule(
    code="TSL413",
    name="schema-in-wrong-module",
    severity=Severity.WARNING,
    check=find_schemas_in_wrong_modules,
    triggers=("class",),
    uses_project=True,
    in_tests=False,
)
