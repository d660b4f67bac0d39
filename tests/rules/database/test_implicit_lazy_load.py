"""Where TSL307 fires, what its fix writes, and its silent twins.

What SQLAlchemy does in each situation is in ``test_loading_oracle``.
"""

from __future__ import annotations

import pytest

from tests.harness import Check
from tests.rules.database.loading_service import MODELS

SCHEMAS = """
from pydantic import BaseModel, Field, model_validator


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}


class CurrencyResponse(BaseResponse):
    code: str


class OwnerResponse(BaseResponse):
    id: int


class GroupResponse(BaseResponse):
    name: str
    owners: list[OwnerResponse]


class AccountResponse(BaseResponse):
    id: int
    group: GroupResponse
    currency: CurrencyResponse | None = None


class AccountResponseShort(BaseResponse):
    id: int
    currency: CurrencyResponse | None


class RenamedResponse(BaseResponse):
    group: str = Field(validation_alias="name")


class MadeUpResponse(BaseResponse):
    group: str

    @model_validator(mode="before")
    @classmethod
    def flatten(cls, value):
        return {"group": value.name}


class PaymentResponse(BaseResponse):
    account: AccountResponse
"""

UTILS = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.models import Account


async def get_account(session: AsyncSession, account_id: int) -> Account:
    result = await session.execute(select(Account).where(Account.id == account_id))
    account = result.scalar_one_or_none()
    if account is None:
        raise LookupError
    return account


async def get_accounts(session: AsyncSession) -> list[Account]:
    result = await session.scalars(select(Account))
    return list(result.all())


async def get_account_with_payments(session: AsyncSession, account_id: int) -> Account:
    query = select(Account).options(selectinload(Account.payments))
    return (await session.scalars(query.where(Account.id == account_id))).one()


async def get_account_with(session: AsyncSession, account_id: int, *options) -> Account:
    return await session.scalar(select(Account).where(Account.id == account_id).options(*options))


async def get_cached_account(session: AsyncSession, account_id: int) -> Account:
    return CACHE[account_id]


async def get_known_account(session: AsyncSession, account_id: int) -> Account:
    return await get_account(session, account_id)


async def load_payments(session: AsyncSession, account: Account) -> None:
    await session.refresh(account, ["payments"])


async def prepare(session: AsyncSession, account: Account) -> None:
    await load_payments(session, account)


async def touch(session: AsyncSession, account: Account) -> None:
    account.name = "x"
    await session.commit()
"""

OTHERS = {"app/models.py": MODELS, "app/schemas.py": SCHEMAS, "app/utils.py": UTILS}
REFRESH = {
    "app/db_utils.py": """
    async def refresh_and_return(session, obj):
        await session.refresh(obj)
        return obj
    """
}

check = Check("TSL307", path="app/reading.py", others=OTHERS)

HEAD = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Group, Payment
from app.utils import (
    get_account,
    get_account_with,
    get_account_with_payments,
    get_accounts,
    get_cached_account,
    get_known_account,
    prepare,
    touch,
)
"""


def flags(before: str, after: str | None, **said: str) -> None:
    check.flags(f"{HEAD}\n\n{before}", after=after and f"{HEAD}\n\n{after}", **said)


def clean(body: str, **others: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    check.clean(f"{HEAD}\n\nasync def read(session: AsyncSession, id: int):\n{lines}")


def test_session_get_is_followed_by_a_refresh() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    # the name of the group
    return «account.group».name
""",
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    # the name of the group
    await session.refresh(account, ["group"])
    return account.group.name
""",
        message="Account.group is not loaded",
        scope="read",
    )


def test_a_query_of_the_function_gets_the_option() -> None:
    check.flags(
        """
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import selectinload

        from app import models


        async def read(session: AsyncSession) -> list[int]:
            query = select(models.Account).where(models.Account.name == "x")
            accounts = (await session.scalars(query)).all()
            return [len(«account.payments») for account in accounts]
        """,
        after="""
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import selectinload

        from app import models


        async def read(session: AsyncSession) -> list[int]:
            query = (
                select(models.Account)
                .options(selectinload(models.Account.payments))
                .where(models.Account.name == "x")
            )
            accounts = (await session.scalars(query)).all()
            return [len(account.payments) for account in accounts]
        """,
    )


def test_what_a_getter_gave_is_refreshed() -> None:
    for getter in ("get_account", "get_known_account"):
        flags(
            f"""\
async def read(session: AsyncSession, id: int) -> int:
    account = await {getter}(session, id)
    return len(«account.payments»)
""",
            f"""\
async def read(session: AsyncSession, id: int) -> int:
    account = await {getter}(session, id)
    await session.refresh(account, ["payments"])
    return len(account.payments)
""",
        )


def test_items_of_a_getters_list_are_refreshed_one_by_one() -> None:
    flags(
        """\
async def read(session: AsyncSession) -> list[int]:
    accounts = await get_accounts(session)
    return [len(«account.payments») for account in accounts]
""",
        """\
async def read(session: AsyncSession) -> list[int]:
    accounts = await get_accounts(session)
    for account in accounts:
        await session.refresh(account, ["payments"])
    return [len(account.payments) for account in accounts]
""",
    )


def test_in_a_loop_it_is_refreshed_there() -> None:
    flags(
        """\
async def read(session: AsyncSession) -> None:
    for account in await get_accounts(session):
        print(«account.payments»)
""",
        """\
async def read(session: AsyncSession) -> None:
    for account in await get_accounts(session):
        await session.refresh(account, ["payments"])
        print(account.payments)
""",
    )


def test_an_object_that_may_be_missing_is_asked_for_first() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    return «account.group».name if account else "nobody"
""",
        """\
async def read(session: AsyncSession, id: int) -> str:
    account = await session.get(Account, id)
    if account is not None:
        await session.refresh(account, ["group"])
    return account.group.name if account else "nobody"
""",
    )


def test_the_first_read_is_found_and_those_after_it_are_loaded() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id)
    print(f"{«account.group».name} {account.group.name}")
    print(account.group)
""",
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id)
    await session.refresh(account, ["group"])
    print(f"{account.group.name} {account.group.name}")
    print(account.group)
""",
    )


def test_a_chain_is_loaded_step_by_step() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    payment = await session.get(Payment, id)
    print(«payment.account.payments»)
""",
        """\
async def read(session: AsyncSession, id: int) -> None:
    payment = await session.get(Payment, id)
    await session.refresh(payment.account, ["payments"])
    print(payment.account.payments)
""",
    )


def test_a_single_object_of_its_own_class_needs_an_option() -> None:
    flags(
        """\
from sqlalchemy.orm import selectinload


async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id)
    print(«account.parent»)
""",
        """\
from sqlalchemy.orm import selectinload


async def read(session: AsyncSession, id: int) -> None:
    account = await session.get(Account, id, options=[selectinload(Account.parent)])
    print(account.parent)
""",
    )
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await get_account(session, id)
    print(«account.parent»)
""",
        None,
        reason="a refresh does not load a single object of its own class; load it in get_account",
    )


def test_a_fragment_that_awaits_at_its_top() -> None:
    flags(
        """\
account = await session.get(Account, 1)
print(«account.group».name)
""",
        """\
account = await session.get(Account, 1)
await session.refresh(account, ["group"])
print(account.group.name)
""",
    )


ROUTES = """\
from fastapi import APIRouter, Depends
from fastapi_pagination import Page, paginate
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.deps import get_session
from app.models import Account, Payment
from app.schemas import (
    AccountResponse,
    AccountResponseShort,
    MadeUpResponse,
    PaymentResponse,
    RenamedResponse,
)
from app.utils import get_account, get_accounts

router = APIRouter()
"""


SELECTINLOAD = "from sqlalchemy.orm import selectinload\n"


def route(model: str, body: str, decorated: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f'{ROUTES}\n\n@router.get("/x", response_model={model}{decorated})\n'
        f"async def read(id: int, session: AsyncSession = Depends(get_session)):\n{lines}"
    )


def test_a_route_returns_what_its_schema_reads() -> None:
    check.flags(
        route("AccountResponse", "account = await get_account(session, id)\n«return account»"),
        after=route(
            "AccountResponse",
            "account = await get_account(session, id)\n"
            'await session.refresh(account, ["group"])\n'
            'await session.refresh(account.group, ["owners"])\n'
            "return account",
        ),
        message="AccountResponse reads Account.group",
    )


def test_a_route_returns_a_list() -> None:
    check.flags(
        route(
            "list[AccountResponse]",
            "accounts = await session.scalars(select(Account))\n«return accounts.all()»",
        ),
        after=route(
            "list[AccountResponse]",
            "accounts = await session.scalars(\n"
            "    select(Account).options(selectinload(Account.group).selectinload(Group.owners))\n"
            ")\n"
            "return accounts.all()",
        )
        .replace("import AsyncSession\n", "import AsyncSession\n" + SELECTINLOAD)
        .replace("import Account, Payment", "import Account, Group, Payment"),
    )


def test_a_schema_below_a_schema() -> None:
    found = check.findings(
        route("PaymentResponse", "payment = await session.get(Payment, id)\nreturn payment")
    )
    assert [f.message.partition(",")[0] for f in found] == ["PaymentResponse reads Account.group"]


def test_a_new_object_is_returned_refreshed() -> None:
    new = 'account = Account(name="x", group_id=1, currency_id=id)\nsession.add(account)\n'
    check.with_(others=REFRESH).flags(
        route("AccountResponseShort", f"{new}await session.commit()\n«return account»"),
        after=route(
            "AccountResponseShort",
            f"{new}await session.commit()\nreturn await refresh_and_return(session, account)",
        ).replace(
            "from app.deps import get_session",
            "from app.db_utils import refresh_and_return\nfrom app.deps import get_session",
        ),
    )
    check.flags(
        route("AccountResponseShort", f"{new}await session.commit()\n«return account»"),
        after=route(
            "AccountResponseShort",
            f"{new}await session.commit()\nawait session.refresh(account)\nreturn account",
        ),
        message="AccountResponseShort reads Account.currency",
    )


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("AccountResponseShort", "return await get_account(session, id)"),
        ("RenamedResponse", "return await get_account(session, id)"),
        ("MadeUpResponse", "return await get_account(session, id)"),
        ("None", "return await get_account(session, id)"),
        ("dict", "return await get_account(session, id)"),
        ("AccountResponse", "return AccountResponse(id=1, group=None)"),
        ("Page[AccountResponseShort]", "return paginate(await get_accounts(session))"),
        (
            "AccountResponseShort",
            'a = Account(name="x", group_id=1)\nsession.add(a)\n'
            "await session.commit()\nawait session.refresh(a)\nreturn a",
        ),
        ("AccountResponseShort", "a = Account(group_id=1)\nsession.add(a)\nreturn a"),
    ],
)
def test_a_route_whose_schema_reads_nothing_unloaded(model: str, body: str) -> None:
    check.clean(route(model, body))


def test_routes_that_may_say_more() -> None:
    body = "return await get_account(session, id)"
    check.clean(route("AccountResponse", body, ", **options"))
    synchronous = route("AccountResponse", "return session.get(Account, id)")
    check.clean(synchronous.replace("async def", "def"))


def test_validating_reads() -> None:
    flags(
        """\
from app.schemas import AccountResponse


async def read(session: AsyncSession, id: int) -> AccountResponse:
    account = await get_account(session, id)
    await session.refresh(account, ["payments"])
    return «AccountResponse.model_validate(account)»
""",
        """\
from app.schemas import AccountResponse


async def read(session: AsyncSession, id: int) -> AccountResponse:
    account = await get_account(session, id)
    await session.refresh(account, ["payments"])
    await session.refresh(account, ["group"])
    await session.refresh(account.group, ["owners"])
    return AccountResponse.model_validate(account)
""",
    )


def test_the_session_of_the_access_object() -> None:
    deps = """
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.models import Account
    from app.utils import get_account


    class CompanyAccess:
        def __init__(self, session: AsyncSession, company) -> None:
            self.session = session
            self.company_id = company.id

        async def get_account(self, account_id: int) -> Account:
            return await get_account(self.session, account_id)
    """
    check.with_(others={"app/deps.py": deps}).flags(
        """
        from app.deps import CompanyAccess


        async def read(company_access: CompanyAccess, id: int) -> int:
            account = await company_access.get_account(id)
            return len(«account.payments»)
        """,
        after="""
        from app.deps import CompanyAccess


        async def read(company_access: CompanyAccess, id: int) -> int:
            account = await company_access.get_account(id)
            await company_access.session.refresh(account, ["payments"])
            return len(account.payments)
        """,
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("print((await session.get(Account, id)).group)", "no name here"),
        (
            "a = await session.get(Account, id)\nwhile a.group:\n    break",
            "the condition of a loop",
        ),
        (
            "a = await session.get(Account, id)\nif id:\n    pass\nelif a.group:\n    pass",
            "no line of its own",
        ),
        ("a = await session.get(Account, id); print(a.group)", "no line of its own"),
        ("a = await session.get(Account, id)\nif a: print(a.group)", "no line of its own"),
        ("print([a.payments for a in await get_accounts(session)])", "no name here"),
    ],
)
def test_where_no_refresh_can_stand(body: str, reason: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    found = check.findings(f"{HEAD}\n\nasync def read(session: AsyncSession, id: int):\n{lines}")
    assert [f.fix for f in found] == [None]
    assert reason in found[0].unfixable


def test_no_session_is_at_hand() -> None:
    source = f"""{HEAD}

async def read(factory, id: int):
    account = await get_account(factory(), id)
    print(account.group)
"""
    found = check.findings(source)
    assert [f.unfixable for f in found] == [
        "no session is at hand to refresh it with; load it in get_account"
    ]


GET = "account = await get_account(session, id)\n"


@pytest.mark.parametrize(
    "body",
    [
        "account = await get_account_with_payments(session, id)\naccount.payments",
        "account = await get_account_with(session, id, *options)\naccount.group",
        "account = await get_cached_account(session, id)\naccount.group",
        GET + "await prepare(session, account)\naccount.payments",
        GET + "await anything(account)\naccount.group",
        GET + "await other(session, [account])\naccount.group",
        GET + "await session.refresh(account, names)\naccount.group",
        GET + "await session.refresh(account, **options)\naccount.group",
        GET + "group = await session.get(Group, account.group_id)\naccount.group",
        GET + "await session.run_sync(lambda s: print(account.group))",
        GET + "reader = lambda: account.group\nawait session.run_sync(reader)",
        GET + "def reader():\n    return account.group\nawait session.run_sync(reader)",
        GET + "account.group = Group(name='x')\naccount.group.name",
        GET + "account.name, account.group_id, account.id",
        GET + "Account.group, Account.payments",
        GET + "await account.awaitable_attrs.group\naccount.group",
        "query = select(Account).options(*options)\n(await session.scalars(query)).one().group",
        "query = add_options(select(Account))\n(await session.scalars(query)).one().group",
        "account = await session.get(Account, id, options=options)\naccount.group",
        "account = cache.get(Account, id)\naccount.group",
        "account = Account(group_id=1)\naccount.group",
        "account = Account(group_id=1)\nawait session.commit()\naccount.group",
        "account = Account(**values())\nsession.add(account)\nawait session.commit()\naccount.group",
        "account = Account(group_id=1)\nfill(account)\nsession.add(account)\n"
        "await session.commit()\naccount.group",
        "for account in session.query(Account):\n    account.payments",
        "if id:\n    account = await get_account(session, id)\n"
        "else:\n    account = Account()\naccount.group",
        "account = await get_account(session, id)\nif id:\n"
        "    await session.refresh(account, ['group'])\nif id:\n    account.group",
    ],
)
def test_what_may_have_been_loaded(body: str) -> None:
    clean(body)


def test_parameters_are_of_the_caller() -> None:
    check.clean(f"{HEAD}\n\nasync def read(account: Account) -> None:\n    print(account.group)\n")


def test_synchronous_code_loads_when_it_reads() -> None:
    check.clean(
        """
        from sqlalchemy.orm import Session

        from app.models import Account


        def read(session: Session, id: int) -> None:
            print(session.get(Account, id).group)


        async def read_in_a_task(session: Session, id: int) -> None:
            account = session.get(Account, id)
            print(account.group)
        """
    )


def test_a_helper_that_only_commits_loads_nothing() -> None:
    flags(
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await get_account(session, id)
    await touch(session, account)
    print(«account.payments»)
""",
        """\
async def read(session: AsyncSession, id: int) -> None:
    account = await get_account(session, id)
    await touch(session, account)
    await session.refresh(account, ["payments"])
    print(account.payments)
""",
    )


def test_strategies_that_cannot_be_read() -> None:
    models = """
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import DeclarativeBase, Mapped, backref, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Group(Base):
        __tablename__ = "groups"
        a: Mapped[list["Account"]] = relationship(**OPTIONS)
        b: Mapped[list["Account"]] = relationship(lazy=strategy())
        c: Mapped[list["Account"]] = relationship(lazy="noload")


    class Account(Base):
        __tablename__ = "accounts"
        group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
        group: Mapped["Group"] = relationship(backref=backref("d", **OPTIONS))
    """
    check.with_(others={"app/models.py": models}).clean(
        """
        from sqlalchemy.ext.asyncio import AsyncSession

        from app.models import Group


        async def read(session: AsyncSession) -> None:
            group = await session.get(Group, 1)
            print(group.a, group.b, group.c, group.d)
        """
    )
