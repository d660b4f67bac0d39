"""Who reaches a query, over objects and handed-on functions, and whose keys callers hand over."""

import pytest

from tests.harness import Check
from tests.tenant_service import MODELS, SERVICE

check = Check("TSL302", path="app/api/utils/account_repository.py", others=SERVICE)

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


LOOP = """
import threading

from app.api.utils.account_utils import find


def launch(session):
    threading.Thread(target=watch).start()


def watch():
    find(None, "x")


{entry}
"""

FIND = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def find(session: AsyncSession, name: str):
    return await «session.scalars(select(Account).where(Account.name == name))»
"""

in_utils = check.with_(path="app/api/utils/account_utils.py")


def test_what_a_process_starts_looks_after_every_tenant() -> None:
    entry = "def on_startup(session):\n    launch(session)"
    others = {"app/watching.py": LOOP.format(entry=entry)}
    in_utils.with_(others=others).clean(FIND.replace("«", "").replace("»", ""))


def test_what_an_endpoint_hands_to_a_thread_it_asks_itself() -> None:
    entry = (
        "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
        '@router.post("/watch")\ndef post_watch(session):\n    launch(session)'
    )
    others = {"app/watching.py": LOOP.format(entry=entry)}
    found = in_utils.with_(others=others).flags(FIND, after=None)
    assert "reached by POST /watch" in found[0].help


LOCK = """
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def lock(session: AsyncSession, account_id: int):
    return await «session.execute(
        update(Account).where(Account.id == account_id).values(status="locked")
    )»
"""

CALLER = """
from fastapi import BackgroundTasks
from starlette.concurrency import run_in_threadpool

from app.api.utils.account_utils import lock
from app.models import Account, Currency


async def close(
    session,
    account: Account,
    currency: Currency,
    account_id: int,
    tasks: BackgroundTasks,
    others,
):
    {body}
"""


@pytest.mark.parametrize(
    "body",
    [
        "await lock(session, account.id)",
        "await lock(session, account_id=account.id)",
        "found = await find(session)\n    await lock(session, found.id)\n\n\n"
        "async def find(session) -> Account: ...",
        "await pass_on(session, account.id)\n\n\n"
        "async def pass_on(session, id: int):\n    await lock(session, id)",
        "await lock(session, account.id)\n    account = await renew(session)\n\n\n"
        "async def renew(session): ...",
        "account = await renew(\n        await lock(session, account.id)\n    )\n\n\n"
        "async def renew(locked): ...",
        "tasks.add_task(lock, session, account_id=account.id)",
        "tasks.add_task(lock, session, account.id)",
        "await run_in_threadpool(lock, session, account.id)",
    ],
)
def test_the_key_of_a_row_that_every_caller_has_at_hand(body: str) -> None:
    others = {"app/api/utils/closing.py": CALLER.format(body=body)}
    in_utils.with_(others=others).clean(LOCK.replace("«", "").replace("»", ""))


@pytest.mark.parametrize(
    "body",
    [
        "await lock(session, account_id)",
        "await lock(session, currency.id)",
        "await lock(session, account.id)\n    await lock(session, account_id)",
        "await pass_on(session, account_id)\n\n\n"
        "async def pass_on(session, id: int):\n    await lock(session, id)",
        "account = await renew(session)\n    await lock(session, account.id)\n\n\n"
        "async def renew(session): ...",
        "tasks.add_task(lock, session, account_id)",
        "tasks.add_task(lock, session, account.id)\n    tasks.add_task(lock, session, account_id)",
        "others.add_task(lock, session, account.id)",
        "await lock(session, account.id)\n\n\ndef later(pool):\n    pool.map(lock, [1, 2])",
        'await lock(session, account.id)\n\n\nHANDLERS = {"lock": lock}',
    ],
)
def test_an_id_of_which_nobody_says_whose_it_is(body: str) -> None:
    others = {"app/api/utils/closing.py": CALLER.format(body=body)}
    in_utils.with_(others=others).flags(LOCK, after=None)


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


def test_what_stands_below_the_name_of_a_script() -> None:
    text = (
        "from sqlalchemy import select\nfrom sqlalchemy.orm import Session\n\n"
        "from app.models import Account, engine\n\n{test}\n    with Session(engine) as session:\n"
        "        {call}\n"
    )
    call = 'session.scalars(select(Account).where(Account.name == "x"))'
    in_utils.clean(text.format(test='if __name__ == "__main__":', call=call))
    in_utils.flags(text.format(test="if engine:", call=f"«{call}»"), after=None)


ADMIN = """
from fastapi import APIRouter, Depends, FastAPI

from app.api.deps import SessionDep
from app.api.utils.account_utils import find

router = APIRouter()


@router.get("/found")
async def get_found(name: str, session: SessionDep):
    return await find(session, name)


def {guard}(): ...


app = FastAPI(dependencies=[Depends({guard})])
app.include_router(router)
"""


def test_an_application_for_administrators() -> None:
    others = {"app/back_office.py": ADMIN.format(guard="get_admin")}
    in_utils.with_(others=others).clean(FIND.replace("«", "").replace("»", ""))


def test_an_application_for_whoever_has_a_token() -> None:
    others = {"app/back_office.py": ADMIN.format(guard="get_token")}
    found = in_utils.with_(others=others).flags(FIND, after=None)
    assert "reached by GET /found" in found[0].help


PERMISSION = """
from fastapi import APIRouter, Depends

from app.api.deps import SessionDep
from app.api.utils.account_utils import find
from app.core.permissions import Permission

router = APIRouter()


def require(permission): ...


@router.get("/found", dependencies=[Depends(require({permission}))])
async def get_found(name: str, session: SessionDep):
    return await find(session, name)
"""


@pytest.mark.parametrize("permission", ["Permission.FULL_ADMIN_PANEL_ACCESS", '["Super Admin"]'])
def test_a_permission_of_those_above_all_tenants(permission: str) -> None:
    others = {"app/api/endpoints/found.py": PERMISSION.format(permission=permission)}
    in_utils.with_(others=others).clean(FIND.replace("«", "").replace("»", ""))


@pytest.mark.parametrize("permission", ['["User Admin"]', "Permission.COMPANY_ADMIN", '"refund"'])
def test_a_permission_within_one_tenant(permission: str) -> None:
    others = {"app/api/endpoints/found.py": PERMISSION.format(permission=permission)}
    in_utils.with_(others=others).flags(FIND, after=None)


def test_a_call_that_another_system_signs() -> None:
    endpoint = PERMISSION.format(permission='"refund"').replace("name: str", "name: str, {}: str")
    path = "app/api/endpoints/found.py"
    signed = in_utils.with_(others={path: endpoint.replace("{}", "request_signature")})
    signed.clean(FIND.replace("«", "").replace("»", ""))
    plain = in_utils.with_(others={path: endpoint.replace("{}", "further")})
    plain.flags(FIND, after=None)


@pytest.mark.parametrize("path", ["app/background/files.py", "app/flow_scheduler.py"])
def test_what_workers_alone_call(path: str) -> None:
    body = "from app.api.utils.account_utils import find\n\n\ndef run(s):\n    find(s, 'x')\n"
    in_utils.with_(others={path: body}).clean(FIND.replace("«", "").replace("»", ""))
    in_utils.with_(others={"app/flows.py": body}).flags(FIND, after=None)


def test_a_name_that_says_that_it_clears_away() -> None:
    text = FIND.replace("find", "delete_expired")
    in_utils.clean(text.replace("«", "").replace("»", ""))
    in_utils.flags(text.replace("delete_expired", "delete_chosen"), after=None)


MORE = """

class CompanyGroup(Base):
    __tablename__ = "groups"


class Holding(Base):
    __tablename__ = "holdings"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    currency_id: Mapped[int] = mapped_column(ForeignKey("currencies.id"))
    expires_at: Mapped[int]


class Seat(Base):
    __tablename__ = "seats"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    id: Mapped[int] = mapped_column(unique=True)
    surrogate_id: Mapped[int] = mapped_column(primary_key=True)


class Booking(Base):
    __tablename__ = "bookings"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))


class ApiKey(Base):
    __tablename__ = "api_keys"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("holdings.id"))
    key_id: Mapped[str]
"""

WIDER = MODELS.replace(
    "    name: Mapped[str]\n    accounts",
    '    name: Mapped[str]\n    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))\n'
    '    currency_id: Mapped[int] = mapped_column(ForeignKey("currencies.id"))\n    accounts',
)
wider = in_utils.with_(others={"app/models.py": WIDER + MORE})

QUERY = """
import sqlalchemy as sa
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, ApiKey, Booking, Company, Holding, Payment, Seat


async def ask(session: AsyncSession, account: Account, sent: str, id: int, ids: list[int]):
    return await {call}
"""


@pytest.mark.parametrize(
    "call",
    [
        "session.scalars(select(Holding).where(Holding.group_id == id))",
        "session.scalars(select(Company).where(Company.group_id.in_(ids)))",
        "session.scalars(select(ApiKey).where(ApiKey.key_hash == sent))",
        "session.scalars(select(ApiKey).where(ApiKey.key_id == sent))",
        "session.execute(delete(Holding).where(Holding.expires_at < id))",
        "session.scalars(select(Seat).join(Booking, Booking.seat_id == Seat.id)"
        ".where(Booking.company_id == account.company_id))",
        "session.scalars(select(Payment).where(sa.cast(Payment.account_id, sa.UUID) == account.id))",
    ],
)
def test_what_ties_a_row_in_a_way_of_its_own(call: str) -> None:
    wider.clean(QUERY.format(call=call))


@pytest.mark.parametrize(
    "call",
    [
        "session.scalars(select(Holding).where(Holding.currency_id == id))",
        "session.scalars(select(Company).where(Company.currency_id.in_(ids)))",
        "session.scalars(select(ApiKey).where(ApiKey.holding_id == id))",
        "session.scalars(select(Holding).where(Holding.expires_at < id))",
        "session.execute(delete(Holding).where(Holding.expires_at > id))",
        "session.scalars(select(Seat).join(Booking, Booking.seat_id == Seat.id)"
        ".where(Booking.id == id))",
        "session.scalars(select(Payment).where(sa.cast(Payment.account_id, sa.UUID) == sent))",
    ],
)
def test_what_looks_alike_and_ties_nothing(call: str) -> None:
    wider.flags(QUERY.format(call=f"«{call}»"), after=None)


ANSWER = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company


def {answers}(company, account): ...


async def answer(session: AsyncSession, company: Company, account_id: int):
    account = await «session.scalar(select(Account).where(Account.id == account_id))»
    return {answers}(company, account)
"""


def test_what_only_says_whether_the_tenant_may() -> None:
    in_utils.clean(ANSWER.format(answers="can_view").replace("«", "").replace("»", ""))


def test_what_gives_something_of_the_row() -> None:
    text = ANSWER.format(answers="view").replace("«", "").replace("»", "")
    assert [finding.scope for finding in in_utils.findings(text)] == ["answer"]


PEOPLE = """

class Person(Base):
    __tablename__ = "people"
    company_id: Mapped[int | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL")
    )


class Membership(Base):
    __tablename__ = "memberships"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
"""

OF_PERSON = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company, Membership


async def of_person(session: AsyncSession, person_id: int):
    return await {call}
"""


def test_the_tenants_that_somebody_is_a_member_of() -> None:
    people = in_utils.with_(others={"app/models.py": MODELS + PEOPLE})
    joined = "select(Company).join(Membership, Membership.company_id == Company.id)"
    people.clean(
        OF_PERSON.format(call=f"session.scalars({joined}.where(Membership.person_id == person_id))")
    )
    people.flags(OF_PERSON.format(call=f"«session.scalars({joined})»"), after=None)


GLOBAL_ROLE = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company


async def find(session: AsyncSession, user, company_id: int, id: int):
    query = select(Account).where(Account.id == id)
    if {asked}:
        return await {all_of_them}
    return await session.scalars(query.where(Account.company_id == company_id))
"""


def test_a_permission_over_all_tenants_that_is_asked_for() -> None:
    asked = 'has_global_permission(user, "see")'
    in_utils.clean(GLOBAL_ROLE.format(asked=asked, all_of_them="session.scalars(query)"))
    asked = 'has_permission(user, "see")'
    text = GLOBAL_ROLE.format(asked=asked, all_of_them="session.scalars(query)")
    assert [finding.scope for finding in in_utils.findings(text)] == ["find"]
