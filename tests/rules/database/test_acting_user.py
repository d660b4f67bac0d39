"""Where the tenant is a user: whether the one at hand is whose the rows are, or only who asks."""

import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    __tablename__ = "users"


class Node(Base):
    __tablename__ = "nodes"
    name: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
"""
HEAD = """
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.history import Event, check_access, draw, save, save_history
from app.models import Node, User


async def work(session: AsyncSession, user: User, ids: list[int]):
"""


check = Check(
    "TSL302",
    path="app/nodes.py",
    others={"app/models.py": MODELS},
    settings=Settings(tenant_model="User", tenant_column="author_id"),
)
SELECT = "    nodes = await «session.scalars(select(Node).where(Node.id.in_(ids)))»\n"
FIXED = (
    "    nodes = await session.scalars(\n"
    "        select(Node).where(Node.id.in_(ids), Node.author_id == user.id)\n"
    "    )\n"
)

TOLD = [
    ("a check", "    check_access(user, nodes)\n", "check_access"),
    ("the history", "    save_history(nodes, user=user)\n", "save_history"),
    ("the history by a column", "    save_history(nodes, user.id)\n", "save_history"),
    ("an event", "    session.add(Event(user=user))\n", "Event"),
    ("what is given the history too", "    save(nodes, user, save_history)\n", "save_history"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "told"), TOLD, ids=[case[0] for case in TOLD])
def test_a_user_who_is_handed_to_a_check_or_the_history(name: str, line: str, told: str) -> None:
    check.flags(
        HEAD + SELECT + line,
        after=None,
        reason=f"user.id is who asks: user is handed to {told} as such",
        message="work queries Node without the user",
    )


@pytest.mark.parametrize(
    "line", ["", "    draw(user, nodes)\n", "    check_access(ids)\n", "    save_history(nodes)\n"]
)
def test_a_user_who_is_not(line: str) -> None:
    check.flags(
        HEAD + SELECT + line,
        after=HEAD + FIXED + line,
        unsafe=True,
        message="work queries Node without user.id, which it has",
    )


@pytest.mark.parametrize(
    ("statement", "change"),
    [
        ("delete(Node).where(Node.id.in_(ids))", "delete"),
        ("update(Node).where(Node.id.in_(ids)).values(name='')", "update"),
    ],
)
def test_what_changes_rows(statement: str, change: str) -> None:
    check.flags(
        HEAD + f"    await «session.execute({statement})»\n",
        after=None,
        reason=f"user.id is who asks; whether only who made a row may {change} it"
        " a person must say",
    )


def test_a_company_is_no_person() -> None:
    models = MODELS.replace("User", "Company").replace("author_id", "company_id")
    company = check.with_(others={"app/models.py": models}, settings=Settings())
    head = HEAD.replace("user: User", "company: Company").replace("User", "Company")
    line = "    save_history(ids, company)\n"
    company.flags(
        head + "    await «session.execute(delete(Node).where(Node.id.in_(ids)))»\n" + line,
        after=head
        + "    await session.execute(\n"
        + "        delete(Node).where(Node.id.in_(ids), Node.company_id == company.id)\n"
        + "    )\n"
        + line,
        unsafe=True,
    )


GIVEN = """
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Node


async def work(session: AsyncSession, company_id: int, ids: list[int]):
"""


def test_rows_that_are_given_to_the_tenant_at_hand() -> None:
    models = MODELS.replace("User", "Company").replace("author_id", "company_id")
    company = check.with_(others={"app/models.py": models}, settings=Settings())
    company.flags(
        GIVEN
        + "    await «session.execute(\n"
        + "        update(Node).where(Node.id.in_(ids)).values(company_id=company_id)\n"
        + "    )»\n",
        after=None,
        reason="it gives rows to another company; whose they are before nobody says",
    )


def test_rows_that_are_made_are_not_given_away() -> None:
    models = MODELS.replace("User", "Company").replace("author_id", "company_id")
    company = check.with_(others={"app/models.py": models}, settings=Settings())
    made = "    await session.execute(insert(Node).values(company_id=company_id))\n"
    company.flags(
        GIVEN + made + "    await «session.execute(update(Node).values(name=''))»\n",
        after=GIVEN
        + made
        + "    await session.execute(\n"
        + "        update(Node).where(Node.company_id == company_id).values(name='')\n"
        + "    )\n",
        unsafe=True,
    )
