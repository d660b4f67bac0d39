"""### What it does

Finds routes that answer PUT, where the handbook has PATCH.

### Why

Handbook 1, CRUD Endpoint Naming Convention: an update is `PATCH /resource`, and its body a
`Patch*Request` of which only what was sent is set. PUT promises that the body replaces the whole.

### Bad

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.requests import AccountCreateRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.put("/account", response_model=AccountResponse)
async def update_account(request_data: AccountCreateRequest):
    return AccountResponse(id=1, name=request_data.name)
```

### Good

```python
# app/api/endpoints/accounts.py
from fastapi import APIRouter

from app.schemas.requests import AccountCreateRequest
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.patch("/account", response_model=AccountResponse)
async def update_account(request_data: AccountCreateRequest):
    return AccountResponse(id=1, name=request_data.name)
```

### Fix safety

Unsafe: clients have to send PATCH from then on, and a body that replaced everything still does.
There is no fix where the path has a PATCH route already.

### Options

None.

### Known limits

Webhooks are left alone, for who sends them chooses the method, and so are files (`{name:path}`, an
`UploadFile`), which are put as a whole. Silent too where PUT is no update: a function that passes
on whatever comes (it answers GET, POST or DELETE as well), one that is called `replace_...` next to
a PATCH route of the same path, one whose name begins with the word of another operation
(`validate_...`, `get_...`, `create_...`) or whose path ends in one (`/decrypt`), for which PATCH
would be as wrong, and what a protocol says (`/oauth2/...`, `/scim/...`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.fastapi import Endpoint, Route
from turnstay_lint.project.endpoints.resource_paths import resource_path
from turnstay_lint.project.endpoints.routers import endpoints, own_path
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.endpoints.missing_response_model import named
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import all_parameters
from turnstay_lint.source.types import read_type

HELP = "Update with PATCH (handbook 1, CRUD Endpoint Naming Convention)."
_CAUTION = "clients have to send PATCH, and a body that replaced everything still does"
PUT, PATCH = "PUT", "PATCH"
_PROTOCOLS = frozenset({"oauth", "oauth2", "oidc", "saml", "scim", "webdav"})
_FILES = frozenset({"fastapi.UploadFile", "fastapi.datastructures.UploadFile"})
_DOING = frozenset({"decrypt", "encrypt", "preview", "test", "validate", "verify"})
_PASSED_ON = frozenset({"GET", "POST", "DELETE"})
_REPLACING = "replace"
_OTHER_OPERATIONS = frozenset(
    {
        "add", "analyze", "attach", "calculate", "check", "compute", "count", "create", "decrypt",
        "delete", "encrypt", "estimate", "export", "fetch", "find", "get", "import", "insert",
        "link", "list", "lookup", "ping", "preview", "query", "read", "register", "remove", "run",
        "search", "send", "start", "stop", "test", "trigger", "upload", "validate", "verify",
    }
)  # fmt: skip


class SayPatch(Struct, frozen=True):
    """Say PATCH: in place of the method that stands at a span in a list, else of the decorator."""

    listed: Span | None = None


def find_put_endpoints(look: Look) -> Iterator[Finding]:
    """Yield the routes that answer PUT."""
    if is_test(look.source.path):
        return
    found = endpoints(look.project, look.source)
    for endpoint in found:
        for route in endpoint.routes:
            if PUT in route.methods and not (
                _is_for_others(look, endpoint, route) or _is_no_update(look, found, endpoint, route)
            ):
                yield _finding(look, found, endpoint, route)


def _takes_file(endpoint: Endpoint) -> bool:
    function, scope = endpoint.function, endpoint.scope
    if function is None or scope is None:
        return False
    outer = scope.parent or scope
    return any(
        read_type(parameter.annotation, outer).without_none.name in _FILES
        for parameter in all_parameters(function.args)
    )


def _is_no_update(
    look: Look, found: tuple[Endpoint, ...], endpoint: Endpoint, route: Route
) -> bool:
    """Tell whether a route passes on what comes, replaces the whole, or does something else."""
    answered = {
        method
        for other in endpoint.routes
        if own_path(look.project, other) == own_path(look.project, route)
        for method in other.methods
    }
    if PATCH in answered and not _PASSED_ON.isdisjoint(answered):
        return True
    words = endpoint.name.strip("_").split("_")
    if words[0] == _REPLACING:
        return bool(_patched(look, found, route))
    path = resource_path(look.project, look.source, endpoint, route)
    done = path.resource.lower() if path is not None else ""
    return words[0] in _OTHER_OPERATIONS or not _DOING.isdisjoint({words[-1], done})


def _is_for_others(look: Look, endpoint: Endpoint, route: Route) -> bool:
    """Tell whether a file is put, which is whole, or whoever calls decides on the method."""
    path = resource_path(look.project, look.source, endpoint, route)
    if path is None or _takes_file(endpoint):
        return path is not None
    agreed = not _PROTOCOLS.isdisjoint(path.whole.lower().split("/"))
    return agreed or path.is_webhook or path.own.endswith(":path}")


def _finding(look: Look, found: tuple[Endpoint, ...], endpoint: Endpoint, route: Route) -> Finding:
    fix, reason = _fix(look, found, route)
    return look.finding(
        route.call,
        f"{named(look.project, route)} answers PUT, where an update is PATCH",
        scope=endpoint.scope or route.scope,
        help=HELP,
        fix=fix,
        unfixable=reason,
    )


def _fix(look: Look, found: tuple[Endpoint, ...], route: Route) -> tuple[Fix | None, str]:
    if PATCH in route.methods:
        return None, "it answers PATCH as well: take PUT away, once no client sends it"
    patched = _patched(look, found, route)
    if patched:
        return None, f"{patched} is a route already: join the two"
    listed = route.keyword("methods")
    plan = SayPatch()
    if isinstance(listed, ast.List | ast.Tuple | ast.Set):
        said = (
            e for e in listed.elts if isinstance(e, ast.Constant) and str(e.value).upper() == PUT
        )
        plan = SayPatch(look.source.span(next(said)))
    return unsafe("Answer PATCH", plan, _CAUTION), ""


def _patched(look: Look, found: tuple[Endpoint, ...], route: Route) -> str:
    """Return the PATCH route of the same path and router in the file, if there is one."""
    path = own_path(look.project, route)
    for endpoint in found:
        for other in endpoint.routes:
            if PATCH in other.methods and other.router.name == route.router.name:
                if path is not None and own_path(look.project, other) == path:
                    return f"{PATCH} {path}"
    return ""


RULE = Rule(
    code="TSL104",
    name="put-endpoint",
    severity=Severity.WARNING,
    check=find_put_endpoints,
    triggers=("put", "PUT"),
    uses_project=True,
    in_tests=False,
    leads_to=("TSL103", "TSL407", "TSL412"),
)
