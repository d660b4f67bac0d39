"""### What it does

Finds validators declared as Pydantic 1 had them: `@validator` and `@root_validator`.

### Why

Pydantic 2 only keeps them for the move, warns of each, and drops them in its third version. Their
successors say when they run, and are class methods that can be seen to be (handbook 4, Request
Schema Pattern: `@field_validator`, `@model_validator`).

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field, validator


class BaseRequest(BaseModel):
    pass


class GuestCreateRequest(BaseRequest):
    phone_number: str = Field("")

    @validator("phone_number")
    def validate_phone_number(cls, value):
        if value and not value.startswith("+"):
            raise ValueError("Phone number must start with international code")
        return value
```

### Good

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field, field_validator


class BaseRequest(BaseModel):
    pass


class GuestCreateRequest(BaseRequest):
    phone_number: str = Field("")

    @field_validator("phone_number")
    @classmethod
    def validate_phone_number(cls, value):
        if value and not value.startswith("+"):
            raise ValueError("Phone number must start with international code")
        return value
```

### Fix safety

Safe for the plain forms. It is unsafe with `pre=True`, which becomes `mode="before"`; with
`values`, which becomes `info.data`; and for `@root_validator(skip_on_failure=True)`, whose `values`
become the attributes of the object. There is none for `each_item=` and `always=`, which the types
of the fields say now, for the parameters `field` and `config`, and where a root validator does more
with its values than to read them. In a service that has what Pydantic 2 refuses, all are unsafe.

### Options

None.

### Known limits

Silent for what is imported from `pydantic.v1`. A validator that is made of a function
(`validator("name", allow_reuse=True)(strip)`) has no fix.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity
from turnstay_lint.project.schemas.validators import Validator, kind_of_validator, validators
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.modern_validator import NotModern, modern_field, modern_model
from turnstay_lint.rules.schemas.rewrite import modernised

SUCCESSORS = {"validator": "field_validator", "root_validator": "model_validator"}


def find_v1_validators(look: Look) -> Iterator[Finding]:
    """Yield the validators that are declared as Pydantic 1 had them."""
    for validator in validators(look.project, look.source):
        if validator.kind in SUCCESSORS:
            fix, reason = _fix(look, validator)
            yield _finding(look, validator.decorator, validator.kind, fix, reason)
    for call, scope in look.source.index.calls:
        if isinstance(call.func, ast.Call):
            kind = kind_of_validator(look.project, call.func.func, scope)
            if kind in SUCCESSORS:
                reason = "it is made of a function that others may use: look at what that takes"
                yield _finding(look, call.func, kind, None, reason)


def _finding(look: Look, at: ast.expr, kind: str, fix: Fix | None, reason: str) -> Finding:
    return look.finding(
        at,
        f"@{kind} is Pydantic 1's",
        help=f"Say @{SUCCESSORS[kind]} (handbook 4, Request Schema Pattern)",
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, validator: Validator) -> tuple[Fix | None, str]:
    title = f"Say @{SUCCESSORS[validator.kind]}"
    try:
        if validator.kind == "validator":
            plan, caution = modern_field(look.source, validator)
        else:
            plan, caution = modern_model(look.source, validator)
    except NotModern as reason:
        return None, str(reason)
    return modernised(look, title, plan, caution), ""


RULE = Rule(
    code="TSL403",
    name="v1-validator",
    severity=Severity.WARNING,
    check=find_v1_validators,
    triggers=("validator", "root_validator"),
    uses_project=True,
)
