"""### What it does

Finds classes in the module of response schemas that derive from Pydantic's `BaseModel` themselves
and not from `BaseResponse`.

### Why

`BaseResponse` says `from_attributes`, with which an ORM object becomes the response. A class that
does not derive from it cannot be made of one: the endpoint that returns the object answers 500
(handbook 4, Response Schema Pattern).

### Bad

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseModel):
    id: int
    name: str
```

### Good

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class AccountResponse(BaseResponse):
    id: int
    name: str
```

### Fix safety

Safe: the class keeps its fields and can be made of objects as well. It is unsafe where the
service's base class says more than `from_attributes`, which the class gets too. There is none where
the service has no such base class, and where it is defined below the class.

### Options

None.

### Known limits

The module of response schemas is `schemas/responses.py`, a package of that name, or
`schemas/..._responses.py`. Where nothing is called `BaseResponse`, a class there counts as the base
whose name says no more than that (`ResponseBase`, `BaseSchema`) and from which others derive.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.endpoints.schema_modules import Kind
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.schema_bases import find_direct_schemas


def find_direct_responses(look: Look) -> Iterator[Finding]:
    """Yield the response schemas that derive from BaseModel itself."""
    yield from find_direct_schemas(look, Kind.RESPONSE)


RULE = Rule(
    code="TSL401",
    name="response-schema-base",
    severity=Severity.WARNING,
    check=find_direct_responses,
    triggers=("BaseModel",),
    uses_project=True,
    in_tests=False,
)
