"""### What it does

Finds classes in the module of request schemas that derive from Pydantic's `BaseModel` themselves
and not from `BaseRequest`.

### Why

What is to hold for everything that clients send (no unknown fields, whitespace taken off) is said
once, in `BaseRequest`; a class beside it is left out (handbook 4, Request Schema Pattern).

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseModel):
    name: str = Field(..., json_schema_extra={"example": "New Account"})
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str = Field(..., json_schema_extra={"example": "New Account"})
```

### Fix safety

Safe where the base class says nothing yet. It is unsafe where it has fields, validators or a
configuration, which then hold for the class too. There is none where the service has no such base
class, and where it is defined below the class.

### Options

None.

### Known limits

The handbook says "base class for all request schemas" and writes `PatchAccountRequest(BaseModel)`
itself: classes called `Patch...` may derive from either. The module of request schemas is
`schemas/requests.py`, a package of that name, or `schemas/..._requests.py`. Where nothing is called
`BaseRequest`, a class there counts as the base whose name says no more than that and from which
others derive.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.endpoints.schema_modules import Kind
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.schema_bases import find_direct_schemas


def find_direct_requests(look: Look) -> Iterator[Finding]:
    """Yield the request schemas that derive from BaseModel itself."""
    yield from find_direct_schemas(look, Kind.REQUEST)


RULE = Rule(
    code="TSL402",
    name="request-schema-base",
    severity=Severity.WARNING,
    check=find_direct_requests,
    triggers=("BaseModel",),
    uses_project=True,
    in_tests=False,
)
