"""A small service with tenants, for the tests of what reads queries."""

from textwrap import dedent

MODELS = dedent(
    """
    from sqlalchemy import Column, ForeignKey, String, Table
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Company(Base):
        __tablename__ = "companies"
        name: Mapped[str]
        accounts: Mapped[list["Account"]] = relationship(lazy="selectin")


    class Currency(Base):
        __tablename__ = "currencies"
        code: Mapped[str]


    class User(Base):
        __tablename__ = "users"
        company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))


    class Account(Base):
        __tablename__ = "accounts"
        company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
        currency_id: Mapped[int] = mapped_column(ForeignKey("currencies.id"))
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
        name: Mapped[str]
        status: Mapped[str]
        company: Mapped["Company"] = relationship(lazy="selectin")
        currency: Mapped["Currency"] = relationship(lazy="selectin")
        payments: Mapped[list["Payment"]] = relationship(lazy="selectin")


    class Payment(Base):
        __tablename__ = "payments"
        account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
        status: Mapped[str]
        account: Mapped["Account"] = relationship(lazy="selectin")


    class Refund(Base):
        __tablename__ = "refunds"
        payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
        payment: Mapped["Payment"] = relationship(lazy="selectin")
    """
)

UTILS = dedent(
    """
    from fastapi import HTTPException
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.models import Account, Payment


    async def get_company_account(
        session: AsyncSession, company_id: int, account_id: int, allowed_account_ids=None
    ) -> Account:
        query = select(Account).where(
            Account.id == account_id, Account.company_id == company_id
        )
        account = (await session.execute(query)).scalar_one_or_none()
        if account is None:
            raise HTTPException(status_code=404, detail="Account not found")
        return account


    async def get_company_accounts(session: AsyncSession, company_id: int) -> list[Account]:
        result = await session.scalars(
            select(Account).where(Account.company_id == company_id)
        )
        return list(result.all())


    async def find_company_payment(
        session: AsyncSession, company_id: int, payment_id: int
    ) -> Payment | None:
        query = select(Payment).join(Payment.account).where(
            Payment.id == payment_id, Account.company_id == company_id
        )
        return (await session.execute(query)).scalar_one_or_none()
    """
)

DEPS = dedent(
    """
    from typing import Annotated

    from fastapi import Depends, Request
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.api.utils.scoped_utils import (
        find_company_payment,
        get_company_account,
        get_company_accounts,
    )
    from app.models import Account, Company, Payment, User


    class CompanyAccess:
        def __init__(self, session: AsyncSession, company: Company, allowed_account_ids=None):
            self.session = session
            self.company = company
            self.company_id = company.id
            self.allowed_account_ids = allowed_account_ids

        async def get_account(self, account_id: int) -> Account:
            return await get_company_account(self.session, self.company_id, account_id)

        async def get_accounts(self):
            return await get_company_accounts(self.session, self.company_id)

        async def find_payment(self, payment_id: int) -> Payment | None:
            return await find_company_payment(self.session, self.company_id, payment_id)


    async def get_session(request: Request) -> AsyncSession:
        yield request.state.db


    def get_company(request: Request) -> Company:
        return request.state.company


    def get_user(request: Request) -> User | None:
        return request.state.user


    async def get_company_access(
        company: Company = Depends(get_company),
        session: AsyncSession = Depends(get_session),
    ) -> CompanyAccess:
        return CompanyAccess(session, company)


    SessionDep = Annotated[AsyncSession, Depends(get_session)]
    CompanyAccessDep = Annotated[CompanyAccess, Depends(get_company_access)]
    """
)

SERVICE = {
    "app/models.py": MODELS,
    "app/api/deps.py": DEPS,
    "app/api/utils/scoped_utils.py": UTILS,
}
"""The service by path: models, getters and dependencies as the handbook has them."""
