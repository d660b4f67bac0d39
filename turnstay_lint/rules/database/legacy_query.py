"""### What it does

Finds `session.query(...)` on an `AsyncSession`.

### Why

An `AsyncSession` has no `query`: the call raises AttributeError. Queries are built with `select()`
and sent with `await session.execute(...)` or `await session.scalars(...)` (handbook 3, Utility
Function Pattern).

### Bad

```python
# app/api/utils/company_utils.py
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company


async def find_company(session: AsyncSession, name: str) -> Company | None:
    return session.query(Company).filter(Company.name == name).one_or_none()


async def get_own_company(session: AsyncSession, company_id: int) -> Company:
    return session.query(Company).filter_by(id=company_id).one()
```

### Good

```python
# app/api/utils/company_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company


async def find_company(session: AsyncSession, name: str) -> Company | None:
    return (
        await session.scalars(select(Company).where(Company.name == name))
    ).one_or_none()


async def get_own_company(session: AsyncSession, company_id: int) -> Company:
    return (await session.scalars(select(Company).filter_by(id=company_id))).one()
```

### Fix safety

Unsafe: what raised before now sends the query. Plain chains are rewritten: one mapped class, or
columns, with conditions, joins, order, limits and options, that end in `all`, `first`, `one`,
`one_or_none`, `scalar`, `count` or `get`. Updates, deletes, iteration and what is kept in a
variable half built have no fix.

### Options

`session-dependency` names the dependency that gives the session.

### Known limits

A session is known by its annotation, its dependency or what made it; `run_sync` hands over a
synchronous one, of which nothing is said. Silent in tests, which fail by themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.project.dataflow.sessions import sessions
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.database.awaiting import SYNCHRONOUS, can_await
from turnstay_lint.rules.database.modern_query_plan import Unwritable, modern_query_plan
from turnstay_lint.rules.database.query_shape import FunctionShape
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.scopes import FunctionNode, Scope


def find_legacy_queries(look: Look) -> Iterator[Finding]:
    """Yield the calls of ``query`` on asynchronous sessions."""
    if is_test(look.source.path):
        return
    shapes: dict[Scope, FunctionShape] = {}
    for call, scope in look.source.index.calls:
        called, function = call.func, scope.function
        if not isinstance(called, ast.Attribute) or called.attr != "query" or function is None:
            continue
        if not isinstance(function.node, FunctionNode):
            continue
        if not sessions(look.source, look.project).is_asynchronous(called.value, scope):
            continue
        if function not in shapes:
            shapes[function] = FunctionShape(function.node.body)
        fix, reason = _fix(look, call, scope, shapes[function])
        yield look.finding(
            call,
            f"`{ast.unparse(called)}` does not exist: an AsyncSession has no legacy queries",
            scope=scope,
            help="Build the query with select(), and await what sends it",
            fix=fix,
            unfixable=reason,
        )


def _fix(look: Look, call: ast.Call, scope: Scope, shape: FunctionShape) -> tuple[Fix | None, str]:
    if not can_await(scope):
        return None, SYNCHRONOUS
    try:
        plan = modern_query_plan(look, call, scope, shape)
    except Unwritable as error:
        return None, str(error)
    caution = "what raised AttributeError before sends its query"
    return unsafe("Build it with select()", plan, caution), ""


RULE = Rule(
    code="TSL309",
    name="legacy-query",
    severity=Severity.ERROR,
    check=find_legacy_queries,
    triggers=("query",),
    uses_project=True,
    in_tests=False,
)
