import pytest

from tests.documentation_context import CONTEXT
from tests.harness import Check

DATABASE = """
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
session_factory = async_sessionmaker(engine)


class OwnSession(AsyncSession): ...


@asynccontextmanager
async def fresh_session() -> AsyncGenerator[AsyncSession, None]:
    async with session_factory() as session:
        yield session


async def find_all(session: AsyncSession) -> AsyncSession:
    return session


async def count() -> int:
    async with session_factory() as session:
        return 1
"""
check = Check(
    "TSL503",
    path="app/api/endpoints/accounts.py",
    others={**CONTEXT, "app/core/database.py": DATABASE},
)
HEAD = """
from fastapi import APIRouter, Depends
from sqlalchemy import orm
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.api import deps
from app.core import database
from app.core.database import engine, fresh_session, session_factory

router = APIRouter()


"""


def endpoint(body: str) -> str:
    return f'{HEAD}@router.get("/accounts")\nasync def get_accounts(id: int):\n    {body}\n'


@pytest.mark.parametrize(
    "opened",
    [
        "AsyncSession(engine)",
        "session_factory()",
        "session_factory.begin()",
        "fresh_session()",
        "database.OwnSession(engine)",
        "database.session_factory()",
    ],
)
def test_a_session_of_its_own(opened: str) -> None:
    marked = endpoint(f"async with «{opened}» as session:\n        return session")
    check.flags(marked, after=None, message="opens a session of its own", scope="get_accounts")


@pytest.mark.parametrize("made", ["async_sessionmaker(engine)", "orm.sessionmaker(engine)"])
def test_a_maker_of_its_own(made: str) -> None:
    check.flags(endpoint(f"return «{made}»"), after=None)


@pytest.mark.parametrize(
    "body",
    [
        "return await database.find_all(id)",
        "return await database.count()",
        "return elsewhere.Session(engine)",
        "def later():\n        return session_factory()\n    return later",
        "return engine.begin()",
    ],
)
def test_what_opens_none_in_the_endpoint(body: str) -> None:
    check.clean("import elsewhere\n" + endpoint(body))


def test_a_function_that_is_no_endpoint() -> None:
    check.clean(HEAD + "async def get_own():\n    return session_factory()\n")
