"""Where TSL307 fires, and what its fix writes.

What SQLAlchemy does in each situation is in ``test_loading_oracle``.
"""

from __future__ import annotations

from tests.rules.database.loading_code import check, flags


def test_session_get_is_followed_by_a_refresh() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    # the name of the group
    return «account.group».name
""",
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    # the name of the group
    await session.refresh(account, ["group"])
    return account.group.name
""",
        message="Account.group is not loaded",
        scope="read",
    )


def test_a_query_of_the_function_gets_the_option() -> None:
    check.flags(
        """
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import selectinload

        from app import models


        async def read(session: AsyncSession) -> list[int]:
            query = select(models.Account).where(models.Account.name == "x")
            accounts = (await session.scalars(query)).all()
            return [len(«account.payments») for account in accounts]
        """,
        after="""
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import selectinload

        from app import models


        async def read(session: AsyncSession) -> list[int]:
            query = (
                select(models.Account)
                .options(selectinload(models.Account.payments))
                .where(models.Account.name == "x")
            )
            accounts = (await session.scalars(query)).all()
            return [len(account.payments) for account in accounts]
        """,
    )


def test_what_a_getter_gave_is_refreshed() -> None:
    for getter in ("get_account", "get_known_account"):
        flags(
            f"""\
async def read(session: AsyncSession, id: int) -> int:
    account = await {getter}(session, id)
    return len(«account.payments»)
""",
            f"""\
async def read(session: AsyncSession, id: int) -> int:
    account = await {getter}(session, id)
    await session.refresh(account, ["payments"])
    return len(account.payments)
""",
        )


def test_items_of_a_getters_list_are_refreshed_one_by_one() -> None:
    flags(
        """\
async def read(session: AsyncSession) -> list[int]:
    accounts = await get_accounts(session)
    return [len(«account.payments») for account in accounts]
""",
        """\
async def read(session: AsyncSession) -> list[int]:
    accounts = await get_accounts(session)
    for account in accounts:
        await session.refresh(account, ["payments"])
    return [len(account.payments) for account in accounts]
""",
    )


def test_in_a_loop_it_is_refreshed_there() -> None:
    flags(
        """\
async def read(session: AsyncSession) -> None:
    for account in await get_accounts(session):
        print(«account.payments»)
""",
        """\
async def read(session: AsyncSession) -> None:
    for account in await get_accounts(session):
        await session.refresh(account, ["payments"])
        print(account.payments)
""",
    )


def test_an_object_that_may_be_missing_is_asked_for_first() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    return «account.group».name if account else "nobody"
""",
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    if account is not None:
        await session.refresh(account, ["group"])
    return account.group.name if account else "nobody"
""",
    )


def test_the_first_read_is_found_and_those_after_it_are_loaded() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id)
    print(f"{«account.group».name} {account.group.name}")
    print(account.group)
""",
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id)
    await session.refresh(account, ["group"])
    print(f"{account.group.name} {account.group.name}")
    print(account.group)
""",
    )


def test_a_chain_is_loaded_step_by_step() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    payment = await session.get(Payment, id)
    print(«payment.account.payments»)
""",
        """\
async def read(session: AsyncSession, id: int) -> None:
    payment = await session.get(Payment, id)
    await session.refresh(payment.account, ["payments"])
    print(payment.account.payments)
""",
    )


def test_a_single_object_of_its_own_class_needs_an_option() -> None:
    flags(
        """\
from sqlalchemy.orm import selectinload


async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id)
    print(«account.parent»)
""",
        """\
from sqlalchemy.orm import selectinload


async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id, options=[selectinload(Account.parent)])
    print(account.parent)
""",
    )
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await get_account(session, id)
    print(«account.parent»)
""",
        None,
        reason="a refresh does not load a single object of its own class; load it in get_account",
    )


def test_a_fragment_that_awaits_at_its_top() -> None:
    flags(
        """\
account = await session.get(Account, 1)
print(«account.group».name)
""",
        """\
account = await session.get(Account, 1)
await session.refresh(account, ["group"])
print(account.group.name)
""",
    )


def test_the_session_of_the_access_object() -> None:
    deps = """
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.models import Account
    from app.utils import get_account


    class CompanyAccess:
        def __init__(self, session: AsyncSession, company) -> None:
            self.session = session
            self.company_id = company.id

        async def get_account(self, account_id: int) -> Account:
            return await get_account(self.session, account_id)
    """
    check.with_(others={"app/deps.py": deps}).flags(
        """
        from app.deps import CompanyAccess


        async def read(company_access: CompanyAccess, id: int) -> int:
            account = await company_access.get_account(id)
            return len(«account.payments»)
        """,
        after="""
        from app.deps import CompanyAccess


        async def read(company_access: CompanyAccess, id: int) -> int:
            account = await company_access.get_account(id)
            await company_access.session.refresh(account, ["payments"])
            return len(account.payments)
        """,
    )


def test_a_helper_that_only_commits_loads_nothing() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await get_account(session, id)
    await touch(session, account)
    print(«account.payments»)
""",
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await get_account(session, id)
    await touch(session, account)
    await session.refresh(account, ["payments"])
    print(account.payments)
""",
    )
