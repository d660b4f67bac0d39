import pytest

from tests.harness import Check

DATABASE = """
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

engine = create_async_engine("sqlite+aiosqlite://")
session_factory = async_sessionmaker(engine)
older_factory = sessionmaker(engine, class_=AsyncSession)
"""
SERVICE = """
from sqlalchemy.ext.asyncio import AsyncSession


class BaseService:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
"""
DEPS = """
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession


async def get_session(request: Request):
    yield request.state.db


SessionDep = Annotated[AsyncSession, Depends(get_session)]
"""
check = Check(
    "TSL308",
    others={
        "app/core/database.py": DATABASE,
        "app/services/base.py": SERVICE,
        "app/api/deps.py": DEPS,
    },
)
TYPED = "from sqlalchemy.ext.asyncio import AsyncSession\n\n\n"


def in_function(body: str, define: str = "async def work(session: AsyncSession, query)") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{TYPED}{define}:\n{lines}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«session.commit()»", "await session.commit()"),
        ("«session.flush()»  # so that it has an id", "await session.flush()  # so that it has an id"),
        ("rows = «session.execute(query)».all()", "rows = (await session.execute(query)).all()"),
        ("first = «session.execute(query)»[0]", "first = (await session.execute(query))[0]"),
        (
            "result = «session.execute(query)»\nreturn result.all()",
            "result = await session.execute(query)\nreturn result.all()",
        ),
        ("result = «session.execute(query)»", "result = await session.execute(query)"),
        ("a, b = «session.scalars(query)»", "a, b = await session.scalars(query)"),
        (
            "for row in «session.scalars(query)»:\n    print(row)",
            "for row in await session.scalars(query):\n    print(row)",
        ),
        (
            "if «session.scalar(query)»:\n    return None",
            "if await session.scalar(query):\n    return None",
        ),
        (
            "if not «session.scalar(query)»:\n    return None",
            "if not await session.scalar(query):\n    return None",
        ),
        ("return [row for row in «session.scalars(query)»]", "return [row for row in await session.scalars(query)]"),
        ("return list(«session.scalars(query)»)", "return list(await session.scalars(query))"),
        ("return «session.scalar(query)» > 0", "return await session.scalar(query) > 0"),
        ('print(f"{«session.scalar(query)»}")', 'print(f"{await session.scalar(query)}")'),
        ("flag = 'é'; «session.commit()»", "flag = 'é'; await session.commit()"),
    ],
)  # fmt: skip
def test_what_nobody_awaits(before: str, after: str) -> None:
    check.flags(in_function(before), after=in_function(after))


def test_a_statement_that_becomes_too_long_for_its_line() -> None:
    check.flags(
        in_function(
            "transactions = «session.execute(query, {'one': 1, 'second': 2})».scalars().all()",
        ),
        after=in_function(
            "transactions = (\n"
            "    (await session.execute(query, {'one': 1, 'second': 2})).scalars().all()\n"
            ")",
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        "await session.commit()",
        "await (session.commit())",
        "await (\n    session.commit()\n)",
        "rows = (await session.execute(query)).all()",
        "return session.execute(query)",
        "yield session.execute(query)",
        "await asyncio.gather(session.scalar(query), session.scalar(query))",
        "tasks = [session.scalar(query), session.scalar(query)]\nawait asyncio.gather(*tasks)",
        "pending = session.execute(query)\nresult = await pending",
        "pending = session.execute(query)\nawait asyncio.wait_for(pending, 5)",
        "pending = session.execute(query)\nif pending is not None:\n    await pending",
        "await (session.execute(query) if query else session.commit())",
        "session.add(query)\nsession.expunge(query)",
        "async with session.begin():\n    pass",
        "await session.run_sync(lambda inner: inner.execute(query))",
        "session.execute(query).close()",
        "run = lambda: session.execute(query)",
    ],
)
def test_what_somebody_awaits_or_may_await(body: str) -> None:
    check.clean(in_function(body))


@pytest.mark.parametrize(
    "text",
    [
        "def work(session, query):\n    session.commit()\n",
        "from sqlalchemy.orm import Session\n\n\ndef work(session: Session):\n    session.commit()\n",
        "import requests\n\n\ndef work():\n    session = requests.Session()\n    session.get(URL)\n",
        "async def work(db: dict, key):\n    value = db.get(key)\n    return value.name\n",
        "from unittest.mock import AsyncMock\n\n\ndef work():\n    session = AsyncMock()\n    session.commit()\n",
        f"{TYPED}async def work(session: AsyncSession):\n    session = plain()\n    session.commit()\n",
    ],
)  # fmt: skip
def test_what_is_no_asynchronous_session(text: str) -> None:
    check.clean(text)


def test_a_session_given_by_its_name_in_a_synchronous_service() -> None:
    text = """
        from fastapi import Depends
        from sqlalchemy.orm import Session, sessionmaker

        from app.database import get_session

        def work(session=Depends(get_session)):
            session.commit()
    """
    database = "from sqlalchemy import create_engine\n\nengine = create_engine('sqlite://')\n"
    Check("TSL308", others={"app/database.py": database}).clean(text)


def test_a_declared_synchronous_session_of_a_dependency_of_that_name() -> None:
    check.clean(
        """
        from fastapi import Depends
        from sqlalchemy.orm import Session

        from app.api.deps import get_session

        def work(session: Session = Depends(get_session)):
            session.commit()
        """
    )


@pytest.mark.parametrize("factory", ["session_factory", "older_factory"])
def test_a_session_that_a_factory_made(factory: str) -> None:
    check.flags(
        f"""
        from app.core.database import {factory}

        async def work():
            session = {factory}()
            «session.commit()»
        """,
        after=f"""
        from app.core.database import {factory}

        async def work():
            session = {factory}()
            await session.commit()
        """,
    )


def test_a_session_that_is_entered() -> None:
    check.flags(
        """
        from app.core.database import session_factory as open_session

        async def work():
            async with open_session() as session:
                «session.commit()»
        """,
        after="""
        from app.core.database import session_factory as open_session

        async def work():
            async with open_session() as session:
                await session.commit()
        """,
    )


def test_the_session_of_a_service_class_in_another_module() -> None:
    check.flags(
        """
        from app.services.base import BaseService

        class Accounts(BaseService):
            async def rename(self, account, name):
                account.name = name
                «self.session.commit()»
        """,
        after="""
        from app.services.base import BaseService

        class Accounts(BaseService):
            async def rename(self, account, name):
                account.name = name
                await self.session.commit()
        """,
    )


def test_an_endpoint_that_returns_the_coroutine() -> None:
    check.flags(
        """
        from fastapi import APIRouter
        from app.api.deps import SessionDep

        router = APIRouter()

        @router.get("/account")
        async def get_account(session: SessionDep, query):
            return «session.scalar(query)»
        """,
        after="""
        from fastapi import APIRouter
        from app.api.deps import SessionDep

        router = APIRouter()

        @router.get("/account")
        async def get_account(session: SessionDep, query):
            return await session.scalar(query)
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        in_function("«session.commit()»", "def work(session: AsyncSession)"),
        in_function("return any(«session.scalar(q)».ready for q in query)"),
        in_function("return lambda: «session.execute(query)».all()"),
    ],
)
def test_where_nothing_can_be_awaited(text: str) -> None:
    check.flags(text, after=None, reason="nothing can be awaited")


def test_a_decorated_inner_function_and_tabs() -> None:
    check.flags(
        f"{TYPED}def outer(session: AsyncSession):\n\t@retry\n\tasync def inner():\n"
        "\t\t«session.commit()»\n\treturn inner\n",
        after=f"{TYPED}def outer(session: AsyncSession):\n\t@retry\n\tasync def inner():\n"
        "\t\tawait session.commit()\n\treturn inner\n",
    )


MIDDLEWARE = """
from fastapi import Request


async def commit_at_the_end(request: Request, call_next):
    response = await call_next(request)
    {call}
    return response
"""


def test_what_middleware_put_on_the_request_in_an_asynchronous_service() -> None:
    check.flags(
        MIDDLEWARE.format(call="«request.state.db.commit()»"),
        after=MIDDLEWARE.format(call="await request.state.db.commit()"),
    )


def test_what_middleware_put_on_the_request_where_nothing_is_asynchronous() -> None:
    database = """
    from sqlalchemy import create_engine
    from sqlalchemy.orm import scoped_session, sessionmaker

    engine = create_engine("postgresql://")
    session_of_request = scoped_session(sessionmaker(bind=engine))
    """
    Check("TSL308", others={"app/core/database.py": database}).clean(
        MIDDLEWARE.format(call="request.state.db.commit()")
    )
