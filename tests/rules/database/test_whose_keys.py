"""Ids and keys that callers hand over, and what ties a row to a tenant in its own way (TSL302)."""

import pytest

from tests.rules.database.account_queries import in_utils
from tests.tenant_service import MODELS

LOCK = """
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def lock(session: AsyncSession, account_id: int):
    return await «session.execute(
        update(Account).where(Account.id == account_id).values(status="locked")
    )»
"""

CALLER = """
from fastapi import BackgroundTasks
from starlette.concurrency import run_in_threadpool

from app.api.utils.account_utils import lock
from app.models import Account, Currency


async def close(
    session,
    account: Account,
    currency: Currency,
    account_id: int,
    tasks: BackgroundTasks,
    others,
):
    {body}
"""


@pytest.mark.parametrize(
    "body",
    [
        "await lock(session, account.id)",
        "await lock(session, account_id=account.id)",
        "found = await find(session)\n    await lock(session, found.id)\n\n\n"
        "async def find(session) -> Account: ...",
        "await pass_on(session, account.id)\n\n\n"
        "async def pass_on(session, id: int):\n    await lock(session, id)",
        "await lock(session, account.id)\n    account = await renew(session)\n\n\n"
        "async def renew(session): ...",
        "account = await renew(\n        await lock(session, account.id)\n    )\n\n\n"
        "async def renew(locked): ...",
        "tasks.add_task(lock, session, account_id=account.id)",
        "tasks.add_task(lock, session, account.id)",
        "await run_in_threadpool(lock, session, account.id)",
    ],
)
def test_the_key_of_a_row_that_every_caller_has_at_hand(body: str) -> None:
    others = {"app/api/utils/closing.py": CALLER.format(body=body)}
    in_utils.with_(others=others).clean(LOCK.replace("«", "").replace("»", ""))


@pytest.mark.parametrize(
    "body",
    [
        "await lock(session, account_id)",
        "await lock(session, currency.id)",
        "await lock(session, account.id)\n    await lock(session, account_id)",
        "await pass_on(session, account_id)\n\n\n"
        "async def pass_on(session, id: int):\n    await lock(session, id)",
        "account = await renew(session)\n    await lock(session, account.id)\n\n\n"
        "async def renew(session): ...",
        "tasks.add_task(lock, session, account_id)",
        "tasks.add_task(lock, session, account.id)\n    tasks.add_task(lock, session, account_id)",
        "others.add_task(lock, session, account.id)",
        "await lock(session, account.id)\n\n\ndef later(pool):\n    pool.map(lock, [1, 2])",
        'await lock(session, account.id)\n\n\nHANDLERS = {"lock": lock}',
    ],
)
def test_an_id_of_which_nobody_says_whose_it_is(body: str) -> None:
    others = {"app/api/utils/closing.py": CALLER.format(body=body)}
    in_utils.with_(others=others).flags(LOCK, after=None)


MORE = """

class CompanyGroup(Base):
    __tablename__ = "groups"


class Holding(Base):
    __tablename__ = "holdings"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    currency_id: Mapped[int] = mapped_column(ForeignKey("currencies.id"))
    expires_at: Mapped[int]


class Seat(Base):
    __tablename__ = "seats"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    id: Mapped[int] = mapped_column(unique=True)
    surrogate_id: Mapped[int] = mapped_column(primary_key=True)


class Booking(Base):
    __tablename__ = "bookings"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))


class ApiKey(Base):
    __tablename__ = "api_keys"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"))
    key_id: Mapped[str]
"""

WIDER = MODELS.replace(
    "    name: Mapped[str]\n    accounts",
    '    name: Mapped[str]\n    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))\n'
    '    currency_id: Mapped[int] = mapped_column(ForeignKey("currencies.id"))\n    accounts',
)
wider = in_utils.with_(others={"app/models.py": WIDER + MORE})

QUERY = """
import sqlalchemy as sa
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, ApiKey, Booking, Company, Holding, Payment, Seat


async def ask(session: AsyncSession, account: Account, sent: str, id: int, ids: list[int]):
    return await {call}
"""


@pytest.mark.parametrize(
    "call",
    [
        "session.scalars(select(Holding).where(Holding.group_id == id))",
        "session.scalars(select(Company).where(Company.group_id.in_(ids)))",
        "session.scalars(select(ApiKey).where(ApiKey.key_hash == sent))",
        "session.scalars(select(ApiKey).where(ApiKey.key_id == sent))",
        "session.execute(delete(Holding).where(Holding.expires_at < id))",
        "session.scalars(select(Seat).join(Booking, Booking.seat_id == Seat.id)"
        ".where(Booking.company_id == account.company_id))",
        "session.scalars(select(Payment).where(sa.cast(Payment.account_id, sa.UUID) == account.id))",
    ],
)
def test_what_ties_a_row_in_a_way_of_its_own(call: str) -> None:
    wider.clean(QUERY.format(call=call))


@pytest.mark.parametrize(
    "call",
    [
        "session.scalars(select(Holding).where(Holding.currency_id == id))",
        "session.scalars(select(Company).where(Company.currency_id.in_(ids)))",
        "session.scalars(select(ApiKey).where(ApiKey.holding_id == id))",
        "session.scalars(select(Holding).where(Holding.expires_at < id))",
        "session.execute(delete(Holding).where(Holding.expires_at > id))",
        "session.scalars(select(Seat).join(Booking, Booking.seat_id == Seat.id)"
        ".where(Booking.id == id))",
        "session.scalars(select(Payment).where(sa.cast(Payment.account_id, sa.UUID) == sent))",
    ],
)
def test_what_looks_alike_and_ties_nothing(call: str) -> None:
    wider.flags(QUERY.format(call=f"«{call}»"), after=None)


ANSWER = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company


def {answers}(company, account): ...


async def answer(session: AsyncSession, company: Company, account_id: int):
    account = await «session.scalar(select(Account).where(Account.id == account_id))»
    return {answers}(company, account)
"""


def test_what_only_says_whether_the_tenant_may() -> None:
    in_utils.clean(ANSWER.format(answers="can_view").replace("«", "").replace("»", ""))


def test_what_gives_something_of_the_row() -> None:
    text = ANSWER.format(answers="view").replace("«", "").replace("»", "")
    assert [finding.scope for finding in in_utils.findings(text)] == ["answer"]


PEOPLE = """

class Person(Base):
    __tablename__ = "people"
    company_id: Mapped[int | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL")
    )


class Membership(Base):
    __tablename__ = "memberships"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
"""

OF_PERSON = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company, Membership


async def of_person(session: AsyncSession, person_id: int):
    return await {call}
"""


def test_the_tenants_that_somebody_is_a_member_of() -> None:
    people = in_utils.with_(others={"app/models.py": MODELS + PEOPLE})
    joined = "select(Company).join(Membership, Membership.company_id == Company.id)"
    people.clean(
        OF_PERSON.format(call=f"session.scalars({joined}.where(Membership.person_id == person_id))")
    )
    people.flags(OF_PERSON.format(call=f"«session.scalars({joined})»"), after=None)
