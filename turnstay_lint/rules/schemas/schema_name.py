"""### What it does

Finds schemas whose names do not say what they are for: the body of an endpoint that is not called
`...Request`, and what an endpoint answers with that is not called `...Response`.

### Why

`Account` is the model, `AccountResponse` what clients get of it, `AccountCreateRequest` what they
send for it. With a name that says none of that a file has to be opened to know which is meant
(handbook 4, Request Schema Pattern and Response Schema Pattern).

### Bad

```python
# app/schemas/requests.py
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountClose(BaseRequest):
    id: int = Field(..., json_schema_extra={"example": 1})


# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.requests import AccountClose
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.post("/account/close", response_model=AccountResponse)
async def close_account(
    request_data: AccountClose,
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


class AccountCloseRequest(BaseRequest):
    id: int = Field(..., json_schema_extra={"example": 1})


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

Unsafe: the class is renamed where it is defined, imported and used. The documentation calls it by
its new name, which generated clients do then as well, and what names it in a string does not find
it. There is none where the new name is taken, where clients both send and get the class, and where
files that speak of it cannot be read.

### Options

None.

### Known limits

Nested schemas are free, as in the handbook (`ObjectName`, `CurrencyResponseShort`), and so are
filters that FastAPI reads with `Depends()`. A variant of a response may say so behind the word.
Classes of installed packages and of tests are left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.project.endpoints.bodies import answered, bodies
from turnstay_lint.project.endpoints.routes import RouteFact
from turnstay_lint.project.endpoints.schema_modules import Kind
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.schemas.class_move import header
from turnstay_lint.rules.schemas.class_renaming import NotRenamable, renamed
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope

_ENDINGS = {
    Kind.REQUEST: regex(r"(?:In|Input|Body|Payload|Schema|Model|Dto|DTO)$"),
    Kind.RESPONSE: regex(r"(?:Out|Output|Read|Public|View|Schema|Model|Dto|DTO)$"),
}
_SAYS = {
    Kind.REQUEST: regex(r"Request$"),
    Kind.RESPONSE: regex(r"Response(?:[A-Z][a-z]+)?$|ResponseWith\w+$"),
}


def find_schema_names(look: Look) -> Iterator[Finding]:
    """Yield the bodies and answers of endpoints that are not called so."""
    if is_test(look.source.path):
        return
    all_taken, all_given = bodies(look.project), answered(look.project)
    for scope in look.source.outer_classes:
        name = f"{scope.module}.{scope.qualname}"
        taken, given = all_taken.get(name, ()), all_given.get(name, ())
        if not taken and not given:
            continue
        kind = Kind.REQUEST if taken else Kind.RESPONSE
        if any(_SAYS[each].search(scope.name) for each in ([kind] if not given else Kind)):
            continue
        yield _finding(look, scope, kind, (*taken, *given), both=bool(taken and given))


def _finding(
    look: Look, scope: Scope, kind: Kind, routes: tuple[RouteFact, ...], *, both: bool
) -> Finding:
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    fix, reason = (
        (None, "clients send it and get it: have a class for each")
        if both
        else (_fix(look, scope, kind))
    )
    doing = "takes" if kind is Kind.REQUEST else "answers with"
    return look.finding(
        header(look, node),
        f"{scope.qualname}, which {routes[0].label} {doing}, is not called ...{kind.value.title()}",
        scope=scope,
        help=f"Call it ...{kind.value.title()} (handbook 4, {kind.value.title()} Schema Pattern)",
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, scope: Scope, kind: Kind) -> tuple[Fix | None, str]:
    stem = _ENDINGS[kind].sub("", scope.name) or scope.name
    word = kind.value.title()
    new = stem if stem.endswith(word) and stem != word else f"{stem}{word}"
    try:
        renaming = renamed(look, scope, new)
    except NotRenamable as reason:
        return None, str(reason)
    caution = "the documentation, and clients made from it, call it otherwise then"
    return unsafe(f"Call it {new}", renaming.plan, caution, renaming.elsewhere), ""


RULE = Rule(
    code="TSL411",
    name="schema-name",
    severity=Severity.WARNING,
    check=find_schema_names,
    triggers=("class",),
    uses_project=True,
    in_tests=False,
)
