"""### What it does

Finds `/api/v1` written out in the path of a route, or in the prefix of a router or of an
`include_router` call.

### Why

Handbook 1, Path Prefixes: the prefixes are constants, `API_VERSION_PREFIX` and
`ADMIN_API_VERSION_PREFIX`. What is written out stays at version 1 when the others move on.

### Bad

```python
# app/constants.py
API_VERSION_PREFIX = "/api/v1"


# app/main.py
from fastapi import FastAPI

from app.core.handlers import generic_exception_handler
from app.api.api import api_router

app = FastAPI(exception_handlers={Exception: generic_exception_handler})
app.include_router(api_router, prefix="/api/v1")


# app/api/api.py
from fastapi import APIRouter

api_router = APIRouter()
```

### Good

```python
# app/constants.py
API_VERSION_PREFIX = "/api/v1"


# app/main.py
from fastapi import FastAPI

from app import constants
from app.core.handlers import generic_exception_handler
from app.api.api import api_router

app = FastAPI(exception_handlers={Exception: generic_exception_handler})
app.include_router(api_router, prefix=constants.API_VERSION_PREFIX)


# app/api/api.py
from fastapi import APIRouter

api_router = APIRouter()
```

### Fix safety

Unsafe: the constant with the longest part of the path takes its place, and the path follows it
from then on; in the path of a route a person may rather leave the prefix to `include_router`.
There is no fix where no constant of the service holds the prefix, or where the path is put together
in other ways than a string, an f-string or a sum.

### Options

None.

### Known limits

A prefix counts where the path begins with it; `/v1` alone and `/api` alone do not. Constants are
free, wherever they are. A function makes routers where its annotation says so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.findings import Finding, Fix, Related, Severity, unsafe
from turnstay_lint.frameworks.routers import ROUTER_CLASSES
from turnstay_lint.project.endpoints.inclusions import INCLUDE
from turnstay_lint.project.endpoints.prefixes import API_PREFIX, PrefixConstant, constant_for
from turnstay_lint.project.endpoints.routers import endpoints, makes_router
from turnstay_lint.project.schemas.schemas import importable_name
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import named
from turnstay_lint.rules.endpoints.path_plan import WritePath
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope

HELP = "Use the constant (handbook 1, Path Prefixes)."
_CAUTION = "the path follows the constant from then on, to the next version too"


class _Unwritable(Exception):
    """The constant cannot be written there; the message is for the user."""


def find_hard_coded_prefixes(look: Look) -> Iterator[Finding]:
    """Yield the routes and routers in which the API's prefix is written out."""
    if is_test(look.source.path):
        return
    for endpoint in endpoints(look.project, look.source):
        for route in endpoint.routes:
            path = route.path_expression
            leading = _leading(path)
            if path is not None and leading is not None:
                about = f"{named(look.project, route)} has"
                scope = endpoint.scope or route.scope
                yield _finding(look, route.call, path, leading, about, scope, route.scope)
    for call, scope in look.source.index.calls:
        prefix = next((k.value for k in call.keywords if k.arg == "prefix"), None)
        leading = _leading(prefix)
        if prefix is not None and leading is not None and _concerns_router(look, call, scope):
            yield _finding(look, call, prefix, leading, "the prefix here has", scope, scope)


def _concerns_router(look: Look, call: ast.Call, scope: Scope) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr == INCLUDE:
        return True
    name = resolve(call.func, scope)
    if name is None or look.project.derives(name, scope.module, *ROUTER_CLASSES):
        return name is not None
    return makes_router(look.project, name, scope.module) is True


def _leading(path: ast.expr | None) -> ast.Constant | None:
    """Return the literal that a path begins with, if that begins with the API's prefix."""
    match path:
        case ast.Constant(value=str(value)) if API_PREFIX.match(value):
            return path
        case ast.JoinedStr(values=[first, *_]):
            return _leading(first)
        case ast.BinOp(left=left, op=ast.Add()):
            return _leading(left)
    return None


def _finding(
    look: Look,
    call: ast.Call,
    path: ast.expr,
    leading: ast.Constant,
    about: str,
    scope: Scope,
    inside: Scope,
) -> Finding:
    value = str(leading.value)
    found = constant_for(look.project, value)
    match = API_PREFIX.match(value)
    assert match is not None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    reason = f"no constant of the service holds {match.group()}: make one"
    if found is not None:
        related = (Related(found.module.path, found.span, f"{found.name} holds {found.prefix}"),)
        try:
            plan = _plan(look, path, leading, found, inside)
            fix, reason = unsafe(f"Use {found.name}", plan, _CAUTION), ""
        except _Unwritable as why:
            reason = str(why)
    return look.finding(
        call,
        f"{about} {match.group()} written out",
        scope=scope,
        help=HELP,
        related=related,
        fix=fix,
        unfixable=reason,
    )


def _plan(
    look: Look, path: ast.expr, leading: ast.Constant, constant: PrefixConstant, scope: Scope
) -> WritePath:
    name, imports = _spelled(look, constant, scope)
    source, prefix = look.source, constant.prefix
    outer = path
    while isinstance(outer, ast.BinOp):
        outer = outer.left
    start, end = source.lines.offsets(source.span(outer))
    text = source.text[start:end]
    if text[:1] in "\"'" and text[1:-1] == leading.value and not text.startswith(text[0] * 3):
        rest = text[1 + len(prefix) : -1]
        code = name
        if rest:
            escaped = rest.replace("{", "{{").replace("}", "}}")
            code = f"f{text[0]}{{{name}}}{escaped}{text[-1]}"
    elif text[:1] in "fF" and text[2:].startswith(prefix) and text[1:4] not in ('"""', "'''"):
        code = f"{text[:2]}{{{name}}}{text[2 + len(prefix) :]}"
    else:
        raise _Unwritable("the path is put together in a way that leaves no place for a constant")
    return WritePath(source.span(outer), code, imports)


def _spelled(
    look: Look, constant: PrefixConstant, scope: Scope
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how the file names a constant, and the import that it needs for that."""
    module, near, name = constant.module.name, look.source.scope.module, constant.name
    if module == near:
        return name, ()
    for local, bindings in look.source.scope.bindings.items():
        if bindings[-1].kind is Binds.IMPORT:
            target = look.project.canonical(bindings[-1].target, near)
            if target in (module, f"{module}.{name}"):
                return f"{local}.{name}" if target == module else local, ()
    package, _, last = importable_name(look.project, module).rpartition(".")
    if not package or scope.lookup(last) is not None:
        raise _Unwritable(f"the name {last} means something else in this file")
    return f"{last}.{name}", ((package, last),)


RULE = Rule(
    code="TSL106",
    name="hard-coded-api-prefix",
    severity=Severity.WARNING,
    check=find_hard_coded_prefixes,
    triggers=tuple(f"v{number}" for number in range(1, 10)),
    uses_project=True,
    in_tests=False,
)
