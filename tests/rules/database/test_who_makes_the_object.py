"""Methods that are reached through the object they are called of (TSL302)."""

import pytest

from tests.rules.database.account_queries import check, in_utils

REPOSITORY = """
from typing import Self

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


class Repository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    @classmethod
    def from_session(cls, session: AsyncSession) -> Self:
        return cls(session)


class AccountRepository(Repository):
    async def named(self, name: str):
        return await «self.session.scalars(select(Account).where(Account.name == name))»
"""

TASK = """
from celery import shared_task

from app.api.utils.account_repository import AccountRepository


@shared_task
async def count(session):
    {body}
"""

ENDPOINT = """
from fastapi import APIRouter

from app.api.deps import SessionDep
from app.api.utils.account_repository import AccountRepository

router = APIRouter()


@router.get("/named")
async def get_named(name: str, session: SessionDep):
    {body}
"""

WAYS = [
    'return await AccountRepository.from_session(session).named("x")',
    'return await AccountRepository(session).named("x")',
    'repository = AccountRepository.from_session(session)\n    return await repository.named("x")',
    'async with AccountRepository(session) as repository:\n        return await repository.named("x")',
    "return await session.unknown().named()",
]


@pytest.mark.parametrize("body", WAYS)
def test_a_method_of_what_was_made_that_a_task_alone_calls(body: str) -> None:
    others = {"app/tasks.py": TASK.format(body=body)}
    check.with_(others=others).clean(REPOSITORY.replace("«", "").replace("»", ""))


@pytest.mark.parametrize("body", WAYS)
def test_a_method_of_what_was_made_that_an_endpoint_calls(body: str) -> None:
    others = {
        "app/tasks.py": TASK.format(body=WAYS[0]),
        "app/api/endpoints/accounts.py": ENDPOINT.format(body=body),
    }
    found = check.with_(others=others).flags(REPOSITORY, after=None)
    assert "reached by GET /named" in found[0].help


LOCKS = """
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


class Locks:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def lock(self, account_id: int):
        return await «self.session.execute(
            update(Account).where(Account.id == account_id).values(status="locked")
        )»
"""

OF_LOCKS = """
from app.api.utils.account_utils import Locks
from app.models import Account


class Doors:
    async def lock(self, account_id: int): ...


async def close(session, account: Account, unknown):
    await Locks(session).lock(account.id)
    {body}
"""


def test_a_method_that_is_called_of_what_is_known_alone() -> None:
    others = {"app/api/utils/closing.py": OF_LOCKS.format(body="await Doors().lock(3)")}
    in_utils.with_(others=others).clean(LOCKS.replace("«", "").replace("»", ""))


def test_a_method_that_may_be_called_of_what_nobody_knows() -> None:
    others = {"app/api/utils/closing.py": OF_LOCKS.format(body="await unknown.lock(3)")}
    in_utils.with_(others=others).flags(LOCKS, after=None)


BASE = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


class Finder:
    async def find(self, session: AsyncSession, name: str): ...


class AccountFinder(Finder):
    async def find(self, session: AsyncSession, name: str):
        return await «session.scalars(select(Account).where(Account.name == name))»
"""

OF_BASE = """
{head}
from app.api.utils.account_utils import Finder
{tail}
async def found(session, finder: Finder, name: str):
    return await finder.find(session, name)
"""


def test_a_method_that_is_called_of_a_base() -> None:
    task = OF_BASE.format(head="from celery import shared_task", tail="\n\n@shared_task")
    tasks = in_utils.with_(others={"app/tasks.py": task})
    tasks.clean(BASE.replace("«", "").replace("»", ""))
    head = "from fastapi import APIRouter"
    tail = '\nrouter = APIRouter()\n\n\n@router.get("/found")'
    endpoint = OF_BASE.format(head=head, tail=tail)
    found = tasks.with_(others={"app/api/endpoints/found.py": endpoint}).flags(BASE, after=None)
    assert "reached by GET /found" in found[0].help


ADAPTER = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


class Adapter:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
{made}
    async def names(self, name: str):
        return await «self.session.scalars(select(Account).where(Account.name == name))»
"""

IN_WORKER = """
from celery import shared_task

from app.api.utils.account_utils import Adapter
from app.pipeline import run


@shared_task
def index(session):
    run(Adapter(session))
"""


def test_a_method_of_what_a_task_alone_makes() -> None:
    text = ADAPTER.format(made="")
    tasks = in_utils.with_(others={"app/tasks.py": IN_WORKER})
    tasks.clean(text.replace("«", "").replace("»", ""))
    made = "from app.api.utils.account_utils import Adapter\n\n\ndef make(s):\n    Adapter(s)\n"
    tasks.with_(others={"app/making.py": made}).flags(text, after=None)
    in_utils.flags(text, after=None)


GIVEN = """
from fastapi import APIRouter, Depends

from app.api.utils.account_utils import Adapter

router = APIRouter()


def get_adapter(session):
    return Adapter(session)


@router.get("/names")
async def get_names(adapter=Depends(get_adapter)):
    return await adapter.{method}("x")
"""

OTHER = "class Other:\n    async def names(self, name: str): ...\n"


def test_a_method_of_what_a_dependency_or_a_start_makes() -> None:
    text = ADAPTER.format(made="")
    tasks = in_utils.with_(others={"app/tasks.py": IN_WORKER, "app/other.py": OTHER})
    given = GIVEN.format(method="names")
    tasks.with_(others={"app/api/endpoints/names.py": given}).flags(text, after=None)
    started = "from app.api.utils.account_utils import Adapter\n\n\ndef on_startup(app):\n"
    started += "    app.state.adapter = Adapter(app.session)\n"
    tasks.with_(others={"app/starting.py": started}).flags(text, after=None)


def test_a_method_that_endpoints_may_call_of_what_nobody_knows() -> None:
    tasks = in_utils.with_(others={"app/tasks.py": IN_WORKER, "app/other.py": OTHER})
    asked = "async def ask(request):\n    return await request.app.state.adapter.names('x')\n"
    tasks.with_(others={"app/asking.py": asked}).flags(ADAPTER.format(made=""), after=None)


def test_a_method_of_what_an_heir_or_the_class_itself_makes() -> None:
    tasks = in_utils.with_(others={"app/tasks.py": IN_WORKER})
    of_class = "\n    @classmethod\n    def of(cls, session):\n        return cls(session)\n"
    tasks.flags(ADAPTER.format(made=of_class), after=None)
    heir = (
        "from app.api.utils.account_utils import Adapter\n\n\nclass Heir(Adapter): ...\n\n\n"
        "def make(s):\n    Heir(s)\n"
    )
    tasks.with_(others={"app/making.py": heir}).flags(ADAPTER.format(made=""), after=None)
