"""Conditions of which nobody can say from the code that they forget the tenant: silent."""

from tests.harness import Check
from tests.tenant_service import MODELS, SERVICE

MEMBERS = """

class Person(Base):
    __tablename__ = "people"
    name: Mapped[str]


class Membership(Base):
    __tablename__ = "memberships"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class OAuthSession(Base):
    __tablename__ = "oauth_sessions"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    state: Mapped[str]
"""

HEAD = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company, Membership, OAuthSession, Person


"""

check = Check("TSL302", path="app/api/utils/account_utils.py", others=SERVICE).with_(
    others={"app/models.py": MODELS + MEMBERS}
)


def test_what_belongs_to_the_person_that_is_handed_in() -> None:
    check.clean(
        HEAD
        + """
async def companies_of(session: AsyncSession, person: Person):
    return await session.scalars(select(Membership).where(Membership.person_id == person.id))
"""
    )


def test_an_id_that_somebody_sent_is_no_person() -> None:
    check.flags(
        HEAD
        + """
async def companies_of(session: AsyncSession, person_id: int):
    return await «session.scalars(select(Membership).where(Membership.person_id == person_id))»
""",
        after=None,
    )


def test_the_state_of_a_handshake_is_a_secret() -> None:
    check.clean(
        HEAD
        + """
async def session_of(session: AsyncSession, state: str):
    return await session.scalar(select(OAuthSession).where(OAuthSession.state == state))
"""
    )


def test_a_tenant_fetched_unscoped_is_one_finding_and_not_two() -> None:
    check.flags(
        HEAD
        + """
async def rows_of(session: AsyncSession, company_key: int):
    company = await «session.get(Company, company_key)»
    return await session.scalars(select(Account).where(Account.company_id == company.id))
""",
        after=None,
    )


def test_tenants_picked_by_names_that_a_helper_knows() -> None:
    check.clean(
        "from app import elsewhere\n"
        + HEAD
        + """
async def pick(session: AsyncSession):
    name = await elsewhere.name_of_the_day()
    return await session.scalars(select(Company).where(Company.name == name))
"""
    )


def test_a_loop_that_looks_after_every_tenant() -> None:
    check.clean(
        "from threading import Thread\n"
        + HEAD
        + """
class Sweeper(Thread):
    async def sweep(self, session: AsyncSession):
        return await session.scalars(select(Account))
"""
    )
    check.flags(
        HEAD
        + """
class Sweeper:
    async def sweep(self, session: AsyncSession):
        return await «session.scalars(select(Account))»
""",
        after=None,
    )
