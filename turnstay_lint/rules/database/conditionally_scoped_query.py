"""### What it does

Finds queries of a tenant-owned model that are scoped on some paths only: the tenant's condition
joins the query in one branch, so that without it every tenant's rows come back.

### Why

A utility takes the company and filters by it, always. One whose company may be left out gives
every company's rows to the first caller that forgets it, and nothing fails (handbook 3, Utility
Function Pattern).

### Bad

```python
# app/api/utils/search_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def find_like(
    session: AsyncSession, name: str, company_id: int | None = None
) -> list[Account]:
    query = select(Account).where(Account.name == name)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    result = await session.execute(query)
    return list(result.scalars().all())
```

### Good

```python
# app/api/utils/search_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def find_like(session: AsyncSession, name: str, company_id: int) -> list[Account]:
    query = select(Account).where(Account.name == name)
    query = query.where(Account.company_id == company_id)
    result = await session.execute(query)
    return list(result.scalars().all())
```

### Fix safety

Unsafe: the parameter loses its default and the condition its `if`, so that a caller that gives
no company, and that nobody sees, fails where it got every company's rows. There is no fix where a
caller is seen to leave the company out, or to give what may be None: it would fail, and is named.
Nor is there one where a branch asks something else instead, or where the parameter comes behind
others that have defaults. A query that has its condition may then be one that a getter gives
(TSL315).

### Options

`tenant-model` and `tenant-column` say what the service calls its tenant; `admin-paths` and
`public-paths` which endpoints see every tenant.

### Known limits

A query stays a finding where every caller gives the tenant: the next one may not. Silent where
the parameter is required and cannot be None; where the condition hangs on a role; where the other
branch asks for the rows of nobody (`company_id.is_(None)`) or of a person (`user_id == sub_id`);
and where those that leave the tenant out are scripts, workers, dependencies or admin endpoints, for
which None means every tenant. What is called by a name that cannot be followed counts as not
called. A condition that joins in a loop is silent, since nobody can say whether the loop runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Related, Severity, unsafe
from turnstay_lint.project.calls.giving import Giving, giving
from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.dataflow.facts import Verdict
from turnstay_lint.project.dataflow.trace import trace
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.models.models import orm_models
from turnstay_lint.project.models.tenancy import tenancy
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.database.scope_guard import Guard, is_settled, may_be_missing, scope_guards
from turnstay_lint.rules.database.tenant_queries import (
    TRIGGERS,
    outermost_function,
    reach_of,
    tenant_word,
)
from turnstay_lint.rules.database.unconditional_plan import MakeUnconditional, unconditional_plan
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope

_MOST_NAMES = 5
_PERSON = regex(r"^(user|member|person|principal|employee|owner)_(id|uuid)$")


def find_conditionally_scoped_queries(look: Look) -> Iterator[Finding]:
    """Yield the queries of a file that are scoped on some paths only."""
    if is_apart(look.source.path) or not tenancy(look.project).owned:
        return
    for sent in trace(look.source, look.project).sent:
        if sent.judgement.verdict is not Verdict.PARTIAL or sent.checked:
            continue
        if reach_of(look, sent.scope).exempt:
            continue
        function = outermost_function(sent.scope)
        if function is None:
            continue
        columns = vocabulary(look.project).tenant_columns
        guards = scope_guards(sent, function, columns)
        passed = _passed(look, guards, function)
        if guards and not any(_is_meant(guard, function, passed, columns) for guard in guards):
            yield _finding(look, sent, guards, function, passed)


def _passed(look: Look, guards: tuple[Guard, ...], function: Scope) -> Giving:
    """Return what callers pass for the parameter that the condition hangs on."""
    for guard in guards:
        if guard.parameter is not None:
            name = f"{function.module}.{function.qualname}"
            return giving(look.project, name, guard.parameter.arg)
    return Giving()


def _is_meant(guard: Guard, function: Scope, passed: Giving, columns: frozenset[str]) -> bool:
    """Tell whether the condition is there whenever it must be."""
    if guard.asks_for_role or _asks_for_nobodys(guard.without, columns):
        return True
    if guard.without and _asks_for_somebodys(guard.without):
        return True
    if guard.parameter is None:
        return False
    if is_settled(guard, function):
        return True
    if not may_be_missing(guard.parameter, function):
        return True
    return bool(passed.leaving) and not passed.asking


def _asks_for_nobodys(without: tuple[ast.AST, ...], columns: frozenset[str]) -> bool:
    """``M.company_id.is_(None)`` are rows that belong to no tenant: they are shared."""
    for statement in without:
        for node in ast.walk(statement):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr=column), attr="is_"),
                    args=[ast.Constant(value=None)],
                ) if column in columns:
                    return True
                case ast.Compare(
                    left=ast.Attribute(attr=column), comparators=[ast.Constant(value=None)]
                ) if column in columns:
                    return True
    return False


def _asks_for_somebodys(without: tuple[ast.AST, ...]) -> bool:
    """The other way may ask by whose the row is otherwise: a user's, and not an organization's."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and isinstance(node.ops[0], ast.Eq)
        and _PERSON.search(node.left.attr) is not None
        for statement in without
        for node in ast.walk(statement)
    )


def _finding(
    look: Look, sent: Sent, guards: tuple[Guard, ...], function: Scope, passed: Giving
) -> Finding:
    model = orm_models(look.project).classes[sent.judgement.models[0]]
    word = tenant_word(look)
    plan = unconditional_plan(look, guards, function, word)
    if isinstance(plan, MakeUnconditional) and plan.parameter and passed.leaving:
        plan = _first_in_callers(passed, plan.parameter, word)
    fix: Fix | None = None
    if not isinstance(plan, str):
        caution = f"a caller that gives no {word} fails where it got the rows of every {word}"
        fix = unsafe(f"Ask for the {word} always", plan, caution)
    condition = _condition(guards)
    return look.finding(
        sent.call,
        f"{function.qualname} scopes its query of {model.short} to the {word} only {condition}",
        scope=sent.scope,
        help=_help(guards, passed, word),
        related=(Related(model.path, model.span, f"{model.short} is declared here"),),
        fix=fix,
        unfixable=plan if isinstance(plan, str) else "",
    )


def _first_in_callers(passed: Giving, parameter: str, word: str) -> str:
    """Say who would fail if the parameter were required, so that a person begins there."""
    named = list(passed.leaving[:_MOST_NAMES])
    more = len(passed.leaving) - _MOST_NAMES
    last = f"{more} more" if more > 0 else named.pop()
    names = " and ".join([", ".join(named), last] if named else [last])
    verb, fail = ("leave", "fail") if passed.leaving[1:] else ("leaves", "fails")
    return (
        f"{names} {verb} the {word} out, or may give None, and {fail} once {parameter} is"
        f" required: give it there first"
    )


def _condition(guards: tuple[Guard, ...]) -> str:
    if len(guards) == 1:
        test = ast.unparse(guards[0].test)
        if len(test) <= 60 and isinstance(guards[0].branching, ast.If):
            return f"if {test}"
    return "on some paths"


def _help(guards: tuple[Guard, ...], passed: Giving, word: str) -> str:
    if not any(guard.parameter for guard in guards):
        return f"a query that may go without its {word} gives the rows of every {word}"
    if passed.asking:
        labels = ", ".join(route.label for route in passed.asking[:_MOST_NAMES])
        names = ", ".join(name.rpartition(".")[2] for name in passed.leaving[:_MOST_NAMES])
        return f"{names} may leave the {word} out, reached by {labels}"
    if passed.giving:
        return f"every caller gives the {word}: require it, so that the next one does too"
    return f"nobody calls it yet: require the {word}, so that no caller can leave it out"


RULE = Rule(
    code="TSL303",
    name="conditionally-scoped-query",
    severity=Severity.WARNING,
    check=find_conditionally_scoped_queries,
    triggers=TRIGGERS,
    uses_project=True,
    in_tests=False,
    leads_to=("TSL305", "TSL315"),
)
