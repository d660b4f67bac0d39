"""Where TSL307 has no fix, and what may have been loaded after all."""

from __future__ import annotations

import pytest

from tests.rules.database.loading_code import HEAD, check


def clean(body: str, **others: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    check.clean(f"{HEAD}\n\nasync def read(session: AsyncSession, id: int):\n{lines}")


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
