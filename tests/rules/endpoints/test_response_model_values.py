"""Models by what the returned value is: a row, a list, a page."""

from tests.rules.endpoints.account_service import check

GETTER = """
from fastapi import APIRouter, Depends, HTTPException

from app.api import deps

from app.schemas.responses import GuestResponse

router = APIRouter()


@router.get("/guest", response_model=GuestResponse)
async def get_guest(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    return await company_access.get_guest(id)
"""


def test_the_value_of_a_getter() -> None:
    check.flags(
        GETTER
        + """

@«router.get("/account")»
async def get_account(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    account = await company_access.get_account(id)
    return account


@«router.get("/accounts")»
async def get_accounts(company_access: deps.CompanyAccessDep):
    return await company_access.get_accounts()


@«router.get("/account/named")»
async def find_account(company_access=Depends(deps.get_company_access)):
    return await company_access.find_account("Sea view")


@«router.get("/account/other")»
async def get_other(id: int, company_access: deps.CompanyAccessDep):
    if account := await company_access.get_other_account(id):
        return account
    raise HTTPException(status_code=404, detail="Account not found")
""",
        after=GETTER.replace("GuestResponse\n\nrouter", "AccountResponse, GuestResponse\n\nrouter")
        + """

@router.get("/account", response_model=AccountResponse)
async def get_account(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    account = await company_access.get_account(id)
    return account


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(company_access: deps.CompanyAccessDep):
    return await company_access.get_accounts()


@router.get("/account/named", response_model=AccountResponse | None)
async def find_account(company_access=Depends(deps.get_company_access)):
    return await company_access.find_account("Sea view")


@router.get("/account/other", response_model=AccountResponse)
async def get_other(id: int, company_access: deps.CompanyAccessDep):
    if account := await company_access.get_other_account(id):
        return account
    raise HTTPException(status_code=404, detail="Account not found")
""",
    )


def test_a_query_a_constructor_and_refresh_and_return() -> None:
    before = """
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return

from app.models import Account
from app.schemas.responses import AccountResponse

router = APIRouter()


@«router.post("/account")»
async def create_account(session: AsyncSession = Depends(deps.get_session)):
    account = Account(name="Sea view")
    session.add(account)
    await session.commit()
    return await refresh_and_return(session, account)


@«router.get("/account")»
async def get_account(id: int, session: AsyncSession = Depends(deps.get_session)):
    result = await session.execute(select(Account).where(Account.id == id))
    account = result.scalar_one_or_none()
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    return account


@«router.get("/accounts")»
async def get_accounts(session: AsyncSession = Depends(deps.get_session)):
    query = select(Account)
    return (await session.scalars(query.order_by(Account.id))).all()


@«router.get("/account/first")»
async def get_first(session: AsyncSession = Depends(deps.get_session)):
    return await session.get(Account, 1)
"""
    marked = before.replace("«", "").replace("»", "")
    after = (
        marked.replace('"/account")', '"/account", response_model=AccountResponse)')
        .replace('"/accounts")', '"/accounts", response_model=list[AccountResponse])')
        .replace('"/account/first")', '"/account/first", response_model=AccountResponse | None)')
    )
    check.flags(before, after=after)


def test_lists_that_are_built() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/accounts")»
        async def get_accounts(company_access: deps.CompanyAccessDep):
            accounts = await company_access.get_accounts()
            return [AccountResponse.model_validate(account) for account in accounts]


        @«router.get("/accounts/named")»
        async def get_named(company_access: deps.CompanyAccessDep):
            named = []
            for account in await company_access.get_accounts():
                if account.name:
                    named.append(account)
            return named
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=list[AccountResponse])
        async def get_accounts(company_access: deps.CompanyAccessDep):
            accounts = await company_access.get_accounts()
            return [AccountResponse.model_validate(account) for account in accounts]


        @router.get("/accounts/named", response_model=list[AccountResponse])
        async def get_named(company_access: deps.CompanyAccessDep):
            named = []
            for account in await company_access.get_accounts():
                if account.name:
                    named.append(account)
            return named
        """,
    )


def test_pages() -> None:
    check.flags(
        """
        from fastapi import APIRouter
        from fastapi_pagination import paginate
        from fastapi_pagination.ext.sqlalchemy import apaginate
        from sqlalchemy import select

        from app.api import deps

        from app.models import Account
        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/accounts")»
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())


        @«router.get("/accounts/all")»
        async def get_all(session=None):
            return await apaginate(session, select(Account).order_by(Account.id))
        """,
        after="""
        from fastapi import APIRouter
        from fastapi_pagination import Page, paginate
        from fastapi_pagination.ext.sqlalchemy import apaginate
        from sqlalchemy import select

        from app.api import deps

        from app.models import Account
        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=Page[AccountResponse])
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())


        @router.get("/accounts/all", response_model=Page[AccountResponse])
        async def get_all(session=None):
            return await apaginate(session, select(Account).order_by(Account.id))
        """,
    )


def test_another_kind_of_page_that_is_imported() -> None:
    (finding,) = check.flags(
        """
        from fastapi import APIRouter
        from fastapi_pagination import LimitOffsetPage, paginate

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/accounts")»
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())
        """,
        after="""
        from fastapi import APIRouter
        from fastapi_pagination import LimitOffsetPage, paginate

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=LimitOffsetPage[AccountResponse])
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())
        """,
        unsafe=True,
    )
    assert finding.fix is not None
    assert "Page, LimitOffsetPage" in finding.fix.caution


def test_a_fragment_whose_names_nothing_binds() -> None:
    check.flags(
        """
        @«router.get("/account")»
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
        after="""
        @router.get("/account", response_model=AccountResponse)
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
    )
