"""### What it does

Finds queries in endpoints that ask by hand, with the company in their conditions, for what a
getter of `CompanyAccess` gives: one row by its id, or all rows of a model. So are rows that are
fetched by their id and compared with the company afterwards. Where the access class
keeps to allowed accounts, also `update` and `delete` of one row by its id.

### Why

`CompanyAccess` is the tenant-scoped data access layer (handbook 3, CompanyAccess Pattern). Its
getters scope by the company and keep to the accounts that the user may see
(`allowed_account_ids`); a query beside them forgets the second, and every later change of the
first.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Account, Company
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(
    id: int,
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
    query = select(Account).where(Account.id == id, Account.company_id == company.id)
    account = (await session.execute(query)).scalar_one_or_none()
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
    id: int,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    account = await company_access.get_account(id)
    return account
```

### Fix safety

Safe where the query selects by the tenant and the id, or by the tenant alone: the getter gives the
same row to whoever may see it, and answers 404 for a missing one as the code did. There is no fix
where the query filters, orders, loads or locks more than the getter does, or where a missing row
is answered otherwise than with 404, nor for a row whose company is compared afterwards, or that is
changed or deleted in one statement: ask the getter for it first. Filters that the getter takes as
parameters are handed to it when they are constants, and unsafely when they may be None, which a
getter takes for no filter.

### Options

`access-class` and the names of the dependencies say what the service calls these things;
`admin-paths` and `public-paths` which endpoints see every tenant.

### Known limits

Silent where no getter can do it: pages, totals, rows by another column than the id, lists with
filters that the getter has no parameter for, joins to other models, and queries that keep to
`allowed_account_ids` themselves. Silent in utilities, which is where getters have their queries.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, safe, unsafe
from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.dataflow.facts import Verdict
from turnstay_lint.project.dataflow.trace import trace
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.models.access import AccessClass, Getter, access
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.database.getter_plan import GetterRewriting
from turnstay_lint.rules.database.missing_row import Refusal
from turnstay_lint.rules.database.query_shape import Fetched
from turnstay_lint.rules.database.selection import CHANGES, Filter, Selection, selection
from turnstay_lint.rules.database.tenant_parameter import access_asks_for_tenant
from turnstay_lint.rules.database.tenant_queries import (
    TRIGGERS,
    TenantQuery,
    explained,
    outermost_function,
    reach_of,
    tenant_word,
)
from turnstay_lint.rules.rule import Look, Rule

_OF_ONE = frozenset({"get", "get_one", "scalar"})
"""Methods of a session that give one row, wherever it goes."""
_IMPOSSIBLE = ("pages", "joins", "says ")
"""What no getter does, and nobody should do in Python afterwards."""


class _Bypass(Struct, frozen=True):
    """A query that asks by hand for what ``getter`` gives, or changes it (``fetched`` is None).

    ``checked`` says that the row is compared with the tenant after it was fetched.
    """

    query: TenantQuery
    access: AccessClass
    getter: Getter
    fetched: Fetched | None
    selected: Selection
    checked: bool = False


def find_bypassed_getters(look: Look) -> Iterator[Finding]:
    """Yield the scoped queries of endpoints that a getter of the access class stands for."""
    found = access(look.project)
    if found is None or is_apart(look.source.path):
        return
    answering = {endpoint.function for endpoint in endpoints(look.project, look.source)}
    everything = trace(look.source, look.project).sent if answering else ()
    together = Counter(sent.scope.function for sent in everything)
    for sent in everything:
        outer = outermost_function(sent.scope)
        if outer is None or outer.node not in answering:
            continue
        rewriting = GetterRewriting(look, sent, together[sent.scope.function] - 1)
        bypass = _bypass(look, found, sent, rewriting)
        if bypass is not None:
            fix, reason = _fix(look, bypass, rewriting)
            yield _finding(look, bypass, fix, reason)


def _bypass(
    look: Look, found: AccessClass, sent: Sent, rewriting: GetterRewriting
) -> _Bypass | None:
    checked = _is_checked_afterwards(look, sent)
    scoped = checked or sent.judgement.verdict is Verdict.SCOPED
    if not scoped or len(sent.judgement.models) == 0:
        return None
    changes = sent.query.kind in CHANGES and found.restricts_accounts
    fetched = None if changes else rewriting.fetched()
    if checked and (changes or (fetched is None and sent.method not in _OF_ONE)):
        return None
    reach = reach_of(look, sent.scope)
    if not (changes or fetched or checked) or reach.exempt:
        return None
    query = explained(look.project, sent, reach)
    getter = found.getter(query.model.name, fetched is not None and fetched.many)
    selected = selection(look, sent, query.model, query.ownership)
    if getter is None or selected is None or _is_restricted(sent):
        return None
    if not (selected.tenants or checked) or not _stands_for(getter, selected):
        return None
    checked = checked and not selected.tenants
    if fetched is None and not (changes or checked):
        return None
    return _Bypass(query, found, getter, fetched, selected, checked)


def _is_checked_afterwards(look: Look, sent: Sent) -> bool:
    """``session.get(Account, id)``, whose ``company_id`` is compared with the tenant's later."""
    function = outermost_function(sent.scope)
    if not sent.checked or function is None:
        return False
    if sent.judgement.verdict not in (Verdict.UNSCOPED, Verdict.SCOPED):
        return False
    columns = vocabulary(look.project).tenant_columns
    return any(
        isinstance(side, ast.Attribute) and side.attr in columns
        for node in ast.walk(function.node)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
    )


def _stands_for(getter: Getter, selected: Selection) -> bool:
    """Tell whether a reader would ask the getter, and do what is left in Python if need be."""
    if any(word.startswith(_IMPOSSIBLE) for word in selected.further):
        return False
    if not getter.many:
        return bool(selected.key)
    if selected.key or any(word.startswith("filters") for word in selected.further):
        return False
    return all(_parameter_for(getter, column) for column in selected.filters)


def _parameter_for(getter: Getter, column: Filter) -> bool:
    return any(parameter.name == column.column for parameter in getter.optional)


def _is_restricted(sent: Sent) -> bool:
    """Tell whether a query keeps to the accounts that the user may see by itself."""
    return any(
        isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id).startswith("allowed_")
        for clause in sent.query.clauses
        for node in ast.walk(clause.call)
    )


def _finding(look: Look, bypass: _Bypass, fix: Fix | None, reason: str) -> Finding:
    model, getter = bypass.query.model, bypass.getter
    owner = bypass.access.name.rpartition(".")[2]
    places = (
        Related(getter.path, getter.span, f"{getter.name} asks for the tenant's own"),
        Related(model.path, model.span, f"{model.short} is declared here"),
    )
    help_ = f"{owner}.{getter.name} scopes by the {tenant_word(look)}"
    if bypass.access.restricts_accounts:
        help_ += " and keeps to the accounts that the user may see"
    return look.finding(
        bypass.query.sent.call,
        f"query of {model.short} beside {owner}.{getter.name}",
        scope=bypass.query.sent.scope,
        help=help_,
        related=places,
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, bypass: _Bypass, rewriting: GetterRewriting) -> tuple[Fix | None, str]:
    getter, selected = bypass.getter, bypass.selected
    if bypass.checked:
        return None, f"its owner is checked afterwards: ask {getter.name} in place of both"
    if bypass.fetched is None:
        kind = bypass.query.sent.query.kind
        return None, f"it is one {kind} statement: ask {getter.name} for the row, and {kind} that"
    if selected.further:
        return None, f"it {' and '.join(selected.further)}, which {getter.name} does not"
    if selected.filters and not getter.many:
        names = ", ".join(column.column for column in selected.filters)
        return None, f"it filters by {names}, which {getter.name} does not"
    arguments = [selected.key] if selected.key else []
    arguments += [f"{column.column}={column.code}" for column in selected.filters]
    tenants = _variables(selected) if access_asks_for_tenant(look.project) else ()
    plan = rewriting.plan(bypass.fetched, getter, ", ".join(arguments), tenants=tenants)
    if isinstance(plan, Refusal):
        return None, plan.reason
    title = f"Ask the access object: {getter.name}"
    if all(_is_constant(column.value) for column in selected.filters):
        return safe(title, plan), ""
    return unsafe(title, plan, f"{getter.name} takes None for no filter"), ""


def _variables(selected: Selection) -> tuple[str, ...]:
    """Return the variables that the values of the tenant begin with: company of company.id."""
    roots = []
    for value in selected.tenants:
        while isinstance(value, ast.Attribute):
            value = value.value
        if isinstance(value, ast.Name):
            roots.append(value.id)
    return tuple(dict.fromkeys(roots))


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is not None
    return ast.unparse(value).rpartition(".")[2].isupper()


RULE = Rule(
    code="TSL315",
    name="bypassed-getter",
    severity=Severity.WARNING,
    check=find_bypassed_getters,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
)
