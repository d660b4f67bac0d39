"""### What it does

Finds base classes of response schemas that do not say `from_attributes`.

### Why

Endpoints return ORM objects, and the response is made of their attributes. Pydantic does that only
where the configuration says `from_attributes`; without it every such endpoint answers 500 (handbook
4, Response Schema Pattern: "Enable ORM mode").

### Bad

```python
# app/schemas/responses.py
from pydantic import BaseModel


class BaseResponse(BaseModel):
    pass


class AccountResponse(BaseResponse):
    id: int
    name: str


class CompanyResponse(BaseResponse):
    id: int
    name: str


class PaymentIntentResponse(BaseResponse):
    id: int
    account_id: int
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


class CompanyResponse(BaseResponse):
    id: int
    name: str


class PaymentIntentResponse(BaseResponse):
    id: int
    account_id: int
```

### Fix safety

Safe: responses that were made of dicts are still made of them. It is unsafe where the configuration
says `from_attributes` is off, which somebody wrote on purpose.

### Options

None.

### Known limits

The base class is the one called `BaseResponse`, else one in the module of response schemas from
which others there derive and whose name says no more than that. Silent where the configuration, or
a base class that has one, cannot be read. Where the service has a `BaseResponse`, no other class
counts as the base.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe, unsafe
from turnstay_lint.project.endpoints.schema_modules import Kind, bases_in
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.schemas.schema_configuration import configured
from turnstay_lint.project.summaries.values import Literal
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.scopes import Scope

OPTION = "from_attributes"


class EnableOrmMode(Struct, frozen=True):
    """Say ``from_attributes`` in the configuration at the finding, or in the class around it.

    ``has_config`` says that the finding is at the value of ``model_config``.
    """

    has_config: bool = False


def find_bases_without_from_attributes(look: Look) -> Iterator[Finding]:
    """Yield the base classes of responses that objects cannot be made into."""
    if "schema" not in look.source.path:
        return
    for base in bases_in(look.project, Kind.RESPONSE, look.source.path):
        said = configured(look.project, base, OPTION)
        if said is None or said == Literal(False):
            scope = next(s for s in look.source.outer_classes if s.qualname == base.qualname)
            yield _finding(look, base, scope, switched_off=said is not None)


def _finding(look: Look, base: Symbol, scope: Scope, *, switched_off: bool) -> Finding:
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    bindings = scope.bindings.get("model_config")
    config = bindings[-1].value if bindings else None
    fix, reason = _fix(config, switched_off=switched_off)
    return look.finding(
        config or node.bases[0],
        f"{base.qualname} does not say {OPTION}, so no ORM object can become such a response",
        scope=scope,
        help='Say model_config = {"from_attributes": True} (handbook 4, Response Schema Pattern)',
        fix=fix,
        unfixable=reason,
    )


def _fix(config: ast.expr | None, *, switched_off: bool) -> tuple[Fix | None, str]:
    plan = EnableOrmMode(config is not None)
    title = f"Say {OPTION}"
    if not switched_off:
        return safe(title, plan), ""
    own = config is not None and OPTION in ast.unparse(config)
    if not own:
        return None, "its configuration switches it off elsewhere: change it there"
    return unsafe(title, plan, "somebody switched it off on purpose"), ""


RULE = Rule(
    code="TSL414",
    name="base-without-from-attributes",
    severity=Severity.WARNING,
    check=find_bases_without_from_attributes,
    triggers=("Base", "BaseModel", "BaseResponse", "BaseSchema", "ResponseBase"),
    uses_project=True,
    in_tests=False,
)
