"""What may tie a query to the tenant without naming it, and what looks like that and does not."""

import pytest

from tests.project.dataflow.queries_sent import ENDPOINT, UTILITY, last_verdict, sent_in
from tests.project.dataflow.verdict_names import PARTIAL, SCOPED, UNKNOWN, UNSCOPED
from tests.tenant_service import DEPS, MODELS
from turnstay_lint.project.dataflow.facts import Verdict

FURTHER = """

class Person(Base):
    __tablename__ = "people"
    name: Mapped[str]
    is_admin: Mapped[bool]


class Membership(Base):
    __tablename__ = "memberships"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Template(Base):
    __tablename__ = "templates"
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    is_public: Mapped[bool]
    account_ids: Mapped[list[int]]

    @classmethod
    async def read(cls, session, identifier: int, actor):
        ...
"""
PEOPLE = """
from pydantic import BaseModel

class Actor(BaseModel):
    id: int
    company_id: int
    is_admin: bool
    is_company_admin: bool

class Clerk(BaseModel):
    id: int
"""
NAMED = """__tablename__ = "companies"
    email: Mapped[str]
    label: Mapped[str] = mapped_column(unique=True)
    city: Mapped[str]
"""
COMPANIES = MODELS.replace('__tablename__ = "companies"\n', NAMED)
OTHERS = {"app/models.py": COMPANIES + FURTHER, "app/people.py": PEOPLE}

HEADER = """
from typing import TypeAlias, TypeVar

from app.helpers import read_agent, validate_account, log_access
from app.models import Membership, Person, Template
from app.people import Actor, Clerk

class Nodes:
    ...

Key: TypeAlias = int
T = TypeVar("T")

def get_company_by_key(session, key: str) -> Company:
    ...

def current_company() -> Company:
    ...

async def find(
    session: AsyncSession, company_id: int, company: Company, account: Account,
    account_id: int, ids: list[int], flag: bool, data, node, actor: Actor, clerk: Clerk,
    template: Template, person: Person, person_id: int, name: str,
    payments: dict[int, Payment], template_id: int, names: list[str],
    key: Key, keys: list[Key], those: list[T],
):
"""

OF_ACCOUNT = "await session.execute(select(Payment).where(Payment.account_id == account_id))"
ALL = "await session.execute(select(Account))"

CASES = [
    # ids that somebody who knows the tenant was asked for
    ("validated by the tenant", UNKNOWN,
     f"await validate_account(session, account_id, company_id)\n{OF_ACCOUNT}"),
    ("validated by who has the tenant's id", UNKNOWN,
     f"await validate_account(session, account_id, actor)\n{OF_ACCOUNT}"),
    ("validated by who has none", UNSCOPED,
     f"await validate_account(session, account_id, clerk)\n{OF_ACCOUNT}"),
    ("written to a log with the tenant", UNSCOPED,
     f"await log_access(company_id, account_id)\n{OF_ACCOUNT}"),
    ("asked for in a condition", UNKNOWN,
     f"if not await validate_account(account_id, actor):\n    raise ValueError\n{OF_ACCOUNT}"),
    ("another id was validated", UNSCOPED,
     f"await validate_account(session, template_id, company_id)\n{OF_ACCOUNT}"),
    ("read by a generic repository", UNKNOWN,
     "await Template.read(session, identifier=account_id, actor=actor)\n" + OF_ACCOUNT),
    ("read by a generic repository, positionally", UNKNOWN,
     f"await Template.read(session, account_id, actor)\n{OF_ACCOUNT}"),
    ("read by a generic repository for nobody", UNSCOPED,
     f"await Template.read(session, account_id, None)\n{OF_ACCOUNT}"),
    ("its own id", UNKNOWN, """
        found = await Template.read(session, identifier=account_id, actor=actor)
        await session.execute(select(Payment).where(Payment.account_id == found.id))
    """),
    # ids of what was found with the tenant
    ("found with the tenant, and there", SCOPED, f"""
        found = await session.scalar(
            select(Account).where(Account.id == account_id, Account.company_id == company_id))
        if found is None:
            raise ValueError
        {OF_ACCOUNT}
    """),
    ("found with the tenant, or an error", SCOPED, f"""
        (await session.execute(select(Account).where(
            Account.id == account_id, Account.company_id == company_id))).scalar_one()
        {OF_ACCOUNT}
    """),
    ("asked for with the tenant, found or not", UNSCOPED, f"""
        found = await session.scalar(
            select(Account).where(Account.id == account_id, Account.company_id == company_id))
        {OF_ACCOUNT}
    """),
    ("found without the tenant, and there", UNSCOPED, f"""
        found = await session.get(Account, account_id)
        if found is None:
            raise ValueError
        {OF_ACCOUNT}
    """),
    ("found, and its owner checked", SCOPED, f"""
        found = await session.get(Account, account_id)
        if found.company_id != company.id:
            raise ValueError
        {OF_ACCOUNT}
    """),
    ("found by a query of a helper", UNKNOWN, f"""
        found = data.base_query(session, Account).filter(Account.id == account_id).first()
        if found is None:
            raise ValueError
        {OF_ACCOUNT}
    """),
    # owners that are checked
    ("compared with who has the tenant's id", SCOPED, """
        found = await session.get(Account, account_id)
        if found.company_id != actor.company_id:
            raise ValueError
    """),
    ("compared with an owned object's tenant", SCOPED, """
        found = await session.get(Account, account_id)
        if found.company_id != account.company_id:
            raise ValueError
    """),
    ("compared with another that nobody owns", UNSCOPED, """
        other = await session.get(Account, template_id)
        found = await session.get(Account, account_id)
        if found.company_id != other.company_id:
            raise ValueError
    """),
    ("checked in one breath", SCOPED, """
        if (found := await session.get(Account, account_id)) is None or (
            found.company_id != company.id
        ):
            raise ValueError
    """),
    ("the tenant of what is owned", SCOPED,
     "await session.execute(select(Account).where(Account.company_id == account.company_id))"),
    # what an owned object keeps
    ("keys that an owned object keeps", UNKNOWN,
     "await session.execute(select(Account).where(Account.id.in_(template.account_ids)))"),
    ("keys that anybody's object keeps", UNSCOPED, """
        found = await session.get(Template, template_id)
        await session.execute(select(Account).where(Account.id.in_(found.account_ids)))
    """),
    ("the name of what is owned", UNKNOWN,
     "await session.execute(select(Account).where(Account.name == account.name))"),
    ("the status of what is owned", UNSCOPED,
     "await session.execute(select(Account).where(Account.status == account.status))"),
    ("objects in a dict", SCOPED, """
        found = [payment.id for payment in payments.values()]
        await session.execute(select(Refund).where(Refund.payment_id.in_(found)))
    """),
    ("the id of what is handed in without a type", UNKNOWN,
     "await session.execute(select(Payment).where(Payment.account_id == node.id))"),
    ("the id in what somebody sent", UNSCOPED,
     "await session.execute(select(Payment).where(Payment.account_id == data.id))"),
    ("a column of a row that is owned", SCOPED, """
        rows = await session.execute(
            select(Account.id, Account.name).where(Account.company_id == company_id))
        row = rows.first()
        await session.execute(select(Payment).where(Payment.account_id == row.id))
    """),
    ("a column of a row that nobody owns", UNSCOPED, """
        row = (await session.execute(select(Account.id, Account.name))).first()
        await session.execute(select(Payment).where(Payment.account_id == row.id))
    """),
    # rows of nobody and everybody
    ("rows of no tenant", UNKNOWN,
     "await session.execute(select(Template).where(Template.company_id.is_(None)))"),
    ("the tenant's and nobody's", UNKNOWN,
     "await session.execute(select(Template).where(or_("
     "Template.company_id == company_id, Template.company_id.is_(None))))"),
    ("rows of no tenant where each has one", UNSCOPED,
     "await session.execute(select(Account).where(Account.company_id.is_(None)))"),
    ("rows that everybody may see", UNKNOWN,
     "await session.execute(select(Template).where(Template.is_public == True))"),
    ("rows that everybody may see, tersely", UNKNOWN,
     "await session.execute(select(Template).where(Template.is_public))"),
    ("rows that not everybody may see", UNSCOPED,
     "await session.execute(select(Template).where(Template.is_public == False))"),
    # which tenants may I see
    ("the tenants of a person", UNKNOWN,
     "await session.execute(select(Company).join(Membership,"
     " Membership.company_id == Company.id).where(Membership.person_id == person.id))"),
    ("the tenants of somebody by id", UNKNOWN,
     "await session.execute(select(Company).join(Membership,"
     " Membership.company_id == Company.id).where(Membership.person_id == person_id))"),
    ("the tenants of somebody by a subquery", UNKNOWN,
     "await session.execute(select(Company).where(Company.id.in_("
     "select(Membership.company_id).where(Membership.person_id == person_id))))"),
    ("the tenants of a person, outer joined", UNKNOWN,
     "await session.execute(select(Company).outerjoin(Membership, and_("
     "Membership.company_id == Company.id, Membership.person_id == person.id))"
     ".where(Membership.person_id.is_not(None)))"),
    ("the tenants of anybody", UNSCOPED,
     "await session.execute(select(Company).join(Membership,"
     " Membership.company_id == Company.id))"),
    ("memberships of somebody by id", UNSCOPED,
     "await session.execute(select(Membership).where(Membership.person_id == person_id))"),
    # the tenant by its name
    ("the tenant by its name", UNKNOWN,
     "await session.execute(select(Company).where(Company.name == name))"),
    ("the tenant by its name in lower case", UNKNOWN,
     "await session.execute(select(Company).where(func.lower(Company.name) == func.lower(name)))"),
    ("the tenant by its unique column", UNKNOWN,
     "await session.execute(select(Company).where(Company.label == data))"),
    ("tenants by their unique column", UNKNOWN,
     "await session.execute(select(Company).where(Company.label.in_(names)))"),
    ("tenants by their addresses", UNKNOWN,
     "await session.execute(select(Company).where(Company.email.in_(names)))"),
    ("tenants by what several share", UNSCOPED,
     "await session.execute(select(Company).where(Company.city.in_(names)))"),
    ("accounts by their names", UNSCOPED,
     "await session.execute(select(Account).where(Account.name.in_(names)))"),
    # the tenant by an id whose type has a name of its own
    ("the tenant by a named type", UNKNOWN, "await session.get(Company, key)"),
    ("tenants by a named type", UNKNOWN,
     "await session.execute(select(Company).where(Company.id.in_(set(keys))))"),
    ("tenants by a type variable", UNKNOWN,
     "await session.execute(select(Company).where(Company.id.in_(those)))"),
    ("tenants by plain ids", UNSCOPED,
     "await session.execute(select(Company).where(Company.id.in_(ids)))"),
    ("accounts by a named type", UNSCOPED,
     "await session.execute(select(Account).where(Account.id.in_(keys)))"),
    ("all tenants", UNSCOPED, "await session.execute(select(Company))"),
    ("a tenant by its id", UNSCOPED, "await session.get(Company, account_id)"),
    ("is the name of a new tenant free", SCOPED, """
        taken = await session.execute(select(Company.id).where(Company.id == account_id))
        session.add(Company(name=name))
    """),
    ("the tenant that somebody picks", UNKNOWN, """
        picked = get_company_by_key(session, name)
        await session.execute(select(Account).where(Account.company_id == picked.id))
    """),
    ("the tenant that the code runs for", SCOPED, """
        ours = current_company()
        await session.execute(select(Account).where(Account.company_id == ours.id))
    """),
    # what was written is read back
    ("read back after an insert", UNKNOWN, """
        await session.execute(insert(Account).values(name=name))
        await session.execute(select(Account).where(Account.name == name))
    """),
    ("changed after an insert", UNSCOPED, """
        await session.execute(insert(Account).values(name=name))
        await session.execute(update(Account).where(Account.name == name).values(status=""))
    """),
    ("read after an insert of something else", UNSCOPED, """
        await session.execute(insert(Payment).values(status=name))
        await session.execute(select(Account).where(Account.name == name))
    """),
    # text is not understood, whatever it is given
    ("text that is given an owned key", Verdict.UNVERIFIABLE,
     "await session.execute(text('SELECT * FROM payments WHERE account_id = :a'),"
     " {'a': account.id})"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), CASES, ids=[case[0] for case in CASES])
def test_what_may_tie_a_query_to_the_tenant(name: str, expected: Verdict, code: str) -> None:
    assert last_verdict(code, HEADER, OTHERS) is expected, name


ROLES = [
    ("who sees every tenant", UNKNOWN, f"if person.is_admin:\n    {ALL}"),
    ("who sees every tenant, by role", UNKNOWN, f"if person.role == Role.ADMIN:\n    {ALL}"),
    ("who sees every tenant, by a call", UNKNOWN, f"if is_superuser(person):\n    {ALL}"),
    ("who does not", UNSCOPED, f"if not person.is_admin:\n    {ALL}"),
    ("who does not, by role", UNSCOPED, f"if person.role != 'admin':\n    {ALL}"),
    ("the others", UNSCOPED, f"if person.is_admin:\n    pass\nelse:\n    {ALL}"),
    ("the administrator of one tenant", UNSCOPED, f"if actor.is_company_admin:\n    {ALL}"),
    ("who is asked for by a constant", UNKNOWN, f"if person.role in ('admin', 'root'):\n    {ALL}"),
    ("a person who administers", UNSCOPED, f"if account.admin is not None:\n    {ALL}"),
    ("the staff of a house", UNSCOPED, f"if company.staff:\n    {ALL}"),
    ("another attribute", UNSCOPED, f"if person.is_active:\n    {ALL}"),
    ("only they go on", UNKNOWN, f"if not person.is_admin:\n    raise ValueError\n{ALL}"),
    ("they are answered first", UNSCOPED, f"if person.is_admin:\n    return None\n{ALL}"),
    ("the role is demanded", UNKNOWN, f"require_admin(person)\n{ALL}"),
    ("the role of one tenant is demanded", UNSCOPED, f"require_company_admin(person)\n{ALL}"),
    ("a filter for the others", UNKNOWN, """
        query = select(Account)
        if not person.is_superuser:
            query = query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("a filter for somebody else", PARTIAL, """
        query = select(Account)
        if not person.is_active:
            query = query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("a filter in a list for the others", UNKNOWN, """
        filters = [Account.status == name]
        if not person.is_superuser:
            filters.append(Account.company_id == company_id)
        await session.execute(select(Account).where(*filters))
    """),
    ("a filter for the others in an expression", UNKNOWN, """
        query = select(Account)
        query = query if person.is_admin else query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("the others are checked", UNKNOWN, f"""
        if not person.is_admin:
            for one in ids:
                if one not in person.account_ids:
                    raise ValueError
        {ALL}
    """),
    ("in an inner function", UNKNOWN, f"""
        if person.is_admin:
            async def inner():
                {ALL}
    """),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), ROLES, ids=[case[0] for case in ROLES])
def test_branches_of_those_who_see_every_tenant(name: str, expected: Verdict, code: str) -> None:
    assert last_verdict(code, HEADER, OTHERS) is expected, name


IN_ENDPOINT = [
    ("a getter was asked", SCOPED, f"await access.get_account(account_id)\n{OF_ACCOUNT}"),
    ("a finder was asked", SCOPED, f"await access.get_account(account_id=account_id)\n{OF_ACCOUNT}"),
    ("a getter was asked for another", UNSCOPED, f"await access.get_account(1)\n{OF_ACCOUNT}"),
    ("the getter is asked afterwards", UNSCOPED, f"""
        result = {OF_ACCOUNT}
        return result
    """),
    ("a getter was asked for what the client sent", SCOPED, """
        await access.get_account(request_data.account_id)
        await session.execute(
            select(Payment).where(Payment.account_id == request_data.account_id))
    """),
    ("the tenant by the client's name for it", UNSCOPED,
     "await session.execute(select(Company).where(Company.name == request_data.name))"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected", "code"), IN_ENDPOINT, ids=[case[0] for case in IN_ENDPOINT]
)
def test_ids_in_an_endpoint(name: str, expected: Verdict, code: str) -> None:
    others = {"app/api/deps.py": DEPS}
    assert last_verdict(code, ENDPOINT, others) is expected, name


def test_a_named_type_of_what_the_client_sent_says_nothing() -> None:
    header = "Key = int\n" + ENDPOINT.replace("account_id: int", "key: Key, account_id: int")
    others = {"app/api/deps.py": DEPS}
    assert last_verdict("await session.get(Company, key)", header, others) is UNSCOPED


def test_the_usual_header_sees_none_of_this() -> None:
    assert last_verdict(OF_ACCOUNT, UTILITY) is UNSCOPED


TABLES = """
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

metadata = MetaData()
invoices = Table(
    "invoices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("company_id", ForeignKey("companies.id")),
    Column("account_id", ForeignKey("accounts.id")),
)
labels = Table("labels", metadata, Column("id", Integer, primary_key=True))
"""

OF_TABLES = [
    ("of the tenant", SCOPED, "select(invoices).where(invoices.c.company_id == company_id)"),
    ("of anybody", UNSCOPED, "select(invoices).where(invoices.c.id == account_id)"),
    ("of what is owned", SCOPED, "select(invoices).where(invoices.c.account_id == account.id)"),
    ("a method of the table", SCOPED,
     "invoices.select().where(invoices.c.company_id == company_id)"),
    ("a method of the table, of anybody", UNSCOPED, "invoices.select()"),
    ("changed", UNSCOPED, "invoices.update().where(invoices.c.id == account_id).values(id=1)"),
    ("deleted", SCOPED, "delete(invoices).where(invoices.c.company_id == company.id)"),
    ("joined", SCOPED,
     "select(Account).join(invoices, invoices.c.account_id == Account.id)"
     ".where(invoices.c.company_id == company_id)"),
    ("joined to anybody's", UNSCOPED,
     "select(Account).join(invoices, invoices.c.account_id == Account.id)"
     ".where(invoices.c.id == account_id)"),
    ("of nobody", SCOPED, "select(labels)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "query"), OF_TABLES, ids=[c[0] for c in OF_TABLES])
def test_a_table_that_no_class_maps(name: str, expected: Verdict, query: str) -> None:
    header = "from app.tables import invoices, labels\n" + UTILITY
    found = sent_in(f"await session.execute({query})", header, {"app/tables.py": TABLES})
    assert [s.judgement.verdict for s in found] in ([expected], [] if expected is SCOPED else None)
