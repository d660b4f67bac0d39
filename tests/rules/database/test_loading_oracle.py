"""The rule against SQLAlchemy itself: every situation is run on a database and read by the rule.

What raises must be a finding. What does not raise must be none, those apart that are said to be
silent where nobody can know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from textwrap import indent
from typing import Any

import pytest
from sqlalchemy.exc import InvalidRequestError, MissingGreenlet, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from tests.harness import Check
from tests.rules.database.loading_service import MODELS

pytestmark = [
    pytest.mark.usefixtures("nothing_left_unawaited"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

check = Check("TSL307", path="app/reading.py", others={"app/models.py": MODELS})

IMPORTS = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    contains_eager,
    defaultload,
    immediateload,
    joinedload,
    load_only,
    selectinload,
    subqueryload,
)

from app.models import (
    Account, Badge, Currency, Group, Log, Note, Owner, Payer, Payment, Tag
)
"""

ACCOUNT = "account = await session.get(Account, 2)\n"
NEW = "account = Account(name='x', group_id=1, currency_id=1)\nsession.add(account)\n"

# What raises on a database, each of which must be a finding.
RAISING = {
    "a lazy one after get": ACCOUNT + "account.group",
    "a lazy collection after get": ACCOUNT + "account.payments",
    "one that is declared to raise": ACCOUNT + "account.guarded",
    "a self-reference without a depth": ACCOUNT + "account.parent",
    "the reverse side of a backref": "g = await session.get(Group, 1)\ng.tags",
    "one on the other side of a foreign key": "p = await session.get(Payment, 1)\np.payer",
    "after scalar": "a = await session.scalar(select(Account).where(Account.id == 2))\na.group",
    "after execute and one": (
        "r = await session.execute(select(Account).where(Account.id == 2))\n"
        "account = r.scalar_one()\naccount.payments"
    ),
    "in one expression": (
        "(await session.execute(select(Account).where(Account.id == 2))).scalars().first().group"
    ),
    "in a loop over scalars": (
        "for account in await session.scalars(select(Account)):\n    account.payments"
    ),
    "in a loop over a list": (
        "for account in (await session.scalars(select(Account))).all():\n    account.payments"
    ),
    "in a comprehension": (
        "accounts = (await session.scalars(select(Account))).all()\n[a.payments for a in accounts]"
    ),
    "in an f-string": ACCOUNT + "f'{account.group.name}'",
    "in rows of several columns": (
        "for account, name in await session.execute(select(Account, Group.name).join(Group)):\n"
        "    account.payments"
    ),
    "after a plain refresh": ACCOUNT + "await session.refresh(account)\naccount.group",
    "after a refresh of another": (
        ACCOUNT + "await session.refresh(account, ['payments'])\naccount.group"
    ),
    "after an option for another": (
        "a = await session.get(Account, 2, options=[selectinload(Account.payments)])\na.group"
    ),
    "below one that loads ahead": ("p = await session.get(Payment, 1)\np.account.group"),
    "below one that an option loads": (
        "q = select(Group).options(selectinload(Group.accounts))\n"
        "g = (await session.scalars(q)).first()\nfor a in g.accounts:\n    a.payments"
    ),
    "a step that only the second option knows": (
        "q = select(Account).options(defaultload(Account.group).selectinload(Group.owners))\n"
        "a = (await session.scalars(q.where(Account.id == 2))).first()\na.group"
    ),
    "where only columns are chosen": (
        "q = select(Account).options(load_only(Account.name))\n"
        "a = (await session.scalars(q)).first()\na.payments"
    ),
    "a new object, flushed, lazy": NEW + "await session.flush()\naccount.group",
    "a new object, flushed, a collection": NEW + "await session.flush()\naccount.payments",
    "a new object, flushed, declared ahead": NEW + "await session.flush()\naccount.currency",
    "a new object, committed": NEW + "await session.commit()\naccount.payments",
    "a new object, committed, declared ahead": NEW + "await session.commit()\naccount.currency",
    "a new object, refreshed, lazy": (
        NEW + "await session.commit()\nawait session.refresh(account)\naccount.group"
    ),
    "a new object, refreshed by name, another": (
        NEW + "await session.commit()\nawait session.refresh(account, ['group'])\naccount.payments"
    ),
    "a new object whose key is set later": (
        "account = Account(name='x', group_id=1)\naccount.currency_id = 1\n"
        "session.add(account)\nawait session.flush()\naccount.currency"
    ),
    "a collection that is replaced": ACCOUNT + "account.payments = []",
    "after a merge of conditions": (
        ACCOUNT + "if account.name:\n    name = 'x'\nelse:\n    name = 'y'\naccount.group"
    ),
}

# What does not raise, and is no finding.
WORKING = {
    "declared ahead": ACCOUNT + "account.currency",
    "declared ahead, with a depth": "a = await session.get(Account, 1)\na.children",
    "an eager reverse side of a backref": "g = await session.get(Group, 1)\ng.badges",
    "columns": ACCOUNT + "account.name\naccount.group_id",
    "written only": ACCOUNT + "account.notes",
    "dynamic": ACCOUNT + "account.logs",
    "refreshed by name": ACCOUNT + "await session.refresh(account, ['group'])\naccount.group",
    "refreshed by keyword": (
        ACCOUNT + "await session.refresh(account, attribute_names=['group'])\naccount.group"
    ),
    "awaitable_attrs": ACCOUNT + "(await account.awaitable_attrs.group).name\naccount.group",
    "an option of get": (
        "a = await session.get(Account, 2, options=[selectinload(Account.group)])\na.group"
    ),
    "selectinload": (
        "q = select(Account).options(selectinload(Account.payments))\n"
        "a = (await session.scalars(q)).first()\na.payments"
    ),
    "joinedload": (
        "q = select(Account).options(joinedload(Account.group)).where(Account.id == 2)\n"
        "a = await session.scalar(q)\na.group"
    ),
    "subqueryload": (
        "q = select(Account).options(subqueryload(Account.payments))\n"
        "a = (await session.scalars(q)).first()\na.payments"
    ),
    "immediateload": (
        "q = select(Account).options(immediateload(Account.payments))\n"
        "a = (await session.scalars(q)).first()\na.payments"
    ),
    "contains_eager": (
        "q = select(Account).join(Account.group).options(contains_eager(Account.group))\n"
        "a = (await session.scalars(q)).first()\na.group"
    ),
    "options of several steps": (
        "q = select(Group).options(selectinload(Group.accounts).selectinload(Account.payments))\n"
        "g = (await session.scalars(q)).first()\nfor a in g.accounts:\n    a.payments"
    ),
    "an option in options": (
        "o = selectinload(Group.accounts).options(selectinload(Account.payments))\n"
        "g = (await session.scalars(select(Group).options(o))).first()\n"
        "for a in g.accounts:\n    a.payments"
    ),
    "options in a list": (
        "options = [selectinload(Account.payments)]\n"
        "a = (await session.scalars(select(Account).options(*options))).first()\na.payments"
    ),
    "a self-reference by an option": (
        "q = select(Account).where(Account.id == 2).options(selectinload(Account.parent))\n"
        "a = await session.scalar(q)\na.parent"
    ),
    "one that is declared to raise, refreshed": (
        ACCOUNT + "await session.refresh(account, ['guarded'])\naccount.guarded"
    ),
    "an object that the session holds": (
        "group = await session.get(Group, 1)\n" + ACCOUNT + "account.group"
    ),
    "a plain refresh after an option": (
        "q = select(Account).options(selectinload(Account.payments)).where(Account.id == 2)\n"
        "a = await session.scalar(q)\nawait session.refresh(a)\na.payments"
    ),
    "loaded ahead, below what is loaded ahead": (
        "p = await session.get(Payment, 1)\np.account.currency"
    ),
    "refreshed below": (
        "p = await session.get(Payment, 1)\nawait session.refresh(p.account, ['group'])\n"
        "p.account.group"
    ),
    "back to where it came from": (
        "g = await session.get(Group, 1)\nfor a in g.accounts:\n    a.group"
    ),
    "a new object before it is flushed": NEW + "account.group\naccount.payments\naccount.currency",
    "a new object, given": (
        "group = Group(name='x')\naccount = Account(name='x', group=group)\n"
        "session.add(account)\nawait session.commit()\naccount.group"
    ),
    "a new object, set later": (
        "account = Account(name='x')\naccount.group = Group(name='x')\n"
        "session.add(account)\nawait session.commit()\naccount.group"
    ),
    "a new object, refreshed": (
        NEW + "await session.commit()\nawait session.refresh(account)\naccount.currency"
    ),
    "a new object, refreshed by name": (
        NEW + "await session.commit()\nawait session.refresh(account, ['group'])\naccount.group"
    ),
    "a new object without the key": (
        "account = Account(name='x', group_id=1)\nsession.add(account)\n"
        "await session.flush()\naccount.currency"
    ),
    "a single one that is replaced": ACCOUNT + "account.group = Group(name='x')\naccount.group",
    "run_sync": ACCOUNT + "await session.run_sync(lambda s: account.group)\naccount.group",
}

# What raises, and the rule cannot know or does not follow.
UNKNOWABLE = {
    "expired": ACCOUNT + "session.expire(account)\naccount.group",
    "rolled back": ACCOUNT + "await session.rollback()\naccount.group",
    "refreshed by name, then as a whole": (
        ACCOUNT + "await session.refresh(account, ['payments'])\nawait session.refresh(account)\n"
        "account.payments"
    ),
    "an option of get, of an object that is there": (
        ACCOUNT + "b = await session.get(Account, 2, options=[selectinload(Account.payments)])\n"
        "b.payments"
    ),
    "merged": "a = await session.merge(Account(id=2, name='x', group_id=1))\na.group",
    "flushed by a query": NEW + "await session.scalar(select(Currency))\naccount.payments",
    "committed by a block": (
        "async with session.begin():\n"
        "    account = Account(name='x', group_id=1)\n    session.add(account)\naccount.payments"
    ),
    "given and refreshed": (
        "account = Account(name='x', group_id=1, payments=[Payment()])\nsession.add(account)\n"
        "await session.commit()\nawait session.refresh(account)\naccount.payments"
    ),
}

Reader = Callable[[AsyncSession], Awaitable[None]]


def function(body: str) -> str:
    return f"{IMPORTS}\n\nasync def read(session: AsyncSession) -> None:\n{indent(body, '    ')}\n"


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    import sys
    from types import ModuleType

    module = ModuleType("app.models")
    package = ModuleType("app")
    sys.modules |= {"app": package, "app.models": module}
    try:
        exec(compile(MODELS, "app/models.py", "exec"), module.__dict__)
        yield module.__dict__
    finally:
        del sys.modules["app"], sys.modules["app.models"]


async def _raises(body: str, models: dict[str, Any]) -> bool:
    engine = create_async_engine("sqlite+aiosqlite://")
    try:
        async with engine.begin() as connection:
            await connection.run_sync(models["Base"].metadata.create_all)
        await _fill(engine, models)
        return await _read(engine, body)
    finally:
        await engine.dispose()


async def _fill(engine: AsyncEngine, models: dict[str, Any]) -> None:
    rows = [
        models["Group"](id=1, name="g"),
        models["Currency"](id=1, code="ZAR"),
        models["Account"](id=1, name="a", group_id=1, currency_id=1),
        models["Account"](id=2, name="b", group_id=1, currency_id=1, parent_id=1),
        models["Payment"](id=1, account_id=2),
        models["Tag"](id=1, group_id=1),
    ]
    async with AsyncSession(engine) as session:
        for row in rows:
            session.add(row)
            await session.flush()
        await session.commit()


async def _read(engine: AsyncEngine, body: str) -> bool:
    namespace: dict[str, Any] = {}
    exec(compile(function(body), "app/reading.py", "exec"), namespace)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        try:
            await namespace["read"](session)
        except (MissingGreenlet, StatementError, InvalidRequestError):
            return True
    return False


@pytest.mark.parametrize("situation", RAISING)
def test_what_raises_is_found(situation: str, models: dict[str, Any]) -> None:
    body = RAISING[situation]
    assert asyncio.run(_raises(body, models))
    assert len(check.findings(function(body))) == 1


@pytest.mark.parametrize("situation", [name for name in RAISING if name != "in one expression"])
def test_what_was_found_works_after_its_fix(situation: str, models: dict[str, Any]) -> None:
    fixed = check.fixed(function(RAISING[situation]))
    assert not check.findings(fixed)
    start = fixed.index("async def read")
    lines = fixed[start:].splitlines()[1:]
    body = "\n".join(line.removeprefix("    ") for line in lines)
    assert not asyncio.run(_raises(body, models)), fixed


@pytest.mark.parametrize("situation", WORKING)
def test_what_works_is_clean(situation: str, models: dict[str, Any]) -> None:
    body = WORKING[situation]
    assert not asyncio.run(_raises(body, models))
    check.clean(function(body))


@pytest.mark.parametrize("situation", UNKNOWABLE)
def test_what_cannot_be_known_is_left_alone(situation: str, models: dict[str, Any]) -> None:
    body = UNKNOWABLE[situation]
    assert asyncio.run(_raises(body, models))
    check.clean(function(body))


def test_the_models_are_as_the_rule_reads_them(models: dict[str, Any]) -> None:
    from sqlalchemy import inspect

    from turnstay_lint.project.models.relationship_loading import Strategy, relations
    from turnstay_lint.project.project import Project
    from turnstay_lint.project.summaries.summarise import summarise
    from turnstay_lint.source.file import SourceFile

    project = Project([summarise(SourceFile.from_text("app/models.py", MODELS))])
    said = {
        "select": Strategy.ON_ACCESS,
        "selectin": Strategy.AHEAD,
        "joined": Strategy.AHEAD,
        "raise": Strategy.NEVER,
        "write_only": Strategy.WITHOUT_LOADING,
        "dynamic": Strategy.WITHOUT_LOADING,
    }
    models["Base"].registry.configure()
    for mapper in models["Base"].registry.mappers:
        read = relations(project).of(f"app.models.{mapper.class_.__name__}")
        assert set(read) == set(mapper.relationships.keys())
        for name, real in inspect(mapper).relationships.items():
            assert read[name].strategy is said[real.lazy], (mapper, name)
            assert read[name].target == f"app.models.{real.mapper.class_.__name__}"
            if read[name].strategy is not Strategy.WITHOUT_LOADING:
                assert read[name].many is real.uselist
