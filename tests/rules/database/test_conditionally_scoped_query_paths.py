"""Tenants that some paths leave out and tenants that every path asks for (TSL303)."""

import pytest

from tests.harness import Check
from tests.rules.database.account_search import HEAD, check
from tests.tenant_service import MODELS, SERVICE

ON_SOME_PATHS = {
    "a query in a conditional expression": """
    query = select(Account).where(Account.name == name)
    query = query.where(Account.company_id == company_id) if company_id else query
    return await «session.scalar(query)»
""",
    "a query that is sent as one": """
    query = select(Account)
    return await «session.scalar(
        query if company_id is None else query.where(Account.company_id == company_id)
    )»
""",
    "a condition that is true otherwise": """
    own = Account.company_id == company_id if company_id else true()
    return await «session.scalar(select(Account).where(Account.name == name, own))»
""",
    "a condition that is True otherwise": """
    return await «session.scalar(
        select(Account).where(Account.company_id == company_id if company_id else True)
    )»
""",
    "a list with one condition more": """
    where = [Account.name == name, *([Account.company_id == company_id] if company_id else [])]
    return await «session.scalar(select(Account).where(*where))»
""",
    "a list that a match adds to": """
    where = [Account.name == name]
    match company_id:
        case None:
            pass
        case _:
            where.append(Account.company_id == company_id)
    return await «session.scalars(select(Account).where(*where))»
""",
    "a dict with one key more": """
    filters = {"name": name, **({"company_id": company_id} if company_id else {})}
    return await «session.scalars(select(Account).filter_by(**filters))»
""",
    "a query that a match adds to": """
    query = select(Account)
    match company_id:
        case int():
            query = query.where(Account.company_id == company_id)
    return await «session.scalars(query)»
""",
}
ON_EVERY_PATH = {
    "a conditional expression beside the condition": """
    query = select(Account).where(Account.company_id == company_id)
    query = query.where(Account.name == name) if name else query
    return await session.scalar(query)
""",
    "a conditional expression that scopes either way": """
    query = select(Account)
    own = query.where(Account.company_id == company_id)
    query = own if name else query.filter_by(company_id=company_id)
    return await session.scalar(query)
""",
    "true beside the condition": """
    query = select(Account).where(Account.company_id == company_id, true())
    return await session.scalar(query)
""",
    "a match behind the condition": """
    where = [Account.company_id == company_id]
    match name:
        case "":
            pass
        case _:
            where.append(Account.name == name)
    return await session.scalars(select(Account).where(*where))
""",
    "a match that leaves without the tenant": """
    where = [Account.name == name]
    match company_id:
        case None:
            return None
        case _:
            where.append(Account.company_id == company_id)
    return await session.scalars(select(Account).where(*where))
""",
    "another key of a dict that has the tenant": """
    filters = {"company_id": company_id}
    if name:
        filters["name"] = name
    return await session.scalars(select(Account).filter_by(**filters))
""",
    "no row at all otherwise": """
    own = Account.company_id == company_id if company_id else false()
    return await session.scalar(select(Account).where(own))
""",
}
MAYBE = "from sqlalchemy import false, true\n" + HEAD
MAYBE += "async def find(session: AsyncSession, name: str, company_id: int | None = None):"


@pytest.mark.parametrize("body", ON_SOME_PATHS.values(), ids=list(ON_SOME_PATHS))
def test_what_leaves_the_tenant_out_without_an_if(body: str) -> None:
    check.flags(MAYBE + body, after=None, message="scopes its query of Account")


@pytest.mark.parametrize("body", ON_EVERY_PATH.values(), ids=list(ON_EVERY_PATH))
def test_what_looks_like_it_and_asks_for_the_tenant(body: str) -> None:
    check.clean(MAYBE + body)
    Check("TSL302", path=check.path, others=SERVICE).clean(MAYBE + body)


SILENT = {
    "a required parameter is there": """
async def find(session: AsyncSession, company_id: int):
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "both branches ask": """
async def find(session: AsyncSession, company_id: int, name: str | None = None):
    query = select(Account).where(Account.company_id == company_id)
    if name is not None:
        query = query.where(Account.name == name)
    return await session.execute(query)
""",
    "without the tenant there is nothing": """
async def find(session: AsyncSession, company_id: int | None = None):
    if company_id is None:
        return []
    return await session.execute(select(Account).where(Account.company_id == company_id))
""",
    "a role decides": """
async def find(session: AsyncSession, company_id: int, user):
    query = select(Account)
    if not user.is_admin:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "a role of the caller's": """
async def find(session: AsyncSession, company_id: int, include_all_companies: bool):
    query = select(Account)
    if not include_all_companies:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "the tenant was refused before where it is missing": """
async def find(session: AsyncSession, name: str, company_id: int | None = None):
    if company_id is None and not name:
        raise ValueError
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "the tenant was asserted": """
async def find(session: AsyncSession, company_id: int | None = None):
    assert company_id
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "the tenant was filled in": """
async def find(session: AsyncSession, company_id: int | None = None):
    company_id = company_id or current_company()
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "a loop may run": """
async def find(session: AsyncSession, ids: list[int], company_id: int):
    conditions = []
    for one in ids:
        conditions.append(and_(Account.company_id == company_id, Account.id == one))
    if conditions:
        return await session.execute(select(Account).where(or_(*conditions)))
""",
    "the rows of nobody": """
async def find(session: AsyncSession, company_id: int | None = None):
    if company_id is not None:
        query = select(Account).where(Account.company_id == company_id)
    else:
        query = select(Account).where(Account.company_id.is_(None))
    return await session.execute(query)
""",
}


@pytest.mark.parametrize("source", SILENT.values(), ids=list(SILENT))
def test_a_condition_that_is_there_whenever_it_must_be(source: str) -> None:
    check.clean(HEAD + source)


OF_SOMEBODY = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Grant


async def find_grants(session: AsyncSession, kind: str, sub_id: int):
    query = select(Grant)
    if kind == "user":
        query = query.where(Grant.{column} == sub_id)
    else:
        query = query.where(Grant.company_id == sub_id)
    return await {call}
"""
GRANT = """

class Grant(Base):
    __tablename__ = "grants"
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    user_id: Mapped[int | None]
    number: Mapped[int]
"""


def test_the_other_way_asks_for_what_is_a_persons() -> None:
    grants = check.with_(others={"app/models.py": MODELS + GRANT})
    grants.clean(OF_SOMEBODY.format(column="user_id", call="session.scalars(query)"))
    grants.flags(OF_SOMEBODY.format(column="number", call="«session.scalars(query)»"), after=None)
