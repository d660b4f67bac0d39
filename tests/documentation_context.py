"""The small service that a rule's Bad and Good examples stand in, and the reading of examples.

A block of a rule's page is one file, ``app/module.py``, unless lines such as ``# app/models.py``
divide it: what follows such a line is the file of that path. A file of the example takes the
place of the context's file of the same path.
"""

from __future__ import annotations

import re
from textwrap import dedent

DEFAULT_PATH = "app/module.py"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"^# (\S+\.py)\n", re.MULTILINE)

CONTEXT = {
    path: dedent(text).lstrip("\n")
    for path, text in {
        "app/__init__.py": "",
        "app/api/__init__.py": "",
        "app/api/endpoints/__init__.py": "",
        "app/api/utils/__init__.py": "",
        "app/core/__init__.py": "",
        "app/schemas/__init__.py": "",
        "app/core/database.py": """
            import datetime

            from sqlalchemy import DateTime, func
            from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
            from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

            from app.settings import settings

            engine = create_async_engine(settings.DATABASE_URL)
            session_factory = async_sessionmaker(engine, class_=AsyncSession)


            class Base(DeclarativeBase):
                created_at: Mapped[datetime.datetime] = mapped_column(
                    DateTime(timezone=True), server_default=func.now()
                )
                updated_at: Mapped[datetime.datetime] = mapped_column(
                    DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
                )
            """,
        "app/settings.py": """
            from pydantic_settings import BaseSettings


            class Settings(BaseSettings):
                DATABASE_URL: str


            settings = Settings()
            """,
        "app/constants.py": """
            ACCOUNT_ACTIVE_STATUS = "ACTIVE"
            """,
        "app/models.py": """
            from sqlalchemy import ForeignKey, String
            from sqlalchemy.orm import Mapped, mapped_column, relationship

            from app.core.database import Base


            class Company(Base):
                __tablename__ = "companies"

                id: Mapped[int] = mapped_column(primary_key=True)
                name: Mapped[str] = mapped_column(String(255))
                accounts: Mapped[list["Account"]] = relationship(
                    back_populates="company", lazy="selectin"
                )


            class Account(Base):
                __tablename__ = "accounts"

                id: Mapped[int] = mapped_column(primary_key=True)
                name: Mapped[str] = mapped_column(String(255))
                company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
                company: Mapped[Company] = relationship(
                    back_populates="accounts", lazy="selectin"
                )


            class PaymentIntent(Base):
                __tablename__ = "payment_intents"

                id: Mapped[int] = mapped_column(primary_key=True)
                company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
                account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
            """,
        "app/schemas/requests.py": """
            from pydantic import BaseModel, Field


            class BaseRequest(BaseModel):
                pass


            class AccountCreateRequest(BaseRequest):
                name: str = Field(..., json_schema_extra={"example": "New Account"})


            class PatchAccountRequest(BaseModel):
                id: int = Field(..., json_schema_extra={"example": 1})
                name: str | None = Field(None)


            class PaymentIntentCreateRequest(BaseRequest):
                account_id: int = Field(..., json_schema_extra={"example": 1})
            """,
        "app/schemas/responses.py": """
            from pydantic import BaseModel


            class BaseResponse(BaseModel):
                model_config = {"from_attributes": True}


            class AccountResponse(BaseResponse):
                id: int
                name: str


            class CompanyResponse(BaseResponse):
                id: int
                name: str


            class PaymentIntentResponse(BaseResponse):
                id: int
                account_id: int
            """,
        "app/api/utils/db_utils.py": """
            from sqlalchemy.ext.asyncio import AsyncSession


            async def refresh_and_return(session: AsyncSession, obj):
                await session.refresh(obj)
                return obj
            """,
        "app/api/deps.py": """
            from collections.abc import AsyncGenerator

            from fastapi import Depends, HTTPException, Request
            from sqlalchemy.ext.asyncio import AsyncSession

            from app.api.utils.account_utils import get_company_account, get_company_accounts
            from app.models import Account, Company


            class CompanyAccess:
                def __init__(self, session: AsyncSession, company: Company):
                    self.session = session
                    self.company = company
                    self.company_id = company.id

                async def get_account(self, account_id: int) -> Account:
                    return await get_company_account(self.session, self.company_id, account_id)

                async def get_accounts(self) -> list[Account]:
                    return await get_company_accounts(self.session, self.company_id)


            async def get_session(request: Request) -> AsyncGenerator[AsyncSession, None]:
                if not hasattr(request.state, "db"):
                    raise HTTPException(status_code=500, detail="DB session not available")
                yield request.state.db


            def get_company(request: Request) -> Company:
                if not hasattr(request.state, "company"):
                    raise HTTPException(status_code=400, detail="Cannot find company")
                return request.state.company


            async def get_company_access(
                company: Company = Depends(get_company),
                session: AsyncSession = Depends(get_session),
            ) -> CompanyAccess:
                return CompanyAccess(session, company)
            """,
        "app/api/utils/account_utils.py": """
            from fastapi import HTTPException
            from sqlalchemy import select
            from sqlalchemy.ext.asyncio import AsyncSession

            from app.models import Account


            async def get_company_account(
                session: AsyncSession, company_id: int, account_id: int
            ) -> Account:
                query = select(Account).where(
                    Account.id == account_id, Account.company_id == company_id
                )
                result = await session.execute(query)
                account = result.scalar_one_or_none()
                if account is None:
                    raise HTTPException(status_code=404, detail="Account not found")
                return account


            async def get_company_accounts(
                session: AsyncSession, company_id: int
            ) -> list[Account]:
                query = select(Account).where(Account.company_id == company_id)
                result = await session.execute(query)
                return list(result.scalars().all())
            """,
    }.items()
}
"""The service by path, as the handbook has services."""


def section_of(page: str, heading: str) -> str:
    """Return what stands below a heading of a rule's page; empty where there is no such heading."""
    _, _, rest = f"\n{page}".partition(f"\n### {heading}\n")
    return rest.partition("\n### ")[0].strip()


def examples(page: str, heading: str) -> list[dict[str, str]]:
    """Return the examples below a heading, each as its files by path."""
    return [files_of(block) for block in _BLOCK.findall(section_of(page, heading) + "\n")]


def files_of(block: str) -> dict[str, str]:
    """Divide a block at the lines that name a path; what stands above the first is no file."""
    first, *rest = _PATH.split(block)
    files = dict(zip(rest[::2], rest[1::2], strict=True))
    if first.strip():
        files = {DEFAULT_PATH: first, **files}
    return {path: text.strip("\n") + "\n" for path, text in files.items()}
