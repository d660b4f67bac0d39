from tests.harness import Check
from tests.tenant_service import SERVICE

check = Check("TSL305", path="app/api/endpoints/accounts.py", others=SERVICE)
HEAD = """\
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Account, Currency

router = APIRouter()


"""


def test_a_scoped_query_of_an_endpoint() -> None:
    check.flags(
        f"""{HEAD}@router.get("/accounts")
async def get_accounts(
    access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    query = select(Account).where(Account.company_id == access.company_id)
    return («await_».all(), None)
""".replace("«await_»", "(await «session.scalars(query)»)"),
        after=None,
        reason="is a decision",
    )


def test_a_query_that_is_somebody_else_s() -> None:
    check.clean(
        f"""{HEAD}@router.get("/accounts")
async def get_accounts(
    access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    await session.scalars(select(Currency))
    return await access.get_accounts()


async def find_accounts(session: AsyncSession, company_id: int):
    return await session.scalars(select(Account).where(Account.company_id == company_id))
"""
    )


def test_an_endpoint_that_serves_no_tenant() -> None:
    check.with_(path="app/api/endpoints/admin/accounts.py").flags(
        f"""{HEAD}@router.get("/admin/accounts")
async def get_accounts(company_id: int, session: AsyncSession = Depends(deps.get_session)):
    company = await deps.get_company_by_id(session, company_id)
    query = select(Account).where(Account.company_id == deps.get_company().id)
    return await «session.scalars(query)»
""",
        after=None,
        reason="is a decision",
    )
