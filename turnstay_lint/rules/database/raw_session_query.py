"""### What it does

Finds queries in an endpoint module that reach a tenant-owned model without its tenant:
`session.get`, `session.execute`, `scalar`, `scalars` and their like, SQL text, and queries handed
to a helper with a session.

### Why

Application-level row security stands or falls with each query: one that forgets the company shows
one customer another's money. Endpoints ask `CompanyAccess`, which scopes every query and keeps to
the accounts that the user may see (handbook 3, Database Access Patterns).

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Account
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(id: int, session: AsyncSession = Depends(deps.get_session)):
    account = await session.get(Account, id)
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    return account
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    account = await company_access.get_account(id)
    return account
```

### Fix safety

The rewrite to a getter is safe: the getter answers 404 for what is another company's, as the
handbook asks, and for what is missing, as the code did. It is offered when the access class has a
getter of that model and cardinality and the query only selects by id, or selects all. Where it has
none, an unsafe change set writes it, and the utility function that it asks, in the handbook's form:
filtered by the company along the model's scope path and by the accounts that the user may see.
Otherwise, where one name of the company is in scope, the unsafe fix adds the condition; rows that
the query returned before are then left out. There is no fix for a query that locks the row or has
loader options, which a getter lacks, and none where a missing row is answered otherwise than with
404. Where the tenant is a user, no condition is offered for an update or delete, nor where that
user is handed to a check or the history: who made a row is not always who may change it. Nor is
one for a function that gives rows to the company at hand. A query that has its condition may then
be one that a getter gives (TSL315).

### Options

`tenant-model`, `tenant-column`, `access-class` and the names of the dependencies say what the
service calls these things; `admin-paths` and `public-paths` which endpoints see every tenant;
`global-models` which models belong to nobody; `scope-via` by which foreign key a model is reached.

### Known limits

A model whose only way to its tenant is a nullable key with `ondelete="SET NULL"` is taken for
nobody's: such a key says where a row came from. `scope-via` says otherwise.

A condition that cannot be read (a helper's, `*conditions` from elsewhere) counts as if it scoped
the query. SQL text is matched for its tables and the tenant column, not understood.

Nobody can say whose rows a query reaches, and nothing is reported: of rows that everybody or no
tenant has (`is_public`, a missing company where the column allows it); of the tenants that somebody
is a member of; of all that lies in a wider tenant, one that the tenant itself refers to; of rows
found by a secret, a cookie or the part of an access key that is shown; of the one row whose primary
key a constant of the code names (`Account.id == DEFAULT_ACCOUNT_ID`); of the deletion of what has
expired (`expires_at < now`); of a tenant found outside endpoints by its own name, a unique column
or an id whose type has a name in the service; of an id that was given before to what knows the
tenant and is called so as to check or read it (`validate_account(account_id, user)`), or afterwards
to a check or to what gives that row and never None; of what an object that a dependency gave and
that knows the user was asked about, before the query or after it (`checker.add_account(account)`
and `await checker.check()`, `authorize(checker, account)`, `await checker.approved_names()`); on
the way that only those take who look after every tenant (`if user.is_admin`); of what the function
itself has just inserted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, safe, unsafe
from turnstay_lint.rules.database.condition_plan import condition_plan
from turnstay_lint.rules.database.getter_plan import UseGetter, getter_plan
from turnstay_lint.rules.database.missing_row import Refusal
from turnstay_lint.rules.database.new_getter_plan import written_elsewhere
from turnstay_lint.rules.database.tenant_queries import (
    TRIGGERS,
    TenantQuery,
    reported,
    tenant_word,
    unscoped_queries,
)
from turnstay_lint.rules.rule import Look, Rule


def find_raw_session_queries(look: Look) -> Iterator[Finding]:
    """Yield the queries of an endpoint module that forget the tenant."""
    queries = list(unscoped_queries(look, in_endpoints=True))
    if not queries:
        return
    together = Counter(query.sent.scope.function for query in queries)
    for query in queries:
        fix, reason = _fix(look, query, together[query.sent.scope.function] - 1)
        message = f"raw query of {query.model.short} is not scoped to the {tenant_word(look)}"
        yield reported(look, query, message, fix, reason)


def _fix(look: Look, query: TenantQuery, others: int) -> tuple[Fix | None, str]:
    plan = getter_plan(look, query, others=others)
    if not isinstance(plan, Refusal):
        return _asking(look, plan), ""
    if plan.final:
        return None, plan.reason
    condition = condition_plan(look, query)
    if isinstance(condition, str):
        return None, f"{plan.reason}; {condition}"
    caution = f"rows of another {tenant_word(look)} that it returned before are left out"
    return unsafe(f"Add the condition {condition.condition}", condition, caution), ""


def _asking(look: Look, plan: UseGetter) -> Fix:
    if plan.written is None:
        return safe(f"Ask the access object: {plan.getter}", plan)
    title = f"Write {plan.written.owner}.{plan.getter}, and ask it"
    caution = f"rows of another {tenant_word(look)} that it returned before are left out"
    return unsafe(title, plan, caution, written_elsewhere(plan.written))


RULE = Rule(
    code="TSL301",
    name="raw-session-query",
    severity=Severity.ERROR,
    check=find_raw_session_queries,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
    leads_to=("TSL305", "TSL315"),
)
