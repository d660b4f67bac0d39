"""What the service around a relationship says of it: synchronous, answered with, commented (TSL306)."""

import pytest

from tests.harness import Check
from tests.rules.database.declared_relationships import HEAD, check, declared

SYNCHRONOUS = {
    "app/core/database.py": """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker(create_engine("postgresql://"))


        def get_session():
            with SessionLocal() as session:
                yield session
        """
}
LAZY = declared('accounts = relationship("Account")')


def test_a_service_that_is_synchronous_throughout() -> None:
    check.with_(others=SYNCHRONOUS).clean(LAZY)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "from sqlalchemy.ext.asyncio import AsyncSession\n",
        "import sqlalchemy.ext.asyncio as aio\n",
        "async def read(session: AsyncSession): ...\n",
        "from company.database import async_session\n",
        "from advanced_alchemy.extensions.starlette import SQLAlchemyAsyncConfig\n",
    ],
)
def test_one_asynchronous_place_is_enough(elsewhere: str) -> None:
    mixed = check.with_(others={**SYNCHRONOUS, "app/worker.py": elsewhere})
    assert len(mixed.findings(LAZY)) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        "from app.core.database import SessionLocal\n\n\n"
        "async def read():\n    return SessionLocal()\n",
        "from fastapi import Depends\nfrom app.core.database import get_session\n\n\n"
        "async def read(session=Depends(get_session)): ...\n",
    ],
    ids=["opened", "given"],
)
def test_a_synchronous_session_loads_in_an_asynchronous_function_too(elsewhere: str) -> None:
    check.with_(others={**SYNCHRONOUS, "app/worker.py": elsewhere}).clean(LAZY)


def test_synchronous_migrations_prove_nothing() -> None:
    migrations = {"alembic/env.py": "from sqlalchemy import create_engine\n"}
    assert len(check.with_(others=migrations).findings(LAZY)) == 1


def test_a_model_frozen_in_a_migration() -> None:
    head = f'{HEAD}revision = "0002"\ndown_revision = "0001"\n\n'
    check.clean(declared('accounts = relationship("Account")', head))
    versions = check.with_(path="alembic/versions/0002.py")
    versions.clean(declared('accounts = relationship("Account")') + "\n\ndef upgrade(): ...\n")


MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Company(Base):
    __tablename__ = "companies"
    accounts: Mapped[list["Account"]] = relationship(lazy="selectin")


class Account(Base):
    __tablename__ = "accounts"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    company: Mapped["Company"] = «relationship(back_populates="accounts")»
"""
FIXED = MODELS.replace(
    '«relationship(back_populates="accounts")»',
    'relationship(\n        back_populates="accounts", lazy="selectin"\n    )',
)
ENDPOINT = """
from fastapi import APIRouter, Depends
from sqlalchemy import select

from app.api import deps
from app.api.utils.account_utils import find_account
from app.models import Account, Company
from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/account"{said})
async def get_account(id: int, session = Depends(deps.get_session)):
{body}
"""
UTILS = """
from app.models import Account


async def find_account(session, id: int) -> Account:
    ...
"""


def answering(body: str, said: str = "") -> Check:
    lines = [f"    {line}" for line in body.splitlines()]
    endpoint = ENDPOINT.format(said=said, body="\n".join(lines))
    return check.with_(
        others={
            "app/api/endpoints/accounts.py": endpoint,
            "app/api/utils/account_utils.py": UTILS,
        }
    )


@pytest.mark.parametrize(
    "arguments",
    [
        '"Account",\n        lazy="select",  # joins conflict with FOR UPDATE\n    ',
        '"Account",\n        # joins conflict with FOR UPDATE\n        lazy="select",\n    ',
        '"Account", lazy="select"  # joins conflict with FOR UPDATE\n    ',
    ],
)
def test_a_comment_says_why_it_loads_so(arguments: str) -> None:
    found = check.findings(declared(f"accounts = relationship({arguments})"))
    assert [finding.fix for finding in found] == [None]
    assert "says why it loads so" in found[0].unfixable


@pytest.mark.parametrize(
    "arguments",
    [
        '"Account",  # of the company\n        lazy="select",\n    ',
        '"Account",\n        lazy="select",  # noqa: E501\n    ',
        '"Account",  # by hand\n    ',
        '# the rows\n        "Account",\n        lazy="select",\n    ',
    ],
)
def test_a_comment_that_is_about_something_else(arguments: str) -> None:
    (found,) = check.findings(declared(f"accounts = relationship({arguments})"))
    assert found.fix is not None


@pytest.mark.parametrize(
    "body",
    [
        "return await session.get(Account, id)",
        "return await find_account(session, id)",
        "account = await find_account(session, id)\nreturn {'account': account}",
        "query = select(Account).where(Account.id == id)\nreturn (await session.scalars(query)).all()",
        "rows = await session.execute(select(Account))\nreturn [row for row in rows.scalars().all()]",
        "account = Account(id=id)\nsession.add(account)\nreturn account",
        "return await session.get(Company, id)",
    ],
)
@pytest.mark.parametrize("said", ["", ", response_model=None"])
def test_an_endpoint_answers_with_the_object_as_it_is(body: str, said: str) -> None:
    (finding,) = answering(body, said).flags(MODELS, after=FIXED, unsafe=True)
    assert finding.fix is not None
    assert "GET /account has no response_model" in finding.fix.caution


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return await session.get(Account, id)", ", response_model=AccountResponse"),
        ("return await session.get(Account, id)", ", response_class=AccountResponse"),
        ("account = await find_account(session, id)\nreturn {'id': account.id}", ""),
        ("account = await find_account(session, id)\nreturn AccountResponse.of(account)", ""),
        ("return len((await session.scalars(select(Account))).all())", ""),
    ],
)
def test_an_endpoint_that_says_what_is_serialised(body: str, said: str) -> None:
    answering(body, said).flags(MODELS, after=FIXED)
