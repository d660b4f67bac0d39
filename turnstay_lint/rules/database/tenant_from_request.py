"""### What it does

Finds tenant columns that are filtered by, or written from, what the client says: a comparison
with a value of the request, `Model(company_id=request_data.company_id)`, a schema with the tenant
column spread into a model (`Model(**request_data.model_dump())`), a patch loop over such a schema,
the same in `insert(...).values(...)`, and a tenant that the client names handed on to a function
that queries by it (`find_accounts(session, request_data.company_id)`).

### Why

A client that names its own company may name another's. The company comes from the token, by the
dependencies: `company.id` and `company_access.company_id` are the tenant, whatever the request
says (handbook 3, CompanyAccess Pattern; handbook 5).

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.models import Account, Company
from app.schemas.requests import AccountImportRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.post("/account/import", response_model=AccountResponse)
async def import_account(
    request_data: AccountImportRequest,
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
    account = Account(name=request_data.name, company_id=request_data.company_id)
    session.add(account)
    await session.commit()
    return await refresh_and_return(session, account)


# app/schemas/requests.py
from pydantic import BaseModel


class BaseRequest(BaseModel):
    pass


class AccountImportRequest(BaseRequest):
    name: str
    company_id: int
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.models import Account, Company
from app.schemas.requests import AccountImportRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.post("/account/import", response_model=AccountResponse)
async def import_account(
    request_data: AccountImportRequest,
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
    account = Account(name=request_data.name, company_id=company.id)
    session.add(account)
    await session.commit()
    return await refresh_and_return(session, account)


# app/schemas/requests.py
from pydantic import BaseModel


class BaseRequest(BaseModel):
    pass


class AccountImportRequest(BaseRequest):
    name: str
    company_id: int
```

### Fix safety

Safe: a request of the tenant's own gives what it gave, and one that names another company no
longer reaches it, as the handbook asks. The tenant is the one name of it in scope; an endpoint
that has none gets the access object. A spread schema leaves the column out
(`exclude={"company_id"}`) and the tenant is given beside it; a patch loop leaves it out. There is
no fix where several names of the tenant are in scope, and none in a function that is given none.
It is unsafe where the condition joins the query in a branch only: TSL303 then asks for it always.
A query that has its condition may then be one that a getter gives (TSL315).

### Options

`tenant-model` and `tenant-column` say what the service calls its tenant; `access-class` and
`access-dependency` what gives it; `admin-paths` and `public-paths` which endpoints may choose a
tenant.

### Known limits

Silent where the value may have been verified: it is compared with something, handed to a check
before, or taken by a dependency of the endpoint or its routers too; where a dependency lets only
administrators or other services pass; where a header or a cookie says it, which may come from a
gateway; and where the code puts the tenant right afterwards. A
schema that no endpoint of a tenant is sent is the service's own. A function that an endpoint hands
the tenant on to is followed where it takes it under the tenant column's name, builds a query or a
row, and is not told who asks as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, safe, unsafe
from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.dataflow.facts import Verdict
from turnstay_lint.project.dataflow.handing_on import HandedOn
from turnstay_lint.project.dataflow.storing import Stored, Written
from turnstay_lint.project.dataflow.trace import trace
from turnstay_lint.project.models.tenancy import tenancy
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.database.client_words import chains, is_the_clients, said_by
from turnstay_lint.rules.database.tenant_queries import TRIGGERS as QUERYING
from turnstay_lint.rules.database.tenant_queries import reach_of, tenant_word
from turnstay_lint.rules.database.trusted_tenant import TakeTenant, plan_for_query, plan_for_write
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.scopes import Scope

TRIGGERS = (
    *QUERYING, "post", "put", "patch", "api_route", "add_api_route", "Request", "add", "add_all",
    "merge", "model_dump", "dict", "model_validate", "setattr",
)  # fmt: skip
"""Words without one of which a file has no endpoint, sends no query and stores nothing."""

_BRANCHES = (ast.If, ast.IfExp, ast.Match, ast.For, ast.AsyncFor, ast.While)


def find_tenants_from_requests(look: Look) -> Iterator[Finding]:
    """Yield the tenant columns of a file that the client filters by, or fills."""
    if is_apart(look.source.path) or not tenancy(look.project).owned:
        return
    found = trace(look.source, look.project)
    for sent in found.sent:
        if sent.judgement.verdict is Verdict.FROM_REQUEST and not sent.checked:
            yield from _of_query(look, sent)
    for handed in found.handed:
        if is_the_clients(look, handed.scope, handed.at, chains(handed.at)):
            yield _of_call(look, handed)
    for stored in found.stored:
        for written in stored.tenant_columns:
            if is_the_clients(look, stored.scope, written.at, said_by(written)):
                yield _of_write(look, stored, written)


def _of_query(look: Look, sent: Sent) -> Iterator[Finding]:
    model = sent.judgement.models[0].rpartition(".")[2]
    for client in sent.judgement.client:
        if not is_the_clients(look, sent.scope, client.expression, chains(client.expression)):
            continue
        plan = plan_for_query(look, sent.scope, client.expression, sent.tenants)
        word = tenant_word(look)
        caution = ""
        if _joins_in_a_branch(sent, client.expression):
            caution = f"where the condition does not join, the query gives the rows of every {word}"
        message = f"query of {model} takes the {word} from what the client says"
        yield _finding(look, client.expression, sent.scope, message, plan, caution)


def _joins_in_a_branch(sent: Sent, at: ast.expr) -> bool:
    """Tell whether a condition stands in a branch in which the query is not sent."""
    function = sent.scope.function
    return function is not None and any(
        any(inner is at for inner in ast.walk(node))
        and not any(inner is sent.call for inner in ast.walk(node))
        for node in ast.walk(function.node)
        if isinstance(node, _BRANCHES)
    )


def _of_call(look: Look, handed: HandedOn) -> Finding:
    plan = plan_for_query(look, handed.scope, handed.at, handed.tenants)
    message = f"{handed.function} is told the {tenant_word(look)} that the client says"
    return _finding(look, handed.at, handed.scope, message, plan)


def _of_write(look: Look, stored: Stored, written: Written) -> Finding:
    column = f"{stored.model.rpartition('.')[2]}.{written.column}"
    message = f"{column} is written with what the client says"
    if written.schema:
        schema = written.schema.rpartition(".")[2]
        message = f"{column} is written from {schema}, which the client fills"
    plan = plan_for_write(look, stored, written)
    return _finding(look, written.at, stored.scope, message, plan)


def _finding(
    look: Look,
    at: ast.expr,
    scope: Scope,
    message: str,
    plan: TakeTenant | str,
    caution: str = "",
) -> Finding:
    fix: Fix | None = None
    if isinstance(plan, TakeTenant):
        title = f"Take the {tenant_word(look)} from what the token says"
        fix = unsafe(title, plan, caution) if caution else safe(title, plan)
    return look.finding(
        at,
        message,
        scope=scope,
        help=_help(look, scope),
        fix=fix,
        unfixable=plan if isinstance(plan, str) else "",
    )


def _help(look: Look, scope: Scope) -> str:
    access = look.settings.access_class.rpartition(".")[2]
    parts = [f"{access} and the {tenant_word(look)} dependency know whose request it is"]
    reaching = reach_of(look, scope).endpoints
    if reaching:
        parts.append(f"reached by {', '.join(route.label for route in reaching[:5])}")
    return "; ".join(parts)


RULE = Rule(
    code="TSL304",
    name="tenant-from-request",
    severity=Severity.ERROR,
    check=find_tenants_from_requests,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
    leads_to=("TSL305", "TSL315"),
)
