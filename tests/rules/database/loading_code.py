"""Code that reads relationships of the models of ``loading_service``, for the tests of TSL307."""

from __future__ import annotations

from tests.harness import Check
from tests.rules.database.loading_service import MODELS

SCHEMAS = """
from pydantic import BaseModel, Field, model_validator


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class CurrencyResponse(BaseResponse):
    code: str


class OwnerResponse(BaseResponse):
    id: int


class GroupResponse(BaseResponse):
    name: str
    owners: list[OwnerResponse]


class AccountResponse(BaseResponse):
    id: int
    group: GroupResponse
    currency: CurrencyResponse | None = None


class AccountResponseShort(BaseResponse):
    id: int
    currency: CurrencyResponse | None


class RenamedResponse(BaseResponse):
    group: str = Field(validation_alias="name")


class MadeUpResponse(BaseResponse):
    group: str

    @model_validator(mode="before")
    @classmethod
    def flatten(cls, value):
        return {"group": value.name}


class PaymentResponse(BaseResponse):
    account: AccountResponse
"""

UTILS = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.models import Account


async def get_account(session: AsyncSession, account_id: int) -> Account:
    result = await session.execute(select(Account).where(Account.id == account_id))
    account = result.scalar_one_or_none()
    if account is None:
        raise LookupError
    return account


async def get_accounts(session: AsyncSession) -> list[Account]:
    result = await session.scalars(select(Account))
    return list(result.all())


async def get_account_with_payments(session: AsyncSession, account_id: int) -> Account:
    query = select(Account).options(selectinload(Account.payments))
    return (await session.scalars(query.where(Account.id == account_id))).one()


async def get_account_with(session: AsyncSession, account_id: int, *options) -> Account:
    return await session.scalar(select(Account).where(Account.id == account_id).options(*options))


async def get_cached_account(session: AsyncSession, account_id: int) -> Account:
    return CACHE[account_id]


async def get_known_account(session: AsyncSession, account_id: int) -> Account:
    return await get_account(session, account_id)


async def load_payments(session: AsyncSession, account: Account) -> None:
    await session.refresh(account, ["payments"])


async def prepare(session: AsyncSession, account: Account) -> None:
    await load_payments(session, account)


async def touch(session: AsyncSession, account: Account) -> None:
    account.name = "x"
    await session.commit()
"""

OTHERS = {"app/models.py": MODELS, "app/schemas.py": SCHEMAS, "app/utils.py": UTILS}

check = Check("TSL307", path="app/reading.py", others=OTHERS)

HEAD = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Group, Payment
from app.utils import (
    get_account,
    get_account_with,
    get_account_with_payments,
    get_accounts,
    get_cached_account,
    get_known_account,
    prepare,
    touch,
)
"""


def flags(before: str, after: str | None, **said: str) -> None:
    check.flags(f"{HEAD}\n\n{before}", after=after and f"{HEAD}\n\n{after}", **said)
