from collections.abc import Mapping

import pytest

from tests.change_sets import changed
from tests.harness import Check
from turnstay_lint.project.settings import Settings

CONFTEST = """
import pytest


@pytest.fixture
async def client(app):
    return app


@pytest.fixture
async def session(app):
    return app
"""
MAIN = """
from fastapi import FastAPI

from app.api.endpoints import accounts
from app.api.endpoints.admin import companies
from app.api.endpoints.public import currencies

app = FastAPI()
app.include_router(accounts.router, prefix="/api/v1")
app.include_router(companies.router, prefix="/api/v1/admin")
app.include_router(currencies.router, prefix="/api/v1/public")
"""
OTHERS = {
    "app/main.py": MAIN,
    "app/tests/conftest.py": CONFTEST,
    "app/tests/__init__.py": "",
    "app/tests/endpoints/__init__.py": "",
    "app/tests/endpoints/test_bookings.py": "",
}
ENDPOINTS = """
from fastapi import APIRouter, Depends
from pydantic import BaseModel, EmailStr, Field

router = APIRouter()


class Address(BaseModel):
    city: str


class AccountCreateRequest(BaseModel):
    name: str = Field(..., json_schema_extra={"example": "New Account"})
    currency: str = Field(json_schema_extra={"example": "ZAR"})
    country_name: str = Field(..., json_schema_extra={"example": "South Africa"})
    email: EmailStr
    address: Address
    note: str | None = None
    odd: object


def get_session():
    return None


@router.get("/accounts")
async def get_accounts(session=Depends(get_session)):
    return []


@router.post("/account")
async def create_account(request_data: AccountCreateRequest):
    return request_data


@router.delete("/account")
async def delete_account(id: int, request_data: Address, limit: int = 5):
    return id


@router.get("/account/{number}/notes")
async def get_account_notes(number: int, search: str):
    return search
"""
check = Check("TSL701", path="app/api/endpoints/accounts.py", others=OTHERS)


def without(*paths: str, **more: str) -> Mapping[str, str]:
    return {path: text for path, text in OTHERS.items() if path not in paths} | more


def test_a_module_that_nothing_is_called_after() -> None:
    found = check.findings(ENDPOINTS)
    assert [(f.span.line, f.message) for f in found] == [
        (1, "no test module is called after accounts")
    ]
    assert found[0].fix is not None
    assert found[0].fix.title == "Write app/tests/endpoints/test_accounts.py"


def test_the_tests_that_are_written() -> None:
    service = {**OTHERS, "app/api/endpoints/accounts.py": ENDPOINTS}
    made = changed(service, "TSL701").files
    assert set(made) == {"app/tests/endpoints/test_accounts.py"}
    assert (
        made["app/tests/endpoints/test_accounts.py"]
        == '''"""Accounts over HTTP."""

from httpx import AsyncClient


async def test_get_accounts(client: AsyncClient):
    """Test GET /api/v1/accounts."""
    response = await client.get(
        "/api/v1/accounts", headers={"Authorization": "Bearer test_token"}
    )

    assert response.status_code in (200, 400, 404)


async def test_create_account(client: AsyncClient):
    """Test POST /api/v1/account."""
    response = await client.post(
        "/api/v1/account",
        json={
            "name": "New Account",
            "currency": "ZAR",
            "country_name": "South Africa",
            "email": "user@example.com",
            "address": {"city": "test"},
        },
        headers={"Authorization": "Bearer test_token"},
    )

    assert response.status_code in (200, 400, 404, 422)


async def test_delete_account(client: AsyncClient):
    """Test DELETE /api/v1/account."""
    response = await client.request(
        "DELETE",
        "/api/v1/account",
        params={"id": 1},
        json={"city": "test"},
        headers={"Authorization": "Bearer test_token"},
    )

    assert response.status_code in (200, 400, 404)


async def test_get_account_notes(client: AsyncClient):
    """Test GET /api/v1/account/{number}/notes."""
    response = await client.get(
        "/api/v1/account/1/notes",
        params={"search": "test"},
        headers={"Authorization": "Bearer test_token"},
    )

    assert response.status_code in (200, 400, 404)
'''
    )


MOCKS = """
import pytest


@pytest.fixture
def mock_auth_admin(mocker):
    return mocker


@pytest.fixture
def mock_auth_success(mocker):
    return mocker
"""
RECORDS = """
async def add_company_to_db(session, company_json=None):
    return session
"""
ROUTE = """
from fastapi import APIRouter

router = APIRouter()


@router.get("/{path}")
async def get_{path}():
    return []
"""


def test_what_the_service_has_for_its_tests_is_used() -> None:
    service = {
        **OTHERS,
        "app/tests/fixtures/mocks/auth_mocks.py": MOCKS,
        "app/tests/fixtures/add_fixtures_to_db.py": RECORDS,
        "app/api/endpoints/accounts.py": ROUTE.format(path="accounts"),
        "app/api/endpoints/admin/companies.py": ROUTE.format(path="companies"),
        "app/api/endpoints/public/currencies.py": ROUTE.format(path="currencies"),
    }
    made = changed(service, "TSL701").files
    assert set(made) == {
        "app/tests/endpoints/admin/__init__.py",
        "app/tests/endpoints/admin/test_admin_companies.py",
        "app/tests/endpoints/public/__init__.py",
        "app/tests/endpoints/public/test_currencies.py",
        "app/tests/endpoints/test_accounts.py",
    }
    accounts = made["app/tests/endpoints/test_accounts.py"]
    assert (
        '''
async def test_get_accounts(
    client: AsyncClient, session: AsyncSession, mock_auth_success
):
    """Test GET /api/v1/accounts."""
    await add_company_to_db(session)

    response'''
        in accounts
    )
    assert "from app.tests.fixtures.mocks.auth_mocks import mock_auth_success\n" in accounts
    companies = made["app/tests/endpoints/admin/test_admin_companies.py"]
    assert "    client: AsyncClient, session: AsyncSession, mock_auth_admin\n" in companies
    assert (
        'client.get("/api/v1/public/currencies")'
        in (made["app/tests/endpoints/public/test_currencies.py"])
    )


def test_nothing_is_written_unasked() -> None:
    service = {**OTHERS, "app/api/endpoints/accounts.py": ENDPOINTS}
    assert not changed(service, "TSL701", unsafe=False).files


def test_a_service_without_the_client() -> None:
    found = check.with_(others={"app/tests/conftest.py": ""}).findings(ENDPOINTS)
    assert [f.unfixable for f in found] == [
        "no conftest.py has a fixture client by which a test could ask"
    ]


@pytest.mark.parametrize(
    "test",
    [
        "app/tests/endpoints/test_accounts.py",
        "app/tests/endpoints/test_account.py",
        "app/tests/endpoints/admin/test_admin_accounts.py",
        "app/tests/endpoints/test_accounts_api.py",
        "app/tests/api/test_accounts.py",
        "tests/endpoints/test_accounts.py",
    ],
)
def test_a_module_that_has_its_test(test: str) -> None:
    check.with_(others={test: ""}).clean(ENDPOINTS)


def test_a_test_that_is_called_after_a_path() -> None:
    others = {"app/tests/endpoints/test_accounts.py": ""}
    check.with_(path="app/api/endpoints/ledger.py", others=others).clean(
        ROUTE.format(path="accounts")
    )


@pytest.mark.parametrize(
    "test",
    [
        "app/tests/utils/test_accounts.py",
        "app/tests/endpoints/test_account_holders.py",
        "app/tests/endpoints/accounts.py",
        "app/api/test_accounts.py",
    ],
)
def test_a_module_that_is_no_test_of_it(test: str) -> None:
    assert check.with_(others={test: ""}).findings(ENDPOINTS)


def test_a_number_that_the_configuration_says() -> None:
    others = {"app/tests/endpoints/test_dwelling.py": ""}
    told = check.with_(
        path="app/api/endpoints/dwellinx.py",
        others=others,
        settings=Settings(plurals={"dwelling": "dwellinx"}),
    )
    told.clean(ROUTE.format(path="dwellinx"))


def test_a_service_that_has_no_tests_of_endpoints() -> None:
    Check("TSL701", path="app/api/endpoints/accounts.py", others={"app/tests/test_a.py": ""}).clean(
        ENDPOINTS
    )


@pytest.mark.parametrize(
    "path", ["app/api/deps.py", "app/main.py", "app/api/endpoints/__init__.py"]
)
def test_what_is_no_module_of_endpoints(path: str) -> None:
    check.with_(path=path).clean(ENDPOINTS)


def test_a_module_without_routes() -> None:
    check.clean("from fastapi import APIRouter\n\nrouter = APIRouter()\nvalue = {}.get(1)\n")


GUARDED = """
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi_pagination import Page, paginate
from pydantic import BaseModel, Field

router = APIRouter()


def get_token(request: Request):
    if "Authorization" not in request.headers:
        raise HTTPException(status_code=401, detail="Token not found")


class AccountResponse(BaseModel):
    id: int
    name: str
    note: str | None = None


class RenamedResponse(BaseModel):
    id: int = Field(serialization_alias="ID")


class AccountCreateRequest(BaseModel):
    name: str


@router.get("/account", response_model=AccountResponse, dependencies=[Depends(get_token)])
async def get_account(id: int):
    return {}


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts():
    return []


@router.get("/accounts/paged", response_model=Page[AccountResponse])
async def get_paged():
    return paginate([])


@router.post("/account", response_model=AccountResponse, status_code=201)
async def create_account(request_data: AccountCreateRequest):
    return {}


@router.delete("/account", status_code=204)
async def delete_account(id: int):
    return None


@router.get("/account/odd", response_model=RenamedResponse)
async def get_odd(id: int):
    return {}
"""
WITH_ROWS = {
    **OTHERS,
    "app/tests/fixtures/mocks/auth_mocks.py": f"""{MOCKS}

@pytest.fixture
def mock_auth_success_tenant_2(mocker):
    return mocker
""",
    "app/tests/fixtures/company_fixtures.py": "def get_company_2() -> dict:\n    return {}\n",
    "app/tests/fixtures/add_fixtures_to_db.py": f"""{RECORDS}

async def add_account_to_db(session, company=None):
    return session
""",
}


def written(name: str, service: Mapping[str, str]) -> str:
    """Return the test of that name, without its head."""
    text = changed(service, "TSL701").files["app/tests/endpoints/test_accounts.py"]
    return text.partition(f"async def {name}(")[2].partition("\n\n\n")[0].partition('"""\n')[2]


@pytest.mark.parametrize(
    ("name", "asserted"),
    [
        (
            "test_get_account",
            """
    assert response.status_code == 200
    data = response.json()
    assert set(data) == {"id", "name", "note"}
    assert data["id"] == account.id""",
        ),
        (
            "test_get_account_of_another_company",
            """
    assert response.status_code == 404
    assert set(response.json()) == {"detail"}""",
        ),
        (
            "test_get_account_without_token",
            """
    assert response.status_code in (400, 401, 403)
    assert set(response.json()) == {"detail"}""",
        ),
        (
            "test_get_accounts",
            """
    assert response.status_code == 200
    assert all(set(item) == {"id", "name", "note"} for item in response.json())""",
        ),
        (
            "test_get_paged",
            """
    assert response.status_code == 200
    assert {"items", "total"} <= set(response.json())""",
        ),
        (
            "test_create_account",
            """
    assert response.status_code in (201, 400, 404)
    data = response.json()
    assert "detail" in data or set(data) == {"id", "name", "note"}""",
        ),
        ("test_delete_account", "\n    assert response.status_code in (204, 400, 404)"),
        ("test_get_odd", "\n    assert response.status_code in (200, 400, 404)"),
    ],
)
def test_what_a_route_says_of_its_answer_is_asserted(name: str, asserted: str) -> None:
    body = written(name, {**WITH_ROWS, "app/api/endpoints/accounts.py": GUARDED})
    answered = body.partition("response = ")[2].partition("\n\n")[2].rstrip()
    assert answered == asserted.removeprefix("\n")


def test_the_row_that_is_asked_for_is_added() -> None:
    service = {**WITH_ROWS, "app/api/endpoints/accounts.py": GUARDED}
    own = written("test_get_account", service)
    assert own.startswith("    account = await add_account_to_db(session)\n\n")
    assert 'params={"id": account.id}' in own
    others = written("test_get_account_of_another_company", service)
    assert "    await add_company_to_db(session, get_company_2())\n" in others


def test_a_route_that_a_mock_would_have_to_open() -> None:
    body = written("test_get_account", {**OTHERS, "app/api/endpoints/accounts.py": GUARDED})
    assert body.endswith("assert response.status_code < 500")


ADMIN = """
from fastapi import APIRouter, Depends, HTTPException, Request

router = APIRouter()


def check_permissions_admin():
    def checker(request: Request):
        if "admin" not in request.scope.get("permissions", []):
            raise HTTPException(status_code=403, detail="Insufficient permissions")

    return checker


@router.get("/companies", dependencies=[Depends(check_permissions_admin())])
async def get_companies():
    return []
"""


def test_a_company_is_no_administrator() -> None:
    service = {**WITH_ROWS, "app/api/endpoints/admin/companies.py": ADMIN}
    companies = changed(service, "TSL701").files[
        "app/tests/endpoints/admin/test_admin_companies.py"
    ]
    refused = companies.partition("async def test_get_companies_as_a_company(")[2]
    assert "mock_auth_success\n" in refused
    assert "assert response.status_code == 403\n" in refused
