"""What a commit makes a session forget: held against SQLAlchemy, and read by the rule."""

from __future__ import annotations

import asyncio
import sys
from textwrap import indent
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.exc import MissingGreenlet, StatementError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from tests.harness import Check
from tests.rules.database.loading_service import MODELS

pytestmark = [
    pytest.mark.usefixtures("nothing_left_unawaited"),
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MAKER = """
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
session_factory = async_sessionmaker(engine{})
"""
expiring = Check(
    "TSL307",
    path="app/reading.py",
    others={"app/models.py": MODELS, "app/core/database.py": MAKER.format("")},
)
HEAD = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Currency, Group, Payment


async def read(session: AsyncSession):
"""
ACCOUNT = "account = await session.get(Account, 2)\naccount.name = 'b'\nawait session.commit()\n"

RAISING = {
    "what loads ahead": (
        ACCOUNT + "return «account.currency»",
        ACCOUNT + "await session.refresh(account)\nreturn account.currency",
    ),
    "a collection": (
        ACCOUNT + "return «account.payments»",
        ACCOUNT + 'await session.refresh(account, ["payments"])\nreturn account.payments',
    ),
    "what was loaded before": (
        "account = await session.get(Account, 2)\n"
        'await session.refresh(account, ["payments"])\n'
        "await session.commit()\nreturn «account.payments»",
        "account = await session.get(Account, 2)\n"
        'await session.refresh(account, ["payments"])\n'
        'await session.commit()\nawait session.refresh(account, ["payments"])\n'
        "return account.payments",
    ),
    "a query's": (
        "account = await session.scalar(select(Account).where(Account.id == 2))\n"
        "await session.commit()\nreturn «account.currency»",
        "account = await session.scalar(select(Account).where(Account.id == 2))\n"
        "await session.commit()\nawait session.refresh(account)\nreturn account.currency",
    ),
}
FINE = {
    "read before": (
        "account = await session.get(Account, 2)\ncurrency = account.currency\n"
        "await session.commit()\nreturn currency"
    ),
    "refreshed": ACCOUNT + "await session.refresh(account)\nreturn account.currency",
    "one attribute refreshed": (
        ACCOUNT + 'await session.refresh(account, ["payments"])\nreturn account.payments'
    ),
    "awaited": ACCOUNT + "return await account.awaitable_attrs.payments",
    "asked for again": (
        ACCOUNT + "await session.scalar(select(Account).where(Account.id == 2))\n"
        "return account.currency"
    ),
    "only flushed": (
        "account = await session.get(Account, 2)\naccount.name = 'b'\nawait session.flush()\n"
        "return account.currency"
    ),
}


def function(body: str) -> str:
    return HEAD + indent(body, "    ") + "\n"


async def run(body: str, expire: bool) -> str:
    module = ModuleType("models_that_expire")
    names: dict[str, Any] = vars(module)
    sys.modules[module.__name__] = module
    exec(compile(MODELS, "models", "exec"), names)
    plain = function(body.replace("«", "").replace("»", "")).replace("from app.models", "#")
    exec(compile(plain, "reading", "exec"), names)
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(names["Base"].metadata.create_all)
    maker = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=expire)
    async with maker() as session:
        session.add_all([names["Group"](id=1, name="g"), names["Currency"](id=1, code="ZAR")])
        session.add(names["Account"](id=2, name="a", group_id=1, currency_id=1))
        await session.commit()
    try:
        async with maker() as session:
            await names["read"](session)
    except (MissingGreenlet, StatementError):
        return "raises"
    finally:
        del sys.modules[module.__name__]
        await engine.dispose()
    return "fine"


@pytest.mark.parametrize("situation", RAISING)
def test_what_is_read_after_a_commit(situation: str) -> None:
    before, after = RAISING[situation]
    assert asyncio.run(run(before, expire=True)) == "raises"
    assert asyncio.run(run(after, expire=True)) == "fine"
    (finding,) = expiring.flags(function(before), after=function(after))
    assert "expire_on_commit" in finding.help


@pytest.mark.parametrize("situation", FINE)
def test_what_can_be_read_after_a_commit(situation: str) -> None:
    assert asyncio.run(run(FINE[situation], expire=True)) == "fine"
    expiring.clean(function(FINE[situation]))


def test_an_object_that_was_handed_in() -> None:
    head = HEAD.replace("session: AsyncSession", "session: AsyncSession, account: Account")
    expiring.flags(
        head + "    await session.commit()\n    return «account.currency»\n",
        after=head
        + "    await session.commit()\n    await session.refresh(account)\n"
        + "    return account.currency\n",
    )
    expiring.clean(head + "    return account.currency\n")


@pytest.mark.parametrize("said", [", expire_on_commit=False", ", **options"])
def test_sessions_that_may_remember(said: str) -> None:
    others = {"app/core/database.py": MAKER.format(said)}
    before = RAISING["what loads ahead"][0].replace("«", "").replace("»", "")
    expiring.with_(others=others).clean(function(before))


def test_a_session_that_a_function_makes_itself() -> None:
    own = """
    from sqlalchemy.ext.asyncio import AsyncSession

    def fresh(engine):
        return AsyncSession(engine, expire_on_commit=False)
    """
    before = RAISING["what loads ahead"][0].replace("«", "").replace("»", "")
    expiring.with_(others={"app/core/sessions.py": own}).clean(function(before))


def test_a_commit_on_one_path_only() -> None:
    expiring.clean(
        function(
            "account = await session.get(Account, 2)\nif account.name:\n"
            "    await session.commit()\nreturn account.currency"
        )
    )
