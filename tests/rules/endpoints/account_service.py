"""A service with models, getters and response schemas, and TSL101 in one of its endpoint files."""

from tests.harness import Check

SERVICE = {
    "app/models.py": """
        from __future__ import annotations

        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)


        class Account(Base):
            __tablename__ = "accounts"

            name: Mapped[str]
            guests: Mapped[list[Guest]] = relationship(lazy="selectin")


        class Guest(Base):
            __tablename__ = "guests"

            account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
            full_name: Mapped[str]


        class Refund(Base):
            __tablename__ = "refunds"

            amount: Mapped[int]


        class Invoice(Base):
            __tablename__ = "invoices"

            total: Mapped[int]


        class Currency(Base):
            __tablename__ = "currencies"

            code: Mapped[str]
    """,
    "app/schemas/__init__.py": "",
    "app/schemas/responses.py": """
        from pydantic import BaseModel


        class BaseResponse(BaseModel):
            model_config = {"from_attributes": True}


        class AccountResponse(BaseResponse):
            id: int
            name: str


        class AccountResponseShort(BaseResponse):
            name: str


        class GuestResponse(BaseResponse):
            id: int
            full_name: str


        class InvoiceResponse(BaseResponse):
            id: int
            total_with_tax: int


        class CurrencyResponseShort(BaseResponse):
            code: str


        class HealthResponse(BaseResponse):
            status: str
    """,
    "app/api/__init__.py": "",
    "app/api/deps.py": """
        from typing import Annotated

        from fastapi import Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        from app.models import Account, Currency, Guest, Invoice, Refund


        async def get_company_account(account_id: int) -> Account:
            return await load(account_id)


        class CompanyAccess:
            async def get_account(self, account_id: int) -> Account:
                return await get_company_account(account_id)

            async def get_accounts(self) -> list[Account]:
                return await get_company_accounts()

            async def find_account(self, name: str) -> Account | None:
                return await find_company_account(name)

            async def get_guest(self, guest_id: int) -> Guest:
                return await get_company_guest(guest_id)

            async def get_refund(self, refund_id: int) -> Refund:
                return await get_company_refund(refund_id)

            async def get_invoice(self, invoice_id: int) -> Invoice:
                return await get_company_invoice(invoice_id)

            async def get_currency(self, code: str) -> Currency:
                return await find_currency(code)

            async def get_other_account(self, account_id: int):
                return await get_company_account(account_id)

            async def get_anything(self, name):
                return await find(name)


        def get_company_access() -> CompanyAccess:
            return CompanyAccess()


        async def get_session() -> AsyncSession:
            yield make_session()


        CompanyAccessDep = Annotated[CompanyAccess, Depends(get_company_access)]
    """,
    "app/api/utils/db_utils.py": """
        async def refresh_and_return(session, obj):
            await session.refresh(obj)
            return obj
    """,
}

check = Check("TSL101", path="app/api/endpoints/accounts.py", others=SERVICE)


def flags_unfixable(body: str, reason: str, check: Check = check) -> None:
    check.flags(
        f"""
        from fastapi import APIRouter

        from app.api import deps

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            {body}
        """,
        after=None,
        reason=reason,
    )
