"""### What it does

Finds foreign keys to a tenant-owned model that are stored as the client sent them, while nobody
asked whose the id is: in a constructor, by `**request_data.model_dump()`, in the loop of a patch,
assigned to an attribute, or in `update(...).values(...)`.

### Why

An id is only a number. Whoever sends the `account_id` of another company gets a payment booked on
that company's account, and reads its name in the response. The getter of `CompanyAccess` answers
404 for what is not the company's (handbook 3, CompanyAccess Pattern).

### Bad

```python
# app/api/endpoints/payment_intents.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.models import PaymentIntent
from app.schemas.requests import PaymentIntentCreateRequest
from app.schemas.responses import PaymentIntentResponse

router = APIRouter()


@router.post("/payment_intent", response_model=PaymentIntentResponse)
async def create_payment_intent(
    request_data: PaymentIntentCreateRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    payment_intent = PaymentIntent(
        company_id=company_access.company_id, account_id=request_data.account_id
    )
    session.add(payment_intent)
    await session.commit()
    return await refresh_and_return(session, payment_intent)
```

### Good

```python
# app/api/endpoints/payment_intents.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.models import PaymentIntent
from app.schemas.requests import PaymentIntentCreateRequest
from app.schemas.responses import PaymentIntentResponse

router = APIRouter()


@router.post("/payment_intent", response_model=PaymentIntentResponse)
async def create_payment_intent(
    request_data: PaymentIntentCreateRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    await company_access.get_account(request_data.account_id)
    payment_intent = PaymentIntent(
        company_id=company_access.company_id, account_id=request_data.account_id
    )
    session.add(payment_intent)
    await session.commit()
    return await refresh_and_return(session, payment_intent)
```

### Fix safety

Safe: the getter is asked before, only if there is an id where it may be None. What belongs to the
company is stored as before, and everything else is answered with 404, as the handbook asks. There
is no fix where the access class has no getter of that model that refuses what it does not find,
where the function has no access object and is no endpoint, or where nothing can be awaited first.

### Options

`tenant-model`, `tenant-column`, `access-class` and the names of the dependencies say what the
service calls these things; `admin-paths` and `public-paths` which endpoints see every tenant;
`global-models` which models belong to nobody.

### Known limits

What was asked anywhere in the function counts. A query, a comparison, or a helper that takes the id
or the whole schema may have verified it, and so may a caller that asks for the model, or for the
schema that is called like it, or calls what is named `check_...`, `verify_...` or the like; nothing
is reported then. In utilities the client's values are those of a schema, or of a parameter, that an
endpoint is sent under the same name. What a trigger of the database refuses cannot be known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from turnstay_lint.findings import Finding, Fix, Related, Severity, safe
from turnstay_lint.project.calls.callers import Reach
from turnstay_lint.project.dataflow.storing import Stored
from turnstay_lint.project.dataflow.trace import trace
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.models.access import AccessClass, Getter, access
from turnstay_lint.project.models.models import orm_models
from turnstay_lint.project.models.tenancy import tenancy
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.database.ask_first_plan import ask_first_plan
from turnstay_lint.rules.database.client_ids import ClientIds
from turnstay_lint.rules.database.missing_row import Refusal
from turnstay_lint.rules.database.tenant_queries import outermost_function, reach_of, tenant_word
from turnstay_lint.rules.rule import Look, Rule

TRIGGERS = (
    "session", "db", "add", "add_all", "setattr", "values", "update", "insert", "commit", "flush",
    "model_dump", "model_validate", "APIRouter",
)  # fmt: skip
"""Words without one of which a file stores nothing that a client sent."""
_MOST_ROUTES = 5


def find_unchecked_foreign_keys(look: Look) -> Iterator[Finding]:
    """Yield where foreign keys are stored as the client sent them."""
    if is_apart(look.source.path):
        return
    found = trace(look.source, look.project).stored
    kept = [left for stored in found if (left := _clients(look, stored)) is not None]
    together = Counter(outermost_function(stored.scope) for stored, _ in kept)
    for stored, reach in kept:
        alone = together[outermost_function(stored.scope)] > 1
        fix, reason = _fix(look, stored, alone)
        yield look.finding(
            stored.at,
            _message(stored),
            scope=stored.scope,
            help=_help(look, stored, reach),
            related=tuple(_related(look, stored)),
            fix=fix,
            unfixable=reason,
        )


def _clients(look: Look, stored: Stored) -> tuple[Stored, Reach] | None:
    """Keep what a client of a tenant's endpoint chose and nobody verified."""
    function = outermost_function(stored.scope)
    if function is None:
        return None
    reach = reach_of(look, stored.scope)
    if reach.exempt:
        return None
    ids = ClientIds(look.project, function)
    answering = {endpoint.function for endpoint in endpoints(look.project, look.source)}
    inside = function.node in answering
    written = tuple(w for w in stored.foreign_keys if ids.are_stored(w, in_endpoint=inside))
    return (replace(stored, written=written), reach) if written else None


def _message(stored: Stored) -> str:
    columns = list(dict.fromkeys(written.column for written in stored.written))
    said = " and ".join([", ".join(columns[:-1]), columns[-1]] if columns[1:] else columns)
    sent = "they were sent" if columns[1:] else "it was sent"
    return f"{stored.model.rpartition('.')[2]} stores {said} as {sent}, unchecked"


def _help(look: Look, stored: Stored, reach: Reach) -> str:
    parts: list[str] = []
    found = access(look.project)
    for target in dict.fromkeys(written.target for written in stored.written):
        ownership = tenancy(look.project).ownership(target)
        getter = _getter(found, target)
        if ownership is not None:
            name = target.rpartition(".")[2]
            parts.append(f"{name} belongs to its {tenant_word(look)} by {ownership.path}")
        if getter is not None and found is not None:
            owner = found.name.rpartition(".")[2]
            parts.append(f"{owner}.{getter.name} refuses another {tenant_word(look)}'s")
    if reach.endpoints:
        labels = ", ".join(route.label for route in reach.endpoints[:_MOST_ROUTES])
        more = len(reach.endpoints) - _MOST_ROUTES
        parts.append(f"reached by {labels}" + (f" and {more} more" if more > 0 else ""))
    return "; ".join(parts)


def _related(look: Look, stored: Stored) -> Iterator[Related]:
    models = orm_models(look.project).classes
    for written in stored.written:
        column = models[stored.model].columns[written.column]
        target = written.target.rpartition(".")[2]
        yield Related(column.path, column.span, f"{written.column} refers to {target}")
        getter = _getter(access(look.project), written.target)
        if getter is not None:
            message = f"{getter.name} asks for the tenant's own"
            yield Related(getter.path, getter.span, message)


def _getter(found: AccessClass | None, target: str) -> Getter | None:
    return found.getter(target, many=False) if found is not None else None


def _fix(look: Look, stored: Stored, alone: bool) -> tuple[Fix | None, str]:
    plan = ask_first_plan(look, stored, access(look.project), alone=alone)
    if isinstance(plan, Refusal):
        return None, plan.reason
    getters = " and ".join(dict.fromkeys(asked.getter for asked in plan.asked))
    return safe(f"Ask the access object first: {getters}", plan), ""


RULE = Rule(
    code="TSL316",
    name="unchecked-foreign-key",
    severity=Severity.ERROR,
    check=find_unchecked_foreign_keys,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
)
