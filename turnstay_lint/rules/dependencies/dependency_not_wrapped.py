"""### What it does

Finds dependencies that nobody wraps in `Depends`: `session: AsyncSession = deps.get_session`, the
same in `Annotated`, and `dependencies=[deps.get_token]`.

### Why

FastAPI calls what stands in `Depends(...)` and nothing else (handbook 5, Standard Dependencies). A
function as a bare default is handed to the endpoint as it is, so that `session.execute` fails, or
is taken for the default of a query parameter; in `Annotated` it means nothing at all, and a guard
that stands there guards nobody.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(company_access: deps.CompanyAccess = deps.get_company_access):
    return await company_access.get_accounts()
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter, Depends

from app.api import deps
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    return await company_access.get_accounts()
```

### Fix safety

Safe: `Depends(...)` is put around it, and imported; a call without arguments
(`= deps.get_session()`) becomes `Depends(deps.get_session)`. There is none where the call has
arguments.

### Options

None; what the handbook calls its dependencies is taken from `session-dependency` and its like.

### Known limits

Looks at endpoints and at functions that depend on something themselves. A dependency is a function
that is called so, takes the request, or depends on something. Silent where the parameter is
annotated as something to call, or is called in the function: then the function was meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.frameworks.fastapi import DECORATORS
from turnstay_lint.frameworks.routers import ROUTER_CLASSES
from turnstay_lint.project.access.dependencies import is_dependency
from turnstay_lint.project.endpoints.routers import endpoint_of
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters
from turnstay_lint.source.types import read_type

_ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")
_ASKING = frozenset({*DECORATORS, "add_api_route", "include_router"})


class Wrap(Struct, frozen=True):
    """Put ``Depends(...)`` around that code, in place of what the finding points at.

    ``line`` is that of the function whose ``parameter`` it belongs to, 0 for none.
    """

    code: str
    line: int = 0
    parameter: str = ""


def find_dependencies_not_wrapped(look: Look) -> Iterator[Finding]:
    """Yield the dependencies that FastAPI does not see as such."""
    if is_apart(look.source.path):
        return
    for scope in look.source.index.functions:
        outer = scope.parent or scope
        said = _given(scope, outer)
        bare = [g for g in said if _dependency(look, g[1], outer, certain=False)]
        if bare and _is_called_by_fastapi(look, scope):
            for parameter, given in bare:
                if not _is_called(scope, parameter, outer):
                    yield _finding(look, given, scope, parameter)
    for call, scope in look.source.index.calls if "dependencies" in look.source.words else ():
        yield from _of_list(look, call, scope)


def _is_called_by_fastapi(look: Look, scope: Scope) -> bool:
    if endpoint_of(look.project, look.source, scope.node) is not None:
        return True
    return is_dependency(look.project, f"{scope.module}.{scope.qualname}")


def _given(scope: Scope, outer: Scope) -> list[tuple[ast.arg, ast.expr]]:
    """Return the parameters with their defaults, and with what ``Annotated`` says of them."""
    node = scope.node
    assert isinstance(node, FunctionNode)
    arguments, defaults = node.args, node.args.defaults
    found: list[tuple[ast.arg, ast.expr]] = []
    if defaults:
        plain = [*arguments.posonlyargs, *arguments.args]
        found += zip(plain[len(plain) - len(defaults) :], defaults, strict=True)
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found.append((parameter, default))
    for parameter in all_parameters(arguments):
        annotation = parameter.annotation
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            if resolve(annotation.value, outer) in _ANNOTATED:
                found += [(parameter, one) for one in annotation.slice.elts[1:]]
    return found


def _dependency(look: Look, given: ast.expr, scope: Scope, *, certain: bool) -> bool:
    """Tell whether an expression is a dependency; where only those can stand, any function is."""
    bare = given.func if isinstance(given, ast.Call) else given
    if not isinstance(bare, ast.Name | ast.Attribute):
        return False
    name = resolve(bare, scope)
    symbol = look.project.find(name, scope.module) if name else None
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return False
    return (certain and bare is given) or is_dependency(look.project, symbol.name)


def _is_called(scope: Scope, parameter: ast.arg, outer: Scope) -> bool:
    """Tell whether the function itself is meant: it is annotated so, or called in the body."""
    type_ = read_type(parameter.annotation, outer).without_none.name
    if type_.rpartition(".")[2] in ("Callable", "Coroutine", "Awaitable"):
        return True
    node = scope.node
    assert isinstance(node, FunctionNode)
    return any(
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id == parameter.arg
        for statement in node.body
        for inner in ast.walk(statement)
    )


def _of_list(look: Look, call: ast.Call, scope: Scope) -> Iterator[Finding]:
    """``dependencies=[deps.get_token]`` of a route, a router or an inclusion."""
    said = next((k.value for k in call.keywords if k.arg == "dependencies"), None)
    if not isinstance(said, ast.List | ast.Tuple):
        return
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = resolve(call.func, scope) or ""
    if called in _ASKING or look.project.canonical(name, scope.module) in ROUTER_CLASSES:
        for given in said.elts:
            if _dependency(look, given, scope, certain=True):
                yield _finding(look, given, scope)


def _finding(
    look: Look, given: ast.expr, scope: Scope, parameter: ast.arg | None = None
) -> Finding:
    bare = given.func if isinstance(given, ast.Call) else given
    start, end = look.source.lines.offsets(look.source.span(bare))
    code = look.source.text[start:end]
    plan = Wrap(code)
    if parameter is not None and isinstance(scope.node, FunctionNode):
        plan = Wrap(code, scope.node.lineno, parameter.arg)
    has_arguments = isinstance(given, ast.Call) and bool(given.args or given.keywords)
    return look.finding(
        given,
        f"`{code}` stands here bare, so that FastAPI does not depend on it",
        scope=scope,
        help=f"Wrap it: Depends({code})",
        fix=None if has_arguments else safe("wrap it in Depends", plan),
        unfixable="its arguments would be lost" if has_arguments else "",
    )


RULE = Rule(
    code="TSL504",
    name="dependency-not-wrapped",
    severity=Severity.ERROR,
    check=find_dependencies_not_wrapped,
    triggers=(
        "Depends", "Security", "dependencies", "get", "post", "put", "patch", "delete", "api_route",
        "add_api_route",
    ),
    uses_project=True,
    in_tests=False,
)  # fmt: skip
