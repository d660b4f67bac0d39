import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

DEPS = """
from collections.abc import AsyncGenerator

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company, User


async def get_session(request: Request) -> AsyncGenerator[AsyncSession, None]:
    yield request.state.db


def get_company(request: Request) -> Company:
    return request.state.company


def get_user(request: Request) -> User | None:
    return getattr(request.state, "user", None)


def get_tenant_id(request: Request) -> str:
    return request.scope.get("tenant_id")


def get_permissions(request: Request) -> list[str]:
    return request.scope.get("permissions", [])
"""
MODELS = "class Company: ...\n\n\nclass User: ...\n"
check = Check(
    "TSL501",
    path="app/api/endpoints/reports.py",
    others={"app/api/deps.py": DEPS, "app/models.py": MODELS},
)
HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Company, User

router = APIRouter()


"""


def endpoint(parameters: str, body: str) -> str:
    return f'{HEAD}@router.get("/report")\nasync def get_report({parameters}):\n    {body}\n'


@pytest.mark.parametrize(
    ("before", "name", "parameter"),
    [
        ("request.state.db", "session", "AsyncSession = Depends(deps.get_session)"),
        ("request.state.company", "company", "Company = Depends(deps.get_company)"),
        ("request.state.user", "user", "User | None = Depends(deps.get_user)"),
        ('getattr(request.state, "user", None)', "user", "User | None = Depends(deps.get_user)"),
        ('request.scope["tenant_id"]', "tenant_id", "str = Depends(deps.get_tenant_id)"),
        (
            'request.scope.get("permissions", [])',
            "permissions",
            "list[str] = Depends(deps.get_permissions)",
        ),
    ],
)
def test_what_a_dependency_gives(before: str, name: str, parameter: str) -> None:
    after = f"request: Request, {name}: {parameter}"
    if len(after) + len("async def get_report():") > 88:
        after = f"\n    {after}\n"
    check.flags(
        endpoint("request: Request", f"return «{before}»"),
        after=endpoint(after, f"return {name}"),
        message="is what `get_",
        scope="get_report",
    )


def test_the_style_of_the_function() -> None:
    session = "session: Annotated[AsyncSession, Depends(deps.get_session)]"
    company = "company: Annotated[Company, Depends(deps.get_company)]"
    before = f"\n    request: Request,\n    {session},\n"
    check.flags(
        endpoint(before, "return «request.state.company».id"),
        after=endpoint(f"{before}    {company},\n", "return company.id"),
    )


def test_a_parameter_that_is_there_already() -> None:
    parameters = "request: Request, owner=Depends(deps.get_company)"
    check.flags(
        endpoint(parameters, "return «request.state.company».id"),
        after=endpoint(parameters, "return owner.id"),
    )


def test_two_reads_of_one_thing() -> None:
    check.flags(
        endpoint("request: Request", "return «request.state.company», «request.state.company».id"),
        after=endpoint(
            "request: Request, company: Company = Depends(deps.get_company)",
            "return company, company.id",
        ),
    )


def test_a_name_that_is_taken() -> None:
    check.flags(
        endpoint("request: Request", "company = «request.state.company»"),
        after=None,
        reason="the name company is taken",
    )


def test_an_inner_function() -> None:
    check.flags(
        endpoint("request: Request", "return lambda: «request.state.company»"),
        after=None,
        reason="inner function",
    )


def test_a_service_without_the_dependency() -> None:
    check.with_(settings=Settings(company_dependency="get_tenant")).flags(
        endpoint("request: Request", "return «request.state.company»"),
        after=None,
        reason="the service has no dependency get_tenant",
    )


def test_an_endpoint_that_anybody_may_call() -> None:
    marked = endpoint("request: Request", "return «request.state.db»")
    marked = marked.replace('"/report"', '"/webhooks/stripe"')
    check.flags(marked, after=None, reason="anybody may call the endpoint")


def test_a_function_that_is_called_so_by_chance() -> None:
    users = "def get_user(name: str, password: str):\n    return name\n"
    made = check.with_(others={"app/api/deps.py": "", "app/users.py": users})
    marked = endpoint("request: Request", "return «request.state.user»")
    made.flags(marked, after=None, reason="the service has no dependency get_user")


def test_the_identifier_of_a_user() -> None:
    check.flags(
        endpoint("request: Request", 'return «request.scope["descope_user_id"]»'),
        after=None,
        reason="the user is not the identifier",
    )


@pytest.mark.parametrize(
    "body",
    [
        "return request.state.trace_id",
        'return request.scope["path"]',
        'return request.scope.get("route")',
        "request.state.company = 1",
        'return hasattr(request.state, "company")',
        "return deps.state.company",
        "return request.url.path",
    ],
)
def test_what_no_dependency_gives(body: str) -> None:
    check.clean(endpoint("request: Request", body))


def test_a_parameter_that_is_no_request() -> None:
    check.clean(endpoint("request: Company", "return request.state.company"))


def test_a_dependency_itself() -> None:
    check.clean(HEAD + "def get_owner(request: Request):\n    return request.state.company\n")
