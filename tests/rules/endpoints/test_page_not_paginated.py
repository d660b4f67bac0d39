import pytest

from tests.harness import Check
from tests.rules.endpoints.account_service import SERVICE

check = Check("TSL110", path="app/api/endpoints/accounts.py", others=SERVICE)

HEAD = """
from fastapi import APIRouter
from fastapi_pagination import Page, paginate
from sqlalchemy import select

from app.api import deps

from app.models import Account
from app.schemas.responses import AccountResponse

router = APIRouter()


"""
ROUTE = 'router.get("/accounts", response_model=Page[AccountResponse])'


def endpoint(body: str, route: str = ROUTE) -> str:
    return f"""{HEAD}@{route}
async def get_accounts(company_access: deps.CompanyAccessDep, session: AsyncSession):
    {body}
"""


@pytest.mark.parametrize(
    ("body", "fixed"),
    [
        ("return await company_access.get_accounts()", None),
        ("return [AccountResponse(id=1, name='é')]", None),
        ("return [show(account) for account in accounts]  # all of them", None),
        ("return []", None),
        (
            "accounts = [show(account) for account in rows]\n    return accounts",
            "accounts = [show(account) for account in rows]\n    return paginate(accounts)",
        ),
        ("return (await session.scalars(select(Account))).all()", None),
        (
            "return await session.scalars(select(Account))",
            "return paginate((await session.scalars(select(Account))).all())",
        ),
    ],
)
def test_a_list_that_is_promised_as_a_page(body: str, fixed: str | None) -> None:
    value, _, comment = body.removeprefix("return ").partition("  #")
    after = fixed or f"return paginate({value})" + (f"  #{comment}" if comment else "")
    check.flags(
        endpoint(body, f"«{ROUTE}»"),
        after=endpoint(after),
        unsafe=True,
        message="GET /accounts promises a Page and returns a list",
        scope="get_accounts",
    )


def test_paginate_is_imported_and_all_returns_are_pages() -> None:
    head = HEAD.replace("Page, paginate", "Page")
    body = """if not company_access:
        return []
    return await company_access.get_accounts()"""
    check.flags(
        endpoint(body, f"«{ROUTE}»").replace(HEAD, head),
        after=endpoint(
            """if not company_access:
        return paginate([])
    return paginate(await company_access.get_accounts())"""
        ),
        unsafe=True,
    )


def test_one_return_that_is_no_page() -> None:
    check.flags(
        endpoint("if id: return paginate(rows)\n    return [1]", f"«{ROUTE}»"),
        after=endpoint("if id: return paginate(rows)\n    return paginate([1])"),
        unsafe=True,
    )


def test_why_there_is_no_fix() -> None:
    other = HEAD.replace(
        "import Page, paginate",
        "import Page\nfrom fastapi_pagination.ext.sqlalchemy import paginate",
    )
    check.flags(
        endpoint("return [1]", f"«{ROUTE}»").replace(HEAD, other),
        after=None,
        reason="paginate means something else",
    )
    cursor = HEAD.replace(
        "Page, paginate", "paginate\nfrom fastapi_pagination.cursor import CursorPage"
    )
    check.flags(
        endpoint("return [1]", f"«{ROUTE.replace('Page', 'CursorPage')}»").replace(HEAD, cursor),
        after=None,
        reason="a page with a cursor",
    )


@pytest.mark.parametrize(
    "body",
    [
        "return paginate(await company_access.get_accounts())",
        "page = paginate(rows)\n    return page",
        "return await something(session)",
        "return {'items': [], 'total': 0}",
        "return Page.create([], params, total=0)",
        "return await fastapi_pagination.ext.sqlalchemy.paginate(session, select(Account))",
        "yield [1]",
        "...",
    ],
)
def test_what_is_a_page_or_may_be_one(body: str) -> None:
    check.clean(endpoint(body))


def test_what_promises_no_page() -> None:
    check.clean(endpoint("return [1]", 'router.get("/accounts", response_model=list[int])'))
    check.clean(endpoint("return [1]", 'router.get("/accounts")'))
    own = HEAD.replace(
        "from fastapi_pagination import Page, paginate", "from app.pages import Page"
    )
    check.clean(endpoint("return [1]").replace(HEAD, own))


def test_what_the_function_says_where_the_route_says_nothing() -> None:
    said = "session: AsyncSession) -> Page[AccountResponse]:"
    for route in ('router.get("/accounts")', 'router.get("/accounts", response_model=None)'):
        marked = f"«{route}»" if "None" not in route else route
        text = endpoint("return await company_access.get_accounts()", marked)
        text = text.replace("session: AsyncSession):", said)
        if marked == route:
            check.clean(text)
            continue
        after = endpoint("return paginate(await company_access.get_accounts())", route)
        check.flags(text, after=after.replace("session: AsyncSession):", said), unsafe=True)
