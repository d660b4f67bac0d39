"""### What it does

Finds modules of endpoints that no test module is called after.

### Why

Handbook 7, Test File Organization, and the New Endpoint Checklist: "Write tests in
`tests/endpoints/`", which has a `test_{resource}.py` for each. An endpoint that nothing asks is one
whose first caller is a customer.

### Bad

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

# app/tests/conftest.py
import pytest
from httpx import ASGITransport, AsyncClient


@pytest.fixture
async def client():
    async with AsyncClient(transport=ASGITransport(app=None)) as test_client:
        yield test_client

# app/tests/endpoints/test_companies.py
from httpx import AsyncClient


async def test_get_company(client: AsyncClient):
    response = await client.get("/company")

    assert response.status_code == 200
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

# app/tests/conftest.py
import pytest
from httpx import ASGITransport, AsyncClient


@pytest.fixture
async def client():
    async with AsyncClient(transport=ASGITransport(app=None)) as test_client:
        yield test_client

# app/tests/endpoints/test_companies.py
from httpx import AsyncClient


async def test_get_company(client: AsyncClient):
    response = await client.get("/company")

    assert response.status_code == 200

# app/tests/endpoints/test_accounts.py
\"\"\"Accounts over HTTP.\"\"\"

from httpx import AsyncClient


async def test_get_accounts(client: AsyncClient):
    \"\"\"Test GET /accounts.\"\"\"
    response = await client.get(
        "/accounts", headers={"Authorization": "Bearer test_token"}
    )

    assert response.status_code < 500
```

### Fix safety

Unsafe: a change set writes the test module in the handbook's form: arrange (the tenant or the row
that is asked for, by the service's own `add_..._to_db`), act (what the route needs at least, with
the examples of its schema), assert. They assert what the route itself says: its status, or 400 and
404 where a row may be missing, the fields of its response model, `detail` for errors; that nobody
passes without a token, where something is seen to refuse; that no company is an administrator; and
that a company gets no row of another, where there are a second mock and a second company to ask
with. Say what else should come. Of a route that no router is seen to include nothing is known but
that it must not fail. The mocked authentication of `fixtures/mocks/` is used; where there
is none, and the route needs one, no more is asserted than that nothing fails. There is no fix where
no `conftest.py` has the fixture `client`.

### Options

`plurals` are words whose other number is not what English has.

### Known limits

A test module counts wherever among the tests it lies, `tests/utils/` apart: in either number, with
`admin_` before the name or a word such as `_api` behind it. One that is called after a path of the
module's routes (`/account`) counts as well. Silent where the service has no tests in
`tests/endpoints/` at all, and for modules without routes. What a test asks is not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from turnstay_lint.findings import Elsewhere, Finding, Fix, Severity, unsafe
from turnstay_lint.frameworks.fastapi import VERBS, Endpoint
from turnstay_lint.project.access.guards import guards
from turnstay_lint.project.access.refusals import Guarding
from turnstay_lint.project.endpoints.routers import endpoints, own_path
from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.number import plural
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.testing.fixtures_of_tests import (
    CLIENT,
    SESSION,
    adds_tenant,
    authenticated,
    has_conftest_fixture,
    second_tenant,
)
from turnstay_lint.project.testing.request_samples import sample_of
from turnstay_lint.project.testing.tested_modules import (
    ENDPOINTS,
    UTILS,
    has_test_of,
    numbers_of,
    tests_in,
)
from turnstay_lint.rules.package_plan import WritePackage
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.rules.testing.expected_answers import expected_answer, of_row, row_of
from turnstay_lint.rules.testing.new_tests import ERROR, Expected, NewTest, Row, WriteEndpointTests
from turnstay_lint.source.positions import Span

HELP = "Write tests in tests/endpoints/, a module a resource (handbook 7)."
_CAUTION = "the tests assert what the routes say of themselves: say what should come"
_STRANGER, _FORBIDDEN, _NOT_FOUND = (400, 401, 403), (403,), 404
_ADMIN = "admin"


def find_missing_endpoint_tests(look: Look) -> Iterator[Finding]:
    """Yield the module, if it has endpoints and no test module is called after it."""
    parts = tuple(look.source.module.split("."))
    stem = parts[-1]
    if ENDPOINTS not in parts[:-1] or stem == "__init__" or is_apart(look.source.path):
        return
    if not stem.isidentifier():
        return
    homes = tests_in(look.project, ENDPOINTS, parts[:1])
    found = [one for one in endpoints(look.project, look.source) if _is_served(look, one)]
    if not homes or not found:
        return
    facts = _facts(look, found)
    names = _names(look, stem, found)
    if has_test_of(look.project, names, without=UTILS):
        return
    fix, reason = _fix(look, parts, max(homes, key=homes.count), facts)
    yield look.finding(
        Span(1, 0, 1, 0),
        f"no test module is called after {stem}",
        help=HELP,
        fix=fix,
        unfixable=reason,
    )


def _facts(look: Look, found: list[Endpoint]) -> list[tuple[Endpoint, RouteFact]]:
    known = routes(look.project)
    return [
        (endpoint, fact)
        for endpoint in found
        for fact in known.get(f"{look.source.scope.module}.{endpoint.name}", ())
    ]


def _is_served(look: Look, endpoint: Endpoint) -> bool:
    """Tell whether a function answers by a router that something in its file binds."""
    if endpoint.function is None:
        return False
    for route in endpoint.routes:
        root = route.call.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or route.scope.lookup(root.id) is not None:
            return True
    return False


def _names(look: Look, stem: str, found: list[Endpoint]) -> tuple[str, ...]:
    """Return what a test of the module may be called after: it, or what its paths begin with."""
    paths = (own_path(look.project, route) for one in found for route in one.routes)
    own = [path.strip("/").partition("/")[0] for path in paths if path]
    words = dict.fromkeys(word.replace("-", "_") for word in (stem, *own) if word)
    resources = [word for word in words if word.isidentifier()]
    return tuple(
        dict.fromkeys(form for word in resources for form in numbers_of(word, look.settings))
    )


def _fix(
    look: Look,
    parts: tuple[str, ...],
    home: tuple[str, ...],
    facts: list[tuple[Endpoint, RouteFact]],
) -> tuple[Fix | None, str]:
    if not has_conftest_fixture(look.project, CLIENT):
        return None, f"no conftest.py has a fixture {CLIENT} by which a test could ask"
    tests = tuple(_tests(look, facts))
    if not tests:
        return None, "the paths of its routes cannot be read"
    below = parts[parts.index(ENDPOINTS) + 1 : -1]
    resource = plural(parts[-1], look.settings.plurals)
    prefix = f"{_ADMIN}_" if _ADMIN in below and not resource.startswith(_ADMIN) else ""
    folder = (*home, *below)
    created = [
        Elsewhere("/".join((*folder[:depth], "__init__.py")), WritePackage(), created=True)
        for depth in range(len(home) + 1, len(folder) + 1)
        if ".".join(home) in look.project.layout.packages
        and ".".join(folder[:depth]) not in look.project.layout.packages
    ]
    path = "/".join((*folder, f"test_{prefix}{resource}.py"))
    title = resource.replace("_", " ").capitalize()
    plan = WriteEndpointTests(f"{title} over HTTP.", tests)
    part = Elsewhere(path, plan, adds=resource, created=True)
    return unsafe(f"Write {path}", plan, _CAUTION, elsewhere=(*created, part)), ""


def _tests(look: Look, facts: list[tuple[Endpoint, RouteFact]]) -> Iterator[NewTest]:
    named = set[str]()
    for endpoint, fact in facts:
        name = f"test_{endpoint.name}"
        if fact.method.lower() not in VERBS or endpoint.scope is None or name in named:
            continue
        named.add(name)
        path = "".join(fact.pieces) or "/"
        sample = sample_of(look.project, endpoint.scope, path)
        plain = NewTest(name, fact.method.lower(), path, sample)
        yield from _of_route(look, endpoint, fact, plain)


def _of_route(look: Look, endpoint: Endpoint, fact: RouteFact, plain: NewTest) -> Iterator[NewTest]:
    """Yield the test of who may ask, and those of who may not, as far as it is seen."""
    project, settings = look.project, look.settings
    expected = expected_answer(look, endpoint, fact, plain.sample)
    if fact.is_below(settings.public_paths):
        known = expected if fact.included else Expected()
        yield replace(plain, is_authorized=False, expected=known)
        return
    admin, guard = fact.is_below(settings.admin_paths), guards(project).of_route(fact)
    mock, has_session = authenticated(project, admin=admin), has_conftest_fixture(project, SESSION)
    if not mock[1] and guard.guarding is not Guarding.OPEN:
        expected = replace(expected, statuses=())
    tenant = adds_tenant(project) if has_session else ("", "")
    asked = replace(plain, mock=mock, expected=expected)
    if not fact.included:
        yield replace(asked, adds=tenant, expected=Expected())
        return
    row = row_of(look, fact, plain.sample) if has_session and not admin and mock[1] else None
    if row is not None:
        yield replace(asked, row=row, expected=of_row(expected, fact))
        yield from _of_another(look, asked, row)
    else:
        yield replace(asked, adds=tenant)
    if guard.guarding is Guarding.REFUSES:
        yield _refused(plain, "without_token", "a token", _STRANGER, is_authorized=False)
    company = authenticated(project, admin=False)
    if admin and company[1] and any(map(guards(project).bodies.is_for_admins, guard.names)):
        refused = _refused(plain, f"as_a_{_tenant(look)}", "an administrator", _FORBIDDEN)
        yield replace(refused, mock=company, adds=tenant)


def _of_another(look: Look, asked: NewTest, row: Row) -> Iterator[NewTest]:
    """Yield the test that one tenant gets nothing of another's."""
    mock, description = second_tenant(look.project)
    if mock[1] and description[1]:
        tenant = _tenant(look)
        yield replace(
            asked,
            name=f"{asked.name}_of_another_{tenant}",
            mock=mock,
            adds=adds_tenant(look.project),
            describes=description,
            row=row,
            expected=Expected((_NOT_FOUND,), ERROR),
            about=f" of another {tenant}",
        )


def _refused(
    plain: NewTest, name: str, lacking: str, statuses: tuple[int, ...], is_authorized: bool = True
) -> NewTest:
    return replace(
        plain,
        name=f"{plain.name}_{name}",
        is_authorized=is_authorized,
        expected=Expected(statuses, ERROR),
        about=f" without {lacking}",
    )


def _tenant(look: Look) -> str:
    return look.settings.tenant_model.lower()


RULE = Rule(
    code="TSL701",
    name="missing-endpoint-test",
    severity=Severity.WARNING,
    check=find_missing_endpoint_tests,
    triggers=(*sorted(VERBS), "api_route", "add_api_route"),
    uses_project=True,
    uses_layout=True,
    in_tests=False,
)
