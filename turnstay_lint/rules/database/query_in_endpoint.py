"""### What it does

Finds queries of a tenant's rows that an endpoint writes out itself, scoped though they are.

### Why

Queries are kept together in utility files, where one is found, tested and changed for all who ask
it (handbook 3, Utility Function Pattern).

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Account, Company
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts/named", response_model=list[AccountResponse])
async def get_named_accounts(
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
    query = select(Account).where(
        Account.company_id == company.id, func.length(Account.name) > 0
    )
    return (await session.scalars(query)).all()
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts/named", response_model=list[AccountResponse])
async def get_named_accounts(
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_accounts()
```

### Fix safety

There is no fix: what the function is called, and in which file it belongs, is a decision.

### Options

`tenant-model` and `tenant-column` say what the service calls these things.

### Known limits

Opt-in: the handbook's own example of pagination writes its query out. Queries that are not scoped
are TSL301's, those for which there is a getter TSL315's as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.dataflow.facts import Verdict
from turnstay_lint.project.dataflow.trace import queries_in
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.database.tenant_queries import TRIGGERS
from turnstay_lint.rules.rule import Look, Rule

_REASON = "what the function is called, and in which file it belongs, is a decision"


def find_queries_in_endpoints(look: Look) -> Iterator[Finding]:
    """Yield the scoped queries that endpoints send themselves."""
    if is_apart(look.source.path):
        return
    answering = {endpoint.function for endpoint in endpoints(look.project, look.source)}
    if not answering:
        return
    for sent in queries_in(look.source, look.project, answering):
        if sent.judgement.verdict is Verdict.SCOPED:
            yield look.finding(
                sent.call,
                "the endpoint writes its query out",
                scope=sent.scope,
                help="Put it into a function of `api/utils`",
                unfixable=_REASON,
            )


RULE = Rule(
    code="TSL305",
    name="query-in-endpoint",
    severity=Severity.WARNING,
    check=find_queries_in_endpoints,
    triggers=TRIGGERS,
    default=False,
    uses_project=True,
    in_tests=False,
)
