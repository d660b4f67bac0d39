"""### What it does

Finds `Depends(get_session())`: a dependency that is called where FastAPI is to call it.

### Why

`Depends` takes what FastAPI calls for each request (handbook 5, Standard Dependencies:
`Depends(get_token)`). Called by hand it runs once, when the module is imported, without a request;
what it gives is a value, a coroutine or a generator, and FastAPI cannot call that.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(session: AsyncSession = Depends(deps.get_session())):
    return AccountResponse(id=1, name="Garden")
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account", response_model=AccountResponse)
async def get_account(session: AsyncSession = Depends(deps.get_session)):
    return AccountResponse(id=1, name="Garden")
```

### Fix safety

Safe: the service did not start, or handed the endpoint something that is no such value. There is
none where the call has arguments: they would be lost.

### Options

None.

### Known limits

Certain are functions that are `async`, those that take the request or depend on something
themselves and give nothing that can be called, and classes whose objects cannot be called. A
factory (`check_permissions([...])`), a function with a decorator, and what comes from another
package are called rightly, or nobody can tell.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Related, Severity, safe
from turnstay_lint.project.access.dependencies import gives_nothing_to_call
from turnstay_lint.project.access.dependency_calls import dependency_calls, dependency_of
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve


def find_called_dependencies(look: Look) -> Iterator[Finding]:
    """Yield the calls that FastAPI is told to depend on, where the function was meant."""
    if is_apart(look.source.path):
        return
    near = look.source.scope.module
    for call, scope in dependency_calls(look.project, look.source):
        given = dependency_of(call)
        name = resolve(given.func, scope) if isinstance(given, ast.Call) else None
        symbol = look.project.find(name, near) if name else None
        if not isinstance(given, ast.Call) or symbol is None:
            continue
        if not gives_nothing_to_call(look.project, symbol.name):
            continue
        definition = symbol.definition
        assert isinstance(definition, FunctionSummary | ClassSummary)
        last = symbol.name.rpartition(".")[2]
        start, end = look.source.lines.offsets(look.source.span(given.func))
        bare = Replacement(look.source.span(given), look.source.text[start:end])
        has_arguments = bool(given.args or given.keywords)
        yield look.finding(
            given,
            f"`{last}` is called here once, and FastAPI cannot call what it gives",
            scope=scope,
            help=f"Hand the dependency itself over: Depends({last})",
            related=(Related(symbol.module.path, definition.span, "the dependency"),),
            fix=None if has_arguments else safe("do not call it", bare),
            unfixable="its arguments would be lost" if has_arguments else "",
        )


RULE = Rule(
    code="TSL505",
    name="called-dependency",
    severity=Severity.ERROR,
    check=find_called_dependencies,
    triggers=("Depends", "Security"),
    uses_project=True,
    in_tests=False,
)
