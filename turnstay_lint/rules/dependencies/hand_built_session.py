"""### What it does

Finds sessions that an endpoint opens for itself: `AsyncSession(engine)`, `session_factory()`,
`async with get_fresh_session_with_context() as session`.

### Why

Endpoints get their session from `get_session` (handbook 5, Standard Dependencies): the middleware
opened it, closes it whatever happens, and set the tenant's role on it. A session of the endpoint's
own has no role, is another transaction, and no test can override it.

### Bad

```python
# app/api/endpoints/companies.py
from fastapi import APIRouter, Depends

from app.core.database import session_factory

from app.api import deps
from app.models import Company
from app.schemas.responses import CompanyResponse

router = APIRouter()


@router.get("/company", response_model=CompanyResponse)
async def get_company(company: Company = Depends(deps.get_company)):
    async with session_factory() as session:
        return await session.merge(company)
```

### Good

```python
# app/api/endpoints/companies.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Company
from app.schemas.responses import CompanyResponse

router = APIRouter()


@router.get("/company", response_model=CompanyResponse)
async def get_company(
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
    return await session.merge(company)
```

### Fix safety

There is no fix: whether the endpoint may share the request's session, and with it the transaction,
only its author knows.

### Options

`session-dependency` names the dependency.

### Known limits

Looks at the endpoint's own statements: a function inside it, which may run when the request is
over, needs a session of its own, and so may what the endpoint calls. A function gives a session if
its annotation says so, and it takes none.
"""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.findings import Finding, Severity
from turnstay_lint.project.dataflow.values import SessionMaker
from turnstay_lint.project.dataflow.vocabulary import vocabulary
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.types import Type

_MAKERS = frozenset(
    {"sessionmaker", "async_sessionmaker", "scoped_session", "async_scoped_session"}
)
_OPENING = frozenset({"begin", "session"})


def find_hand_built_sessions(look: Look) -> Iterator[Finding]:
    """Yield the sessions, and what makes them, that endpoints open."""
    if is_apart(look.source.path):
        return
    answering = {endpoint.function for endpoint in endpoints(look.project, look.source)}
    if not answering:
        return
    near = look.source.scope.module
    for name, calls in look.source.named_calls.items():
        answered = [(c, s) for c, s in calls if s.function and s.function.node in answering]
        for call, scope in answered if answered and _opens_session(look, name, near) else ():
            yield look.finding(
                call,
                "the endpoint opens a session of its own",
                scope=scope,
                help=f"Depend on {look.settings.session_dependency}",
                unfixable="whether it may share the request's transaction only its author knows",
            )


def _opens_session(look: Look, name: str, near: str) -> bool:
    if name.startswith("builtins."):
        return False
    symbol = look.project.find(name, near)
    match symbol.definition if symbol is not None else None:
        case FunctionSummary() as function:
            assert symbol is not None
            return _gives_session(look, function, symbol.module.name)
        case VariableSummary() as variable:
            assert symbol is not None
            return _is_maker(look, variable, symbol.module.name)
        case ClassSummary():
            return _is_session(look, name, near)
    owner, _, method = name.rpartition(".")
    held = look.project.find(owner, near) if method in _OPENING else None
    if held is not None and isinstance(held.definition, VariableSummary):
        return _is_maker(look, held.definition, held.module.name)
    return symbol is None and _is_session(look, name, near)


def _is_maker(look: Look, variable: VariableSummary, near: str) -> bool:
    return isinstance(vocabulary(look.project).of_variable(variable, near, 0), SessionMaker)


def _is_session(look: Look, name: str, near: str) -> bool:
    canonical = look.project.canonical(name, near)
    if canonical.startswith("sqlalchemy.") and canonical.rpartition(".")[2] in _MAKERS:
        return True
    return vocabulary(look.project).session_class(canonical, near) is not None


def _gives_session(look: Look, function: FunctionSummary, near: str) -> bool:
    def is_session(type_: Type) -> bool:
        return "." in type_.name and _is_session(look, type_.name, near)

    returns = function.returns.without_none
    gives = is_session(returns) or any(is_session(inner) for inner in returns.arguments)
    return gives and not any(is_session(p.type.without_none) for p in function.parameters)


RULE = Rule(
    code="TSL503",
    name="hand-built-session",
    severity=Severity.WARNING,
    check=find_hand_built_sessions,
    triggers=("get", "post", "put", "patch", "delete", "api_route", "add_api_route"),
    uses_project=True,
    in_tests=False,
)
