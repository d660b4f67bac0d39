"""### What it does

Finds queries of a tenant-owned model outside endpoint modules that take no tenant, or take one
and do not use it. Names the endpoints that reach the function.

### Why

Queries are centralised in utilities, and every one of them takes the company and filters by it;
the caller cannot add what the query left out (handbook 3, Utility Function Pattern).

### Bad

```python
# app/api/utils/totals_utils.py
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def count_accounts(session: AsyncSession, company_id: int, name: str) -> int:
    query = select(func.count(Account.id)).where(Account.name == name)
    return (await session.execute(query)).scalar_one()
```

### Good

```python
# app/api/utils/totals_utils.py
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def count_accounts(session: AsyncSession, company_id: int, name: str) -> int:
    query = select(func.count(Account.id)).where(
        Account.name == name, Account.company_id == company_id
    )
    return (await session.execute(query)).scalar_one()
```

### Fix safety

Unsafe: adds the condition where one name of the company is in scope; callers no longer see the rows
of other companies. A function that takes no company needs one from its callers first. Where the
tenant is a user, none is offered for an update or delete, nor where that user is handed to a check
or the history: who made a row is not always who may change it. Nor is one for a function that gives
rows to the company at hand.

### Options

`tenant-model` and `tenant-column` say what the service calls its tenant; `admin-paths` and
`public-paths` which endpoints see every tenant; `global-models` which models belong to nobody;
`scope-via` by which foreign key a model is reached.

### Known limits

Silent in tests, migrations, scripts and workers, and in functions that only dependencies,
middleware, scripts, tasks, admin, metrics or health endpoints call, what a process starts
(`on_startup`, `main`), or endpoints whose calls another system signs (a parameter `..._signature`).
An endpoint is an administrator's by its path, or by what it, its routers or its application depend
on (`get_admin`, `require(Permission.FULL_ADMIN)`). A function that nobody calls yet is a finding,
unless its name says that it cleans up, or it is a method and workers, tasks and scripts alone make
objects of its class. Methods are followed through what was made
(`Repository.from_session(session).find(...)`), over a base class that a parameter is annotated
with, and what is handed on (`Thread(target=watch)`) is called by whoever does it; what is called by
a name that cannot be followed counts as not called. What stands below `if __name__ == "__main__":`
is a script. A function that only builds a query and returns it is seen with the arguments of the
call (`session.scalars(invoices_of(status))`), in another file as well; what it adds on some paths
only is unknown. A query of a generic repository is unknown (`cls`, `self.model`) unless the class
says `model = Invoice` and no heir another, and so is a condition that a helper makes.

Silent where every caller gives the key of a row that it has at hand (`lock(session, order.id)`,
`tasks.add_task(lock, session, order.id)`): whose that row is was settled where it was fetched, and
what forgets it there is the finding. Not where the function is handed on otherwise, nor for a
method that may be called of what nobody knows.

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

A model whose only way to its tenant is a nullable key with `ondelete="SET NULL"` is taken for
nobody's: such a key says where a row came from. `scope-via` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.rules.database.acting_user import only_acts
from turnstay_lint.rules.database.condition_plan import condition_plan
from turnstay_lint.rules.database.tenant_queries import (
    TRIGGERS,
    TenantQuery,
    outermost_function,
    reported,
    tenant_word,
    unscoped_queries,
)
from turnstay_lint.rules.rule import Look, Rule


def find_unscoped_tenant_queries(look: Look) -> Iterator[Finding]:
    """Yield the queries outside endpoint modules that forget the tenant."""
    for query in unscoped_queries(look, in_endpoints=False):
        fix, reason = _fix(look, query)
        yield reported(look, query, _message(look, query), fix, reason)


def _message(look: Look, query: TenantQuery) -> str:
    model, word = query.model.short, tenant_word(look)
    function = outermost_function(query.sent.scope)
    where = f"{function.qualname} queries {model}" if function else f"query of {model}"
    names = ", ".join(
        tenant.expression for tenant in query.sent.tenants if not only_acts(look, query, tenant)
    )
    if names:
        return f"{where} without {names}, which it has"
    return f"{where} without the {word}"


def _fix(look: Look, query: TenantQuery) -> tuple[Fix | None, str]:
    condition = condition_plan(look, query)
    if isinstance(condition, str):
        return None, condition
    caution = f"callers no longer see the rows of another {tenant_word(look)}"
    return unsafe(f"Add the condition {condition.condition}", condition, caution), ""


RULE = Rule(
    code="TSL302",
    name="unscoped-tenant-query",
    severity=Severity.ERROR,
    check=find_unscoped_tenant_queries,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
)
