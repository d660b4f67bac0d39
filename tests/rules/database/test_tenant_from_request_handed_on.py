"""Functions that an endpoint tells which tenant the client says (TSL304)."""

import pytest

from tests.harness import Check
from tests.rules.database.account_endpoints import HEAD, POST, check

UTILITY = """
from app.models import Account
from app.schemas.requests import AccountCreateRequest


async def create_account_util(session, request_data: AccountCreateRequest):
    account = Account(**«request_data.model_dump()»)
    session.add(account)
    return account
"""
CALLER = """
from fastapi import APIRouter
from app.api.utils.account_utils import create_account_util
from app.schemas.requests import AccountCreateRequest
router = APIRouter(prefix="{prefix}")
@router.post("/account")
async def create_account(request_data: {schema}, session):
    return await create_account_util(session, {given})
"""


def utility(
    prefix: str = "", schema: str = "AccountCreateRequest", given: str = "request_data"
) -> Check:
    caller = CALLER.format(prefix=prefix, schema=schema, given=given)
    return check.with_(
        path="app/api/utils/account_utils.py", others={"app/api/endpoints/calling.py": caller}
    )


def test_a_utility_that_an_endpoint_hands_its_request() -> None:
    utility().flags(
        UTILITY,
        after=None,
        reason="no name of the company is in scope",
        message="Account.company_id is written from AccountCreateRequest, which the client fills",
    )


def test_a_utility_of_admin_endpoints() -> None:
    utility(prefix="/admin").clean(UTILITY.replace("«", "").replace("»", ""))


def test_a_schema_that_no_request_fills() -> None:
    source = UTILITY.replace("«", "").replace("»", "")
    utility(schema="int", given="made(request_data)").clean(source)
    check.with_(path="app/api/utils/account_utils.py").clean(source)


UTILS = {
    "app/api/utils/account_utils.py": """
    from sqlalchemy import func, select
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.models import Account, Company, User


    async def count_accounts(session: AsyncSession, company_id: int, name: str = "") -> int:
        return await session.scalar(
            select(func.count()).select_from(Account).where(Account.company_id == company_id)
        )


    async def count_twice(session: AsyncSession, *, company_id: int) -> int:
        return 2 * await count_accounts(session, company_id)


    async def find_company(session: AsyncSession, company_id: int) -> Company:
        return await session.scalar(select(Company).where(Company.id == company_id))


    async def ensure_member(session: AsyncSession, company_id: int) -> None:
        await session.scalar(select(User).where(User.company_id == company_id))


    async def accounts_of(session: AsyncSession, user: User, company_id: int) -> int:
        return await session.scalar(select(Account).where(Account.company_id == company_id))


    def say(session: AsyncSession, company_id: int) -> str:
        return f"company {company_id}"


    class AccountRepository:
        def __init__(self, session: AsyncSession):
            self.session = session

        def _select(self, company_id: int):
            return select(Account).where(Account.company_id == company_id)

        async def count(self, company_id: int) -> int:
            return await self.session.scalar(self._select(company_id))
    """
}
IMPORTS = """
from app.api.utils import account_utils
from app.api.utils.account_utils import AccountRepository, count_accounts, count_twice
"""
HANDED = HEAD.replace("\nrouter =", f"{IMPORTS}\nrouter =") + POST.removeprefix(HEAD)


@pytest.mark.parametrize(
    "call",
    [
        "count_accounts(session, {})",
        "count_accounts(session, company_id={}, name='x')",
        "count_twice(session, company_id={})",
        "account_utils.count_accounts(session, {})",
        "AccountRepository(session).count({})",
    ],
)
def test_a_tenant_that_is_handed_on(call: str) -> None:
    check.with_(others=UTILS).flags(
        HANDED + f"    return await {call.format('«request_data.company_id»')}\n",
        after=HANDED + f"    return await {call.format('company.id')}\n",
        message="is told the company that the client says",
    )


@pytest.mark.parametrize(
    "body",
    [
        "return await count_accounts(session, company.id)",
        "if request_data.company_id != company.id:\n"
        "        raise HTTPException(status_code=403)\n"
        "    return await count_accounts(session, request_data.company_id)",
        "found = await account_utils.find_company(session, request_data.company_id)",
        "await account_utils.ensure_member(session, request_data.company_id)",
        "return await account_utils.accounts_of(session, user, request_data.company_id)",
        "return account_utils.say(session, request_data.company_id)",
        "return await count_accounts(session, company.id, request_data.company_id)",
    ],
)
def test_a_tenant_that_is_handed_to_what_verifies_or_does_not_query(body: str) -> None:
    head = HANDED.replace(
        "    session: AsyncSession",
        "    user: deps.User = Depends(deps.get_user),\n    session: AsyncSession",
        1,
    )
    check.with_(others=UTILS).clean(head + f"    {body}\n")


ROLES = {
    "app/api/roles.py": """
    from typing import Annotated

    from fastapi import Depends
    from pydantic import BaseModel


    class Role(BaseModel):
        company_id: int


    def get_role(minimum: str):
        def dependency() -> Role:
            return Role(company_id=1)

        return Depends(dependency)


    AnyRole = Annotated[Role, get_role("any")]
    """
}


@pytest.mark.parametrize("annotation", ["AnyRole", 'Annotated[Role, get_role("any")]'])
def test_a_function_of_the_service_that_gives_a_dependency(annotation: str) -> None:
    head = HANDED.replace("from fastapi", "from typing import Annotated\n\nfrom fastapi", 1)
    head = head.replace(
        "\nrouter =", "\nfrom app.api.roles import AnyRole, Role, get_role\nrouter ="
    )
    head = head.replace("request_data: AccountCreateRequest", f"role: {annotation}")
    service = check.with_(others={**UTILS, **ROLES})
    service.clean(head + "    return await count_accounts(session, role.company_id)\n")
    service.clean(head + "    account = Account(company_id=role.company_id)\n")


def test_what_is_made_with_who_asks_may_ask() -> None:
    head = HANDED.replace(
        "    session: AsyncSession",
        "    user: deps.User = Depends(deps.get_user),\n    session: AsyncSession",
        1,
    )
    body = """\
    repository = AccountRepository({})
    return await repository.count({})
"""
    service = check.with_(others=UTILS)
    service.clean(head + body.format("session, user", "request_data.company_id"))
    service.flags(
        head + body.format("session", "«request_data.company_id»"),
        after=head + body.format("session", "company.id"),
    )
