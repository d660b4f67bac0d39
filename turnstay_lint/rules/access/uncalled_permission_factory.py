"""### What it does

Finds `Depends(check_permissions)`: the factory itself, where the check that it makes was meant.
FastAPI calls the factory, gets the check, and calls nobody any more: nothing is checked. The same
of a class whose objects refuse when they are called: `Depends(RoleChecker)` makes one.

### Why

Handbook 2, Permission Checking: `Depends(check_permissions(["Dashboard Refund"]))`. The code reads
as if the route were guarded, and everybody passes.

### Bad

```python
# app/api/permissions.py
from fastapi import HTTPException, Request


def check_permissions(allow: list[str] | None = None):
    async def permissions_checker(request: Request):
        if not set(allow or []) & set(request.scope.get("permissions", [])):
            raise HTTPException(status_code=403, detail="Insufficient permissions")

    return permissions_checker


# app/api/endpoints/refunds.py
from fastapi import APIRouter, Depends

from app.api.permissions import check_permissions
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get(
    "/refund", response_model=AccountResponse, dependencies=[Depends(check_permissions)]
)
async def get_refund():
    return AccountResponse(id=1, name="Garden")
```

### Good

```python
# app/api/permissions.py
from fastapi import HTTPException, Request


def check_permissions(allow: list[str] | None = None):
    async def permissions_checker(request: Request):
        if not set(allow or []) & set(request.scope.get("permissions", [])):
            raise HTTPException(status_code=403, detail="Insufficient permissions")

    return permissions_checker


# app/api/endpoints/refunds.py
from fastapi import APIRouter, Depends

from app.api.permissions import check_permissions
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get(
    "/refund", response_model=AccountResponse, dependencies=[Depends(check_permissions())]
)
async def get_refund():
    return AccountResponse(id=1, name="Garden")
```

### Fix safety

Safe: the factory is called, without arguments, which is what its author allows; who passed only
since nothing was checked is refused. There is none where the factory must be told something, since
which permission a route asks for only its author knows.

### Options

`guards` names what is a check whatever its code shows.

### Known limits

Only what is seen to refuse, or is named in `guards`, is such a factory: the function that it
returns, or the class's `__call__`, raises 401 or 403 or calls what does. Silent where the endpoint
uses what it is given (`checker("Refund")`), and in factories that return something else on one of
their ways.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Related, Severity, safe
from turnstay_lint.project.access.dependency_calls import dependency_calls, dependency_of
from turnstay_lint.project.access.factories import inner_functions
from turnstay_lint.project.access.guards import guards
from turnstay_lint.project.meanings import methods_meant
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters


class CallFactory(Struct, frozen=True):
    """Call what is named at the finding, without arguments."""


def find_uncalled_permission_factories(look: Look) -> Iterator[Finding]:
    """Yield what is given to ``Depends`` and only makes a check."""
    if is_apart(look.source.path):
        return
    near = look.source.scope.module
    for call, scope in dependency_calls(look.project, look.source):
        given = dependency_of(call)
        if not isinstance(given, ast.Name | ast.Attribute):
            continue
        name = resolve(given, scope)
        symbol = look.project.find(name, near) if name else None
        check = _check_of(look.project, symbol) if symbol is not None else ""
        if symbol is not None and check and not _is_used(look, call, scope):
            yield _finding(look, given, symbol, scope)


def _check_of(project: Project, symbol: Symbol) -> str:
    """Return the function that would check, empty for what is no factory of checks."""
    known = guards(project)
    if isinstance(symbol.definition, FunctionSummary):
        inner = inner_functions(project, symbol.name)
        named = known.bodies.is_named(symbol.name)
        refusing = inner and (named or all(known.refuses(name) for name in inner))
        return inner[0] if refusing else ""
    if isinstance(symbol.definition, ClassSummary):
        near = symbol.module.name
        called = next(methods_meant(project, symbol.name, "__call__", near), "")
        made = next(methods_meant(project, symbol.name, "__init__", near), "")
        if called and known.refuses(called) and not (made and known.refuses(made)):
            return called
    return ""


def _is_used(look: Look, call: ast.Call, scope: Scope) -> bool:
    """Tell whether the function that takes what is made does something with it."""
    for inner in look.source.index.functions:
        node = inner.node
        if inner.parent is not scope or not isinstance(node, FunctionNode):
            continue
        taking = _parameter_of(node, call)
        if taking is not None:
            names = (n for statement in node.body for n in ast.walk(statement))
            return any(isinstance(n, ast.Name) and n.id == taking.arg for n in names)
    return False


def _parameter_of(
    function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call
) -> ast.arg | None:
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = zip(plain[::-1], arguments.defaults[::-1], strict=False)
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for parameter, default in (*defaults, *keywords):
        if default is call:
            return parameter
    for parameter in all_parameters(arguments):
        annotation = parameter.annotation
        if annotation is not None and any(node is call for node in ast.walk(annotation)):
            return parameter
    return None


def _finding(look: Look, given: ast.expr, symbol: Symbol, scope: Scope) -> Finding:
    last = symbol.name.rpartition(".")[2]
    definition = symbol.definition
    assert isinstance(definition, FunctionSummary | ClassSummary)
    made = _fix(look, symbol)
    return look.finding(
        given,
        f"`{last}` only makes the check, which nobody calls then: everybody passes",
        scope=scope,
        help=f"Depend on what it makes: Depends({last}(...))",
        related=(Related(symbol.module.path, definition.span, "what makes the check"),),
        fix=made,
    )


def _fix(look: Look, symbol: Symbol) -> Fix | str:
    of_class = isinstance(symbol.definition, ClassSummary)
    near, name = symbol.module.name, symbol.name
    if of_class:
        name = next(methods_meant(look.project, symbol.name, "__init__", near), "")
    found = look.project.find(name) if name else None
    function = found.definition if found is not None else None
    if isinstance(function, FunctionSummary):
        own = function.parameters[1:] if of_class else function.parameters
        if any(p.default is None and p.kind in ("positional", "keyword") for p in own):
            return "it must be told what to ask for, which only its author knows"
    return safe("call it", CallFactory())


RULE = Rule(
    code="TSL203",
    name="uncalled-permission-factory",
    severity=Severity.ERROR,
    check=find_uncalled_permission_factories,
    triggers=("Depends", "Security"),
    uses_project=True,
    in_tests=False,
)
