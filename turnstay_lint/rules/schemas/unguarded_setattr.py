"""### What it does

Finds the loop of a patch that sets a field which must not change: the identifier, or the tenant
column, because the schema has it and nothing in the loop leaves it out.

### Why

The id in the request says which row is meant, and the tenant column whose it is. A loop that sets
every field that the client sent lets the client give a row another id, or give it away (handbook 4,
Patch Request Pattern: `if field != "id":`).

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.schemas.requests import PatchAccountRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.patch("/account", response_model=AccountResponse)
async def patch_account(
    request_data: PatchAccountRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    account = await company_access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True)

    for field, value in update_data.items():
        setattr(account, field, value)

    await session.commit()
    return await refresh_and_return(session, account)
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return
from app.schemas.requests import PatchAccountRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.patch("/account", response_model=AccountResponse)
async def patch_account(
    request_data: PatchAccountRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    account = await company_access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True)

    for field, value in update_data.items():
        if field != "id":
            setattr(account, field, value)

    await session.commit()
    return await refresh_and_return(session, account)
```

### Fix safety

Safe: the row keeps its id and its tenant, as the handbook asks, and everything else is set as
before. A guard that is there names the further fields too.

### Options

`tenant-column` says what the service calls the column that says whose a row is.

### Known limits

Silent where the schema is not known, where what the loop leaves out is named elsewhere (`if field
in EDITABLE:`), and where the object was made in the same function. An object whose class is not
known counts where an endpoint takes the schema. The tenant column of what a tenant's client sends
is TSL304's as well, which leaves it out of the dump.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.dataflow.patch_loops import around, set_fields
from turnstay_lint.project.endpoints.bodies import is_taken
from turnstay_lint.project.inference.expressions import Inference
from turnstay_lint.project.models.models import OrmClass, orm_class
from turnstay_lint.project.models.tenancy import tenancy
from turnstay_lint.project.schemas.schema_dumps import SchemaDump, gone_over
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Binds, Scope
from turnstay_lint.source.surroundings import statements_around

_LOOPS = ast.For | ast.AsyncFor


class GuardKeys(Struct, frozen=True):
    """Let the statement at the finding run only where ``test`` holds.

    ``instead_of`` is where the test of a guard stands that is there, None to write one. ``dump`` is
    the call that may leave the keys out as well, which TSL304 asks for.
    """

    test: str
    instead_of: Span | None = None
    dump: Span | None = None


class _Loop(Struct, frozen=True):
    """A ``setattr`` in a loop over a schema's fields, by the variable ``key``."""

    call: ast.Call
    scope: Scope
    function: ast.AST
    key: str
    dump: SchemaDump
    fields: tuple[str, ...]


def find_unguarded_setattr(look: Look) -> Iterator[Finding]:
    """Yield the loops that set what must not change."""
    if is_apart(look.source.path):
        return
    for call, scope in look.source.index.calls:
        if not isinstance(call.func, ast.Name) or call.func.id != "setattr" or len(call.args) != 3:
            continue
        loop = _loop(look, call, scope)
        keys = _protected(look, loop) if loop is not None else ()
        if loop is not None and keys:
            yield _finding(look, loop, keys)


def _loop(look: Look, call: ast.Call, scope: Scope) -> _Loop | None:
    function, key = scope.function, call.args[1]
    if function is None or not isinstance(key, ast.Name):
        return None
    if resolve(call.func, scope) != "builtins.setattr":
        return None
    holding = reversed(statements_around(call, scope))
    loop = next((node for node in holding if isinstance(node, _LOOPS)), None)
    if loop is None or not _binds(loop.target, key.id):
        return None
    dump = gone_over(look.project, look.source, loop.iter, scope)
    passed = set_fields(function.node, call) if dump is not None else None
    if dump is None or passed is None:
        return None
    fields = tuple(field for field in dump.fields if passed.holds(field))
    return _Loop(call, scope, function.node, key.id, dump, fields)


def _binds(target: ast.expr, key: str) -> bool:
    first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else target
    return isinstance(first, ast.Name) and first.id == key


def _protected(look: Look, loop: _Loop) -> tuple[str, ...]:
    """Return the fields that the loop sets and must not, in the order of the schema."""
    owner = loop.call.args[0]
    type_ = Inference(look.project, look.source).of(owner, loop.scope).without_none
    if not type_.known or "." not in type_.name:
        if not is_taken(look.project, loop.dump.schema.name):
            return ()
        wanted = {"id", look.settings.tenant_column}
    else:
        model = orm_class(look.project, type_.name, loop.scope.module)
        if model is None or _is_made_here(look, owner, loop.scope):
            return ()
        wanted = _fixed_columns(look, model)
    return tuple(field for field in loop.fields if field in wanted)


def _fixed_columns(look: Look, model: OrmClass) -> set[str]:
    found = tenancy(look.project)
    tenants = {column for column in model.columns if found.is_tenant_column(model.name, column)}
    if look.settings.tenant_column in model.columns or not model.complete:
        tenants.add(look.settings.tenant_column)
    return tenants.union(model.primary_key)


def _is_made_here(look: Look, owner: ast.expr, scope: Scope) -> bool:
    """``account = Account()``: what is new has neither id nor tenant yet."""
    if not isinstance(owner, ast.Name):
        return False
    found = Inference(look.project, look.source).bindings(owner, scope)
    if found is None:
        return False
    made = [b.value for b in found[1] if b.kind is Binds.ASSIGNMENT]
    return any(
        isinstance(value, ast.Call)
        and (name := resolve(value.func, found[0])) is not None
        and orm_class(look.project, name, scope.module) is not None
        for value in made
    )


def _finding(look: Look, loop: _Loop, keys: tuple[str, ...]) -> Finding:
    schema = loop.dump.schema.qualname.rpartition(".")[2]
    fix, reason = _fix(look, loop, keys)
    return look.finding(
        loop.call,
        f"the loop sets {' and '.join(keys)} of {schema}, which must not change",
        scope=loop.scope,
        help="Leave out what says which row it is, and whose (handbook 4, Patch Request Pattern)",
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, loop: _Loop, keys: tuple[str, ...]) -> tuple[Fix | None, str]:
    holding = around(loop.function, loop.call)
    guard = _guard(holding, loop.key, loop.call)
    names = list(keys)
    if guard is not None:
        names = [*_named(guard.comparators[0]), *keys]
    quoted = ", ".join(f'"{name}"' for name in dict.fromkeys(names))
    test = f"{loop.key} not in ({quoted})" if "," in quoted else f"{loop.key} != {quoted}"
    title = f"Leave {' and '.join(keys)} out"
    made = loop.dump.call
    dump = look.source.span(made) if made is not None else None
    if guard is not None:
        return safe(title, GuardKeys(test, look.source.span(guard), dump)), ""
    statement = next((n for n in holding if isinstance(n, ast.stmt)), None)
    if not isinstance(statement, ast.Expr) or statement.value is not loop.call:
        return None, "its value is used, so that it cannot be left out by itself"
    if not _has_room(look, statement):
        return None, "its line holds another statement too"
    return safe(title, GuardKeys(test, None, dump)), ""


def _guard(holding: list[ast.AST], key: str, call: ast.Call) -> ast.Compare | None:
    """Return the test of the ``if`` around it that leaves fields out by name already."""
    for node in holding:
        if isinstance(node, _LOOPS):
            return None
        match node:
            case ast.If(
                test=ast.Compare(left=ast.Name(id=name), ops=[ast.NotEq() | ast.NotIn()]) as test,
                body=body,
            ) if name == key and any(call in ast.walk(inner) for inner in body):
                return test if _named(test.comparators[0]) else None
    return None


def _named(expression: ast.expr) -> list[str]:
    items = getattr(expression, "elts", [expression])
    found = [i.value for i in items if isinstance(i, ast.Constant) and isinstance(i.value, str)]
    return found if len(found) == len(items) else []


def _has_room(look: Look, statement: ast.stmt) -> bool:
    """Tell whether nothing else stands on its lines but, before it, the head of its loop."""
    span, lines = look.source.span(statement), look.source.lines
    before = lines.line(span.line)[: span.column].strip()
    after = lines.line(span.end_line)[span.end_column :].strip()
    return before[-1:] in ("", ":") and after[:1] in ("", "#")


RULE = Rule(
    code="TSL412",
    name="unguarded-setattr",
    severity=Severity.ERROR,
    check=find_unguarded_setattr,
    triggers=("setattr",),
    uses_project=True,
    in_tests=False,
)
