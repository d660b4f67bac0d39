"""### What it does

Finds `await session.refresh(x)` with `return x` right behind it, in a service that has
`refresh_and_return`.

### Why

One step has one name in every endpoint (handbook 3, Refresh and Return Pattern).

### Bad

```python
# app/api/utils/company_utils.py
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company


async def create_company(session: AsyncSession, name: str) -> Company:
    company = Company(name=name)
    session.add(company)
    await session.commit()
    await session.refresh(company)
    return company
```

### Good

```python
# app/api/utils/company_utils.py
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.utils.db_utils import refresh_and_return
from app.models import Company


async def create_company(session: AsyncSession, name: str) -> Company:
    company = Company(name=name)
    session.add(company)
    await session.commit()
    return await refresh_and_return(session, company)
```

### Fix safety

Safe: the function does the same two steps, which is looked at. There is no fix where it does more,
where a comment stands between the two statements, where its module imports this one, and where its
name means something else in the file.

### Options

None.

### Known limits

Silent in tests, inside `refresh_and_return`, where the refresh names attributes or is told anything
else, and where the service has no such function, or several.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.dataflow.sessions import sessions
from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.project.writing.spelling import Spelling, Unspellable, spell
from turnstay_lint.rules.database.query_shape import FunctionShape
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope

_REFRESHED = "instance"
NAME = "refresh_and_return"
"""What the handbook calls the function that does both."""


class CallRefreshAndReturn(Struct, frozen=True):
    """The two statements, and what is returned in their place, ``function`` left to be named."""

    statements: Span
    function: Spelling
    arguments: str


class _Pair(Struct, frozen=True):
    """A refresh, and the return right behind it."""

    first: ast.Expr
    last: ast.Return
    call: ast.Call
    session: ast.expr
    name: str


def find_refreshes_then_returned(look: Look) -> Iterator[Finding]:
    """Yield the refreshes that a return of the same object follows."""
    helper: Symbol | None = None
    for call, scope in look.source.index.calls:
        called, function = call.func, scope.function
        if not isinstance(called, ast.Attribute) or called.attr != "refresh" or function is None:
            continue
        helper = helper or refresh_and_return(look.project)
        if helper is None or is_test(look.source.path):
            return
        pair = _pair(call, called.value, function)
        if pair is None or f"{function.module}.{function.qualname}" == helper.name:
            continue
        if sessions(look.source, look.project).is_asynchronous(called.value, scope):
            fix, reason = _fix(look, pair, helper, scope)
            yield look.finding(
                call,
                f"`{pair.name}` is refreshed and returned: that is what `{NAME}` does",
                scope=scope,
                help=f"Return `await {NAME}(...)`",
                fix=fix,
                unfixable=reason,
            )


@project_fact
def refresh_and_return(project: Project) -> Symbol | None:
    """Return the service's function of that name, if it has one alone."""
    found = [
        Symbol(module, NAME, module.functions[NAME])
        for module in project.modules.values()
        if NAME in module.functions and not is_test(module.path)
    ]
    return found[0] if len(found) == 1 else None


def _pair(call: ast.Call, session: ast.expr, function: Scope) -> _Pair | None:
    node = function.node
    given = [*call.args, *(k.value for k in call.keywords if k.arg == _REFRESHED)]
    if len(given) != 1 or len(call.args) + len(call.keywords) != 1:
        return None
    [refreshed] = given
    if not isinstance(refreshed, ast.Name):
        return None
    if not isinstance(node, FunctionNode):
        return None
    shape = FunctionShape(node.body)
    awaited = shape.parents.get(call)
    statement = shape.parents.get(awaited) if isinstance(awaited, ast.Await) else None
    if not isinstance(statement, ast.Expr):
        return None
    block = shape.blocks[statement]
    after = block[block.index(statement) + 1 :]
    match after[:1]:
        case (ast.Return(value=ast.Name(id=name)) as last,) if name == refreshed.id:
            return _Pair(statement, last, call, session, name)
    return None


def _fix(look: Look, pair: _Pair, helper: Symbol, scope: Scope) -> tuple[Fix | None, str]:
    if not _does_both(helper):
        return None, f"`{NAME}` of this service is not given a session and an object alone"
    first, last = look.source.span(pair.first), look.source.span(pair.last)
    statements = Span(*first.start, *last.end)
    start, end = look.source.lines.offsets(statements)
    if "#" in look.source.text[start:end]:
        return None, "a comment stands between the two statements"
    try:
        function = spell(look.project, look.source, helper, pair.call, scope)
    except Unspellable as error:
        return None, str(error)
    arguments = f"({ast.unparse(pair.session)}, {pair.name})"
    plan = CallRefreshAndReturn(statements, function, arguments)
    return safe(f"Return await {NAME}(...)", plan), ""


def _does_both(helper: Symbol) -> bool:
    """Tell whether it takes a session and an object, and calls nothing but the refresh."""
    definition = helper.definition
    if not isinstance(definition, FunctionSummary) or not definition.is_async:
        return False
    needed = [p for p in definition.parameters if p.default is None]
    refreshes = {name.rpartition(".")[2] for name in definition.calls} <= {"refresh"}
    return len(needed) == 2 and len(definition.parameters) == 2 and refreshes


RULE = Rule(
    code="TSL310",
    name="refresh-then-return",
    severity=Severity.WARNING,
    check=find_refreshes_then_returned,
    triggers=("refresh",),
    uses_project=True,
    in_tests=False,
)
