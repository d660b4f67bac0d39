"""Every row of the verdict table of the rules' catalog, in each form a query can take."""

from textwrap import dedent

import pytest

from tests.project.dataflow.queries_sent import ENDPOINT, UTILITY, sent_in, verdict
from tests.tenant_service import MODELS
from turnstay_lint.project.dataflow.facts import Verdict

SCOPED = Verdict.SCOPED
UNSCOPED = Verdict.UNSCOPED
PARTIAL = Verdict.PARTIAL
UNKNOWN = Verdict.UNKNOWN
UNVERIFIABLE = Verdict.UNVERIFIABLE
FROM_REQUEST = Verdict.FROM_REQUEST

FORMS = {
    "select": "await session.execute(select({M}).where({condition}))",
    "update": 'await session.execute(update({M}).where({condition}).values(status=""))',
    "delete": "await session.execute(delete({M}).where({condition}))",
    "count": "await session.scalar(select(func.count()).select_from({M}).where({condition}))",
    "ids": "await session.scalars(select({M}.id).where({condition}))",
    "legacy": "session.query({M}).filter({condition}).all()",
}

CONDITIONS = [
    # M.company_id == tenant, filter_by, in_([tenant])
    ("Account", "Account.company_id == company_id", SCOPED),
    ("Account", "company_id == Account.company_id", SCOPED),
    ("Account", "Account.company_id == company.id", SCOPED),
    ("Account", "Account.company == company", SCOPED),
    ("Account", "Account.company_id.in_([company_id])", SCOPED),
    ("Account", "Account.company_id.in_([company_id, company.id])", SCOPED),
    ("Account", "Account.company_id.is_(company_id)", SCOPED),
    ("Account", "Account.id == account_id", UNSCOPED),
    ("Account", "Account.id == 1", UNSCOPED),
    ("Account", "Account.id.in_(ids)", UNSCOPED),
    ("Account", "Account.name == data.name", UNSCOPED),
    ("Account", "Account.company_id.is_(None)", UNSCOPED),
    ("Account", "Account.company_id.is_not(None)", UNSCOPED),
    ("Account", "Account.company_id > 0", UNSCOPED),
    ("Account", "Account.company_id.like(f'{company_id}.%')", UNKNOWN),
    ("Account", "Account.name.like(data.name)", UNSCOPED),
    ("Company", "Company.id == company_id", SCOPED),
    ("Company", "Company.id == company.id", SCOPED),
    ("Company", "Company.id == account_id", UNSCOPED),
    ("Company", "Company.id == account.company_id", SCOPED),
    # M.fk == owned.id, M.id == owned.fk
    ("Payment", "Payment.account_id == account.id", SCOPED),
    ("Payment", "Payment.account == account", SCOPED),
    ("Payment", "Payment.account_id == account_id", UNSCOPED),
    ("Payment", "Payment.account_id == data.account_id", UNSCOPED),
    ("Account", "Account.id == account.parent_id", SCOPED),
    ("Account", "Account.id == account.id", SCOPED),
    ("Account", "Account.parent_id == account.id", SCOPED),
    ("Account", "Account.currency_id == account.currency_id", UNSCOPED),
    # or_ only if every arm is; != and not_ never
    ("Account", "or_(Account.company_id == company_id, Account.id == account_id)", UNSCOPED),
    ("Account", "or_(Account.company_id == company_id, Account.company_id == company.id)", SCOPED),
    ("Account", "(Account.company_id == company_id) | (Account.id == account_id)", UNSCOPED),
    ("Account", "(Account.company_id == company_id) & (Account.id == account_id)", SCOPED),
    ("Account", "and_(Account.id == account_id, Account.company_id == company_id)", SCOPED),
    (
        "Account",
        "or_(and_(Account.company_id == company_id, Account.id == 1), Account.id == 2)",
        UNSCOPED,
    ),
    (
        "Account",
        "or_(and_(Account.company_id == company_id, Account.id == 1),"
        " and_(Account.id == 2, Account.company_id == company_id))",
        SCOPED,
    ),
    ("Account", "Account.company_id != company_id", UNSCOPED),
    ("Account", "not_(Account.company_id == company_id)", UNSCOPED),
    ("Account", "~(Account.company_id == company_id)", UNSCOPED),
    ("Account", "Account.company_id.not_in([company_id])", UNSCOPED),
    # in_(subquery), exists()
    (
        "Payment",
        "Payment.account_id.in_(select(Account.id).where(Account.company_id == company_id))",
        SCOPED,
    ),
    ("Payment", "Payment.account_id.in_(select(Account.id))", UNSCOPED),
    (
        "Payment",
        "Payment.account_id.in_(select(Account.id).where(Account.id == account_id))",
        UNSCOPED,
    ),
    (
        "Payment",
        "Payment.status.in_(select(Account.status).where(Account.company_id == company_id))",
        UNSCOPED,
    ),
    (
        "Payment",
        "exists().where(Account.id == Payment.account_id, Account.company_id == company_id)",
        SCOPED,
    ),
    (
        "Payment",
        "select(Account).where(Account.id == Payment.account_id,"
        " Account.company_id == company_id).exists()",
        SCOPED,
    ),
    (
        "Payment",
        "exists(select(Account.id).where(Account.company_id == company_id))",
        UNSCOPED,
    ),
    ("Payment", "exists().where(Account.id == Payment.account_id)", UNSCOPED),
    (
        "Payment",
        "~exists().where(Account.id == Payment.account_id, Account.company_id == company_id)",
        UNSCOPED,
    ),
    ("Payment", "Payment.account.has(Account.company_id == company_id)", SCOPED),
    ("Payment", "Payment.account.has(company_id=company_id)", SCOPED),
    ("Payment", "Payment.account.has(id=account_id)", UNSCOPED),
    ("Payment", "Payment.account.has()", UNSCOPED),
    ("Refund", "Refund.payment.has(Payment.account.has(company_id=company_id))", SCOPED),
    ("Account", "Account.payments.any(Payment.account_id == account.id)", SCOPED),
    ("Account", "Account.payments.any(status=data.status)", UNSCOPED),
    # what cannot be read is unknown
    ("Account", "...", UNKNOWN),
    ("Account", "*conditions", UNKNOWN),
    ("Account", "only_visible(Account)", UNKNOWN),
    ("Account", "data.condition()", UNKNOWN),
    ("Account", "func.lower(Account.name) == data.name", UNSCOPED),
    ("Account", "true()", UNSCOPED),
    ("Account", "text('status = 1')", UNSCOPED),
    ("Account", "text('company_id = :c')", UNKNOWN),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("model", "condition", "expected"), CONDITIONS, ids=lambda v: str(v))
def test_conditions(form: str, model: str, condition: str, expected: Verdict) -> None:
    assert verdict(FORMS[form].format(M=model, condition=condition)) is expected


STATEMENTS = [
    # filter_by, and what may hide in it
    ("select(Account).filter_by(company_id=company_id)", SCOPED),
    ("select(Account).filter_by(company=company)", SCOPED),
    ("select(Account).filter_by(id=account_id)", UNSCOPED),
    ("select(Account).filter_by(**kwargs)", UNKNOWN),
    ("select(Account).filter_by(**{'company_id': company_id})", SCOPED),
    ("select(Account)", UNSCOPED),
    ("select(Account).order_by(Account.id).limit(5)", UNSCOPED),
    ("select(Currency)", SCOPED),
    ("select(Currency).where(Currency.id == account_id)", SCOPED),
    # inner join on a foreign key to a scoped entity
    ("select(Payment).join(Account).where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).join(Payment.account).where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).join(Account, Payment.account_id == Account.id)"
     ".where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).join(Account, Payment.account).filter_by(company_id=company_id)", SCOPED),
    ("select(Payment).join(Account, and_(Account.id == Payment.account_id,"
     " Account.company_id == company_id))", SCOPED),
    ("select(Payment).join(Payment.account.and_(Account.company_id == company_id))", SCOPED),
    ("select(Payment).select_from(join(Payment, Account, Payment.account_id == Account.id))"
     ".where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).join_from(Payment, Account).where(Account.company_id == company_id)", SCOPED),
    ("select(Refund).join(Payment).join(Account).where(Account.company_id == company_id)", SCOPED),
    ("select(Refund).join(Refund.payment).join(Payment.account)"
     ".where(Account.company_id == company_id)", SCOPED),
    ("select(func.count(Payment.id)).join(Payment.account)"
     ".where(Account.company_id == company_id)", SCOPED),
    # a join that is built by itself, of classes or of their tables
    ("select(Payment).select_from(Payment.__table__.join(Account,"
     " Account.id == Payment.account_id)).where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).select_from(Payment.__table__.join(Account.__table__))"
     ".where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).select_from(orm.join(Payment, Account, Payment.account))"
     ".where(Account.company_id == company_id)", SCOPED),
    ("select(join(Payment, Account)).where(Account.company_id == company_id)", SCOPED),
    ("select(Payment).select_from(Payment.__table__.join(Account,"
     " Account.id == Payment.account_id)).where(Account.id == account_id)", UNSCOPED),
    ("select(Payment).select_from(Payment.__table__.join(Account,"
     " Account.status == Payment.status)).where(Account.company_id == company_id)", UNSCOPED),
    ("select(Payment).select_from(orm.join(Payment, Account, and_(Account.id == Payment.account_id,"
     " Account.company_id == company_id), isouter=True))", UNSCOPED),
    ("select(join(Payment, Account)).where(Account.id == account_id)", UNSCOPED),
    ("Payment.__table__.delete().where(Payment.id == account_id)", UNSCOPED),
    # HAVING keeps groups back, whose rows share what they are grouped by
    ("select(func.count(Account.id)).group_by(Account.company_id)"
     ".having(Account.company_id == company_id)", SCOPED),
    ("select(func.count(Payment.id)).join_from(Account, Payment).group_by(Account.id)"
     ".having(Account.company_id == company_id)", SCOPED),
    ("select(Account.status).group_by(Account.status)"
     ".having(func.max(Account.company_id) == company_id)", UNKNOWN),
    ("select(Account.status).group_by(Account.status).having(func.count(Account.id) > 1)",
     UNSCOPED),
    ("select(Account.status).group_by(Account.status).having(Account.status == data.status)",
     UNSCOPED),
    ("select(Account.status).group_by(Account.status).having(data.condition)", UNKNOWN),
    ("select(Payment).join(Account)", UNSCOPED),
    ("select(Payment).join(Account).where(Account.id == account_id)", UNSCOPED),
    ("select(Payment).join(Account, Payment.status == Account.status)"
     ".where(Account.company_id == company_id)", UNSCOPED),
    # two entities without a join: each by itself
    ("select(Payment, Account).where(Account.company_id == company_id)", UNSCOPED),
    ("select(Payment, Account).where(Payment.account_id == Account.id,"
     " Account.company_id == company_id)", SCOPED),
    ("select(Account, User).where(Account.company_id == company_id,"
     " User.company_id == company_id)", SCOPED),
    ("select(Account, User).where(Account.company_id == company_id,"
     " User.company_id == Account.company_id)", SCOPED),
    ("select(Account, Currency).where(Account.company_id == company_id)", SCOPED),
    # outer join: the ON clause alone does not scope
    ("select(Payment).outerjoin(Account, and_(Account.id == Payment.account_id,"
     " Account.company_id == company_id))", UNSCOPED),
    ("select(Payment).join(Account, and_(Account.id == Payment.account_id,"
     " Account.company_id == company_id), isouter=True)", UNSCOPED),
    ("select(Payment).outerjoin(Payment.account).where(Account.company_id == company_id)", SCOPED),
    ("select(Account, Payment).outerjoin(Payment, Payment.account_id == Account.id)"
     ".where(Account.company_id == company_id)", SCOPED),
    ("select(Account, Payment).outerjoin(Payment, Payment.account_id == Account.id)", UNSCOPED),
    # an alias is an entity of its own
    ("select(aliased(Account)).where(Account.company_id == company_id)", UNSCOPED),
    # unions: all arms
    ("select(Account).where(Account.company_id == company_id).union("
     "select(Account).where(Account.company_id == company.id))", SCOPED),
    ("select(Account).where(Account.company_id == company_id).union_all(select(Account))",
     UNSCOPED),
    ("union(select(Account.id), select(Account.id).where(Account.company_id == company_id))",
     UNSCOPED),
    # loader criteria
    ("select(Account).options(with_loader_criteria(Account, Account.company_id == company_id))",
     SCOPED),
    ("select(Account).options(with_loader_criteria(Account, lambda a: a.company_id == company_id))",
     SCOPED),
    ("select(Account).options(with_loader_criteria(Account, lambda a: a.id == account_id))",
     UNSCOPED),
    ("select(Account).options(selectinload(Account.currency))", UNSCOPED),
    # text and Core tables
    ("text('SELECT * FROM accounts')", UNVERIFIABLE),
    ("text('SELECT * FROM accounts WHERE company_id = :company_id')", SCOPED),
    ("text(f'SELECT * FROM accounts WHERE company_id = {company_id}')", SCOPED),
    ("text('SELECT * FROM accounts a JOIN users u ON a.company_id = u.company_id')", UNVERIFIABLE),
    ("text('UPDATE accounts SET name = :n WHERE id = :id')", UNVERIFIABLE),
    ("text('DELETE FROM payments')", UNVERIFIABLE),
    ("text('INSERT INTO accounts (company_id, name) VALUES (:c, :n)')", SCOPED),
    ("text('INSERT INTO accounts (name) VALUES (:n)')", UNVERIFIABLE),
    ("text('SELECT * FROM currencies')", SCOPED),
    ("select(Account).from_statement(text('SELECT * FROM accounts WHERE name = :n'))",
     UNVERIFIABLE),
    ("select(Account).from_statement(text('SELECT * FROM accounts').columns(Account.id))",
     UNVERIFIABLE),
    ("text('SELECT * FROM accounts WHERE name = :n').bindparams(n=data.name)", UNVERIFIABLE),
    ("select(Account).from_statement("
     "text('SELECT * FROM accounts WHERE company_id = :c').bindparams(c=company_id))", SCOPED),
    ("select(Account).from_statement(select(Account).where(Account.company_id == company_id))",
     SCOPED),
    ("select(Account).from_statement(select(Account).where(Account.id == account_id))", UNSCOPED),
    ("select(Account).from_statement(data.statement)", UNKNOWN),
    ("select(Account).from_statement(text(data.statement))", SCOPED),
    ("select(Account.__table__).where(Account.__table__.c.company_id == company_id)", SCOPED),
    ("select(Account.__table__)", UNSCOPED),
    # built in parts that are not understood
    ("only_visible(select(Account))", UNKNOWN),
    ("select(Account).visible_to(data)", UNKNOWN),
    ("select(Account).where(*[Account.id == account_id, Account.company_id == company_id])",
     SCOPED),
    ("select(Account).where(*data.conditions)", UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS, ids=lambda v: str(v))
def test_statements(statement: str, expected: Verdict) -> None:
    found = sent_in(f"await session.execute({statement})")
    assert [s.judgement.verdict for s in found] in ([expected], [] if expected is SCOPED else None)


FOLDED = [
    ("reduce(and_, [Account.name == data.name, Account.company_id == company_id])", SCOPED),
    ("functools.reduce(operator.and_, [MINE, Account.name == data.name])", SCOPED),
    ("reduce(lambda one, other: one & other, [MINE, Account.name == data.name])", SCOPED),
    ("reduce(lambda one, other: and_(one, other), [MINE, Account.name == data.name])", SCOPED),
    ("reduce(and_, [Account.name == data.name], MINE)", SCOPED),
    ("reduce(or_, [MINE, MINE & (Account.name == data.name)])", SCOPED),
    ("reduce(and_, [Account.name.contains(word) for word in ids])", UNSCOPED),
    ("functools.reduce(operator.and_, [Account.name == data.name, Account.id == 1])", UNSCOPED),
    ("reduce(or_, [MINE, Account.name == data.name])", UNSCOPED),
    ("reduce(operator.or_, [MINE, Account.name == data.name])", UNSCOPED),
    ("reduce(lambda one, other: one | other, [MINE, Account.name == data.name])", UNSCOPED),
    ("reduce(lambda one, other: one, [MINE, Account.name == data.name])", UNKNOWN),
    ("reduce(and_, conditions)", UNKNOWN),
    ("reduce(and_, [Account.name == data.name, *conditions])", UNKNOWN),
    ("reduce(and_, [Account.name == data.name, data.condition])", UNKNOWN),
    ("reduce(only_visible, [Account.name == data.name])", UNKNOWN),
]


@pytest.mark.parametrize(("condition", "expected"), FOLDED, ids=lambda v: str(v))
def test_conditions_that_are_folded_into_one(condition: str, expected: Verdict) -> None:
    header = f"import functools\nimport operator\nfrom functools import reduce\n{UTILITY}"
    condition = condition.replace("MINE", "(Account.company_id == company_id)")
    assert verdict(f"await session.execute(select(Account).where({condition}))", header) is expected


DICTS = [
    ("a key that is set", SCOPED, 'filters["company_id"] = company_id'),
    ("another key that is set", UNSCOPED, 'filters["id"] = account_id'),
    ("updated by a keyword", SCOPED, "filters.update(company_id=company_id)"),
    ("updated by a dict", SCOPED, 'filters.update({"company_id": company_id})'),
    ("updated by anything", UNKNOWN, "filters.update(kwargs)"),
    ("a key that nobody knows", UNKNOWN, "filters[flag] = company_id"),
    ("a default", SCOPED, 'filters.setdefault("company_id", company_id)'),
    ("taken out again", UNSCOPED, """
        filters["company_id"] = company_id
        filters.pop("company_id")
     """),
    ("cleared", UNSCOPED, """
        filters["company_id"] = company_id
        filters.clear()
     """),
    ("set in one branch", PARTIAL, """
        if flag:
            filters["company_id"] = company_id
     """),
    ("another key in one branch", SCOPED, """
        filters["company_id"] = company_id
        if flag:
            filters["id"] = account_id
     """),
    ("set in both branches", SCOPED, """
        if flag:
            filters["company_id"] = company_id
        else:
            filters.update(company_id=company.id)
     """),
    ("set in one branch and for all later", SCOPED, """
        if flag:
            filters["company_id"] = company_id
        filters["company_id"] = company.id
     """),
    ("anything in one branch", UNKNOWN, """
        if flag:
            filters.update(kwargs)
     """),
    ("spread into another in one branch", PARTIAL, """
        filters = {**filters, **({"company_id": company_id} if flag else {})}
     """),
    ("in a loop over keys", UNKNOWN, """
        for key in ids:
            filters[key] = company_id
     """),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), DICTS, ids=[case[0] for case in DICTS])
def test_a_dict_of_filters_that_changes(name: str, expected: Verdict, code: str) -> None:
    before, after = 'filters = {"name": "x"}', "select(Account).filter_by(**filters)"
    assert verdict(f"{before}\n{dedent(code)}\nawait session.scalars({after})") is expected


SEARCH = """
from app.schemas.requests import Search

@router.get("/accounts")
async def endpoint(
    field: str, text: str, filters: Search = Depends(),
    session: AsyncSession = Depends(deps.get_session),
    company: Company = Depends(deps.get_company),
):
    query = select(Account)
"""
SCHEMAS = """
from pydantic import BaseModel

class Search(BaseModel):
    company_id: int | None = None
    name: str | None = None
    status: str | None = None
"""
BY_NAME = [
    ("of a client's choice", UNSCOPED, "query = query.where(getattr(Account, field) == text)"),
    ("of a client's choice, the other way", UNSCOPED,
     "query = query.where(text == getattr(Account, field))"),
    ("of a dump", UNSCOPED, """
        for key, value in filters.model_dump(exclude_none=True).items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump without the tenant", UNSCOPED, """
        for key, value in filters.model_dump(exclude={"company_id"}).items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump beside the condition", SCOPED, """
        query = query.where(Account.company_id == company.id)
        for key, value in filters.model_dump(exclude={"company_id"}).items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump that has the tenant's id", UNKNOWN, """
        wanted = filters.model_dump()
        wanted["company_id"] = company.id
        for key, value in wanted.items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a dump that left the tenant out and got it", UNKNOWN, """
        wanted = filters.model_dump(exclude={"company_id"})
        wanted.update(company_id=company.id)
        for key, value in wanted.items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("of a schema that was given the tenant's id", UNKNOWN, """
        filters.company_id = company.id
        for key, value in filters.model_dump().items():
            query = query.where(getattr(Account, key) == value)
     """),
    ("the tenant's id", UNKNOWN, "query = query.where(getattr(Account, field) == company.id)"),
    ("of anybody's choice", UNKNOWN, "query = query.where(getattr(Account, field) == WANTED)"),
    ("otherwise than equal", UNKNOWN, "query = query.where(getattr(Account, field).like(text))"),
    ("the tenant's column by its name", SCOPED,
     'query = query.where(getattr(Account, "company_id") == company.id)'),
    ("another column by its name", UNSCOPED,
     'query = query.where(getattr(Account, "name") == text)'),
    ("what it is sorted by", UNSCOPED, "query = query.order_by(getattr(Account, field).desc())"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), BY_NAME, ids=[case[0] for case in BY_NAME])
def test_a_column_by_a_name_that_only_runs_know(name: str, expected: Verdict, code: str) -> None:
    code = f"{dedent(code)}\nawait session.scalars(query)"
    assert verdict(code, SEARCH, {"app/schemas/requests.py": SCHEMAS}) is expected


def test_a_column_by_name_of_what_keeps_secrets() -> None:
    model = """
class Invitation(Base):
    __tablename__ = "invitations"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    token: Mapped[str]
"""
    code = """
    from app.models import Invitation
    query = select(Invitation).where(getattr(Invitation, field) == text)
    await session.scalars(query)
    """
    others = {"app/schemas/requests.py": SCHEMAS, "app/models.py": MODELS + model}
    assert verdict(code, SEARCH, others) is UNKNOWN


def test_other_statements_of_text_are_no_queries() -> None:
    for sql in ("SET app.current_tenant = 1", "SET SESSION ROLE tenant_user", "VACUUM accounts"):
        assert not sent_in(f'await session.execute(text("{sql}"))')


BUILT = [
    ("an alias that is scoped itself", SCOPED, """
        other = aliased(Account)
        await session.execute(select(other).where(other.company_id == company_id))
    """),
    ("an alias joined to what is scoped", SCOPED, """
        other = aliased(Account)
        query = select(other).join(Account, other.parent_id == Account.id)
        await session.execute(query.where(Account.company_id == company_id))
    """),
    ("a subquery that is scoped", SCOPED, """
        ids = select(Account.id).where(Account.company_id == company_id).subquery()
        await session.execute(select(Payment).join(ids, Payment.account_id == ids.c.id))
    """),
    ("a subquery that is not", UNSCOPED, """
        ids = select(Account.id).where(Account.id == account_id).subquery()
        await session.execute(select(Payment).join(ids, Payment.account_id == ids.c.id))
    """),
    ("a CTE inherits", SCOPED, """
        own = select(Account).where(Account.company_id == company_id).cte()
        await session.execute(select(own))
    """),
    ("a CTE inherits what is missing", UNSCOPED, """
        own = select(Account).cte()
        await session.execute(select(own.c.id))
    """),
    ("several statements", SCOPED, """
        query = select(Account)
        query = query.where(Account.id == account_id)
        query = query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("several statements without", UNSCOPED, """
        query = select(Account)
        query = query.where(Account.id == account_id)
        result = await session.execute(query.order_by(Account.id))
    """),
    ("a filter in one branch only", PARTIAL, """
        query = select(Account)
        if company_id is not None:
            query = query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("a filter in both branches", SCOPED, """
        query = select(Account)
        if flag:
            query = query.where(Account.company_id == company_id)
        else:
            query = query.where(Account.company == company)
        await session.execute(query)
    """),
    ("another filter in one branch", SCOPED, """
        query = select(Account).where(Account.company_id == company_id)
        if flag:
            query = query.where(Account.id == account_id)
        await session.execute(query)
    """),
    ("the other branch leaves", SCOPED, """
        query = select(Account)
        if flag:
            query = query.where(Account.company_id == company_id)
        else:
            raise ValueError
        await session.execute(query)
    """),
    ("conditions in a list", SCOPED, """
        conditions = [Account.company_id == company_id]
        if flag:
            conditions.append(Account.id == account_id)
        await session.execute(select(Account).where(*conditions))
    """),
    ("a tenant condition that joins a list in one branch", PARTIAL, """
        conditions = [Account.id == account_id]
        if company_id:
            conditions.append(Account.company_id == company_id)
        await session.execute(select(Account).where(*conditions))
    """),
    ("a filter in a loop", UNSCOPED, """
        query = select(Account)
        for one in ids:
            query = query.where(Account.id != one)
        await session.execute(query)
    """),
    ("a tenant filter in a loop", PARTIAL, """
        query = select(Account)
        for one in ids:
            query = query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("in try and except", SCOPED, """
        try:
            query = select(Account).where(Account.company_id == company_id)
        except ValueError:
            raise
        await session.execute(query)
    """),
    ("match with all cases scoped", SCOPED, """
        match flag:
            case True:
                query = select(Account).where(Account.company_id == company_id)
            case _:
                query = select(Account).where(Account.company == company)
        await session.execute(query)
    """),
    ("match with a case that is not", PARTIAL, """
        query = select(Account)
        match flag:
            case True:
                query = query.where(Account.company_id == company_id)
        await session.execute(query)
    """),
    ("a conditional expression", SCOPED, """
        query = select(Account)
        query = query.where(Account.company_id == (company_id if flag else company.id))
        await session.execute(query)
    """),
    ("a walrus", SCOPED, """
        await session.execute((query := select(Account).where(Account.company_id == company_id)))
    """),
    ("a dict of filters", SCOPED, """
        filters = {"company_id": company_id, "id": account_id}
        await session.execute(select(Account).filter_by(**filters))
    """),
    ("ids of owned objects", SCOPED, """
        accounts = [account, account]
        ids = [a.id for a in accounts]
        await session.execute(select(Payment).where(Payment.account_id.in_(ids)))
    """),
    ("in an inner function", SCOPED, """
        async def inner():
            return await session.execute(select(Account).where(Account.company_id == company_id))
        return await inner()
    """),
    ("in an inner function without", UNSCOPED, """
        async def inner():
            return await session.execute(select(Account).where(Account.id == account_id))
        return await inner()
    """),
    ("handed to paginate", UNSCOPED, """
        from fastapi_pagination.ext.sqlalchemy import paginate
        return await paginate(session, select(Account))
    """),
    ("handed to paginate, scoped", SCOPED, """
        from fastapi_pagination.ext.sqlalchemy import paginate
        return await paginate(session, select(Account).where(Account.company_id == company_id))
    """),
    ("by primary key", UNSCOPED, "await session.get(Account, account_id)"),
    ("the tenant by primary key", SCOPED, "await session.get(Company, company_id)"),
    ("by the key of what is owned", SCOPED, "await session.get(Account, account.parent_id)"),
    ("by a value nobody knows", UNKNOWN, "await session.get(Account, SOMEWHERE.id)"),
    ("scalars of a bare select", UNSCOPED, "(await session.scalars(select(Account))).all()"),
    ("the tenant picked by its name", UNKNOWN, """
        query = select(Account).join(Account.company).where(Company.name == data.name)
        await session.execute(query)
    """),
    ("the tenant itself by its name", UNKNOWN, """
        await session.execute(select(Company).where(Company.name == data.name))
    """),
    ("several tenants by their names", UNSCOPED, """
        await session.execute(select(Company).where(Company.name.in_(ids)))
    """),
    ("a bulk update by keys", UNKNOWN, "await session.execute(update(Account), data)"),
    ("the stream", UNSCOPED, "await session.stream(select(Account))"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), BUILT, ids=[case[0] for case in BUILT])
def test_what_is_built_over_statements(name: str, expected: Verdict, code: str) -> None:
    assert verdict(code) is expected, name


def test_an_object_from_a_scoped_query_is_owned() -> None:
    first, second = sent_in(
        """
        result = await session.execute(select(Account).where(Account.company_id == company_id))
        found = result.scalars().first()
        await session.execute(select(Payment).where(Payment.account_id == found.id))
        """
    )
    assert (first.judgement.verdict, second.judgement.verdict) == (SCOPED, SCOPED)


def test_an_object_from_an_unscoped_query_is_not() -> None:
    _, second = sent_in(
        """
        found = await session.get(Account, account_id)
        await session.execute(select(Payment).where(Payment.account_id == found.id))
        """
    )
    assert second.judgement.verdict is UNSCOPED


CHECKED = [
    "if found.company_id != company.id:\n    raise HTTPException(status_code=404)",
    "if found is None or found.company_id != company_id:\n    return None",
    "if found.company_id == company_id:\n    return found\nraise ValueError",
    "assert found.company_id == company_id",
    "ensure_owner(company, found)",
    "await ensure_owner(company_id, found)",
    "if not is_owner(found, company):\n    raise ValueError",
    "await deps.CompanyAccess(session, company).get_account(found.id)",
    "if found.company != company:\n    raise ValueError",
]


@pytest.mark.parametrize("check", CHECKED)
def test_an_owner_that_is_checked_afterwards(check: str) -> None:
    (first, *_) = sent_in(f"found = await session.get(Account, account_id)\n{check}")
    assert first.checked


NOT_CHECKED = [
    "print(found.company_id)",
    "if found.company_id:\n    raise ValueError",
    "if found.status != data.status:\n    raise ValueError",
    "if found is None:\n    raise ValueError",
]


@pytest.mark.parametrize("check", NOT_CHECKED)
def test_an_owner_that_is_not_checked(check: str) -> None:
    (first, *_) = sent_in(f"found = await session.get(Account, account_id)\n{check}")
    assert not first.checked


IN_ENDPOINT = [
    ("await session.execute(select(Account).where(Account.company_id == access.company_id))", SCOPED),
    ("await session.execute(select(Account).where(Account.company_id == company.id))", SCOPED),
    ("await session.execute(select(Account).where(Account.company_id == user.company_id))", SCOPED),
    ("await access.session.execute(select(Account).where(Account.company == access.company))", SCOPED),
    ("await session.execute(select(Account).where(Account.company_id == company_id))", FROM_REQUEST),
    (
        "await session.execute(select(Account).where("
        "Account.company_id == request_data.company_id))",
        FROM_REQUEST,
    ),
    (
        "await session.execute(select(Account).where("
        "Account.company_id == (request_data.company_id or company.id)))",
        FROM_REQUEST,
    ),
    ("await session.get(Account, account_id)", UNSCOPED),
    ("await session.get(Account, request_data['id'])", UNSCOPED),
    ("await session.get(Account, int(request_data.id))", UNSCOPED),
    ("await session.get(User, user.id)", SCOPED),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), IN_ENDPOINT, ids=lambda v: str(v))
def test_in_an_endpoint(code: str, expected: Verdict) -> None:
    assert verdict(code, ENDPOINT) is expected


def test_a_getter_gives_what_is_owned() -> None:
    code = """
    account = await access.get_account(account_id)
    await session.execute(select(Payment).where(Payment.account_id == account.id))
    """
    assert verdict(code, ENDPOINT) is SCOPED
    plain = "accounts = await access.get_accounts()\n"
    plain += "ids = {a.id for a in accounts}\n"
    plain += "await session.execute(select(Payment).where(Payment.account_id.in_(ids)))"
    assert verdict(plain, ENDPOINT) is SCOPED


NO_SESSION = [
    "cache.get(Account, account_id)",
    "data.get('x')",
    "kwargs.get(Account)",
    "requests.get(Account)",
]


@pytest.mark.parametrize("code", NO_SESSION)
def test_what_is_no_session(code: str) -> None:
    assert not sent_in(code)


SESSIONS = [
    ("from sqlalchemy.orm import Session\ndef find(db: Session, account_id):\n", "db.get(Account, account_id)"),
    ("def find(account_id):\n", "with Session(engine) as session:\n    session.get(Account, account_id)"),
    (
        "from sqlalchemy.ext.asyncio import async_sessionmaker\nfactory = async_sessionmaker()\n"
        "async def find(account_id):\n",
        "async with factory() as db:\n    await db.get(Account, account_id)",
    ),
    (
        "from sqlalchemy.ext.asyncio import async_sessionmaker\nfactory = async_sessionmaker()\n"
        "async def find(account_id):\n",
        "async with factory.begin() as db:\n    await db.get(Account, account_id)",
    ),
    ("async def find(request: Request, account_id):\n", "await request.state.db.get(Account, account_id)"),
    ("async def find(db: deps.SessionDep, account_id):\n", "await db.get(Account, account_id)"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "code"), SESSIONS, ids=lambda v: str(v))
def test_what_is_a_session(header: str, code: str) -> None:
    imports = "from sqlalchemy.orm import Session\nfrom fastapi import Request\n"
    assert verdict(code, imports + header) is UNSCOPED


def test_a_session_kept_by_an_object() -> None:
    header = """
class Repository:
    def __init__(self, session: AsyncSession, company_id: int):
        self.session = session
        self.company_id = company_id

    async def find(self, account_id: int):
"""
    unscoped = "return await self.session.get(Account, account_id)"
    assert verdict(unscoped, header) is UNSCOPED
    scoped = (
        "return await self.session.scalar("
        "select(Account).where(Account.company_id == self.company_id))"
    )
    assert verdict(scoped, header) is SCOPED


def test_a_generic_repository_is_unknown() -> None:
    header = """
class Repository:
    model = None

    async def find(self, session: AsyncSession, account_id: int):
"""
    assert not sent_in("return await session.get(self.model, account_id)", header)
    found = sent_in("return await session.execute(select(self.model))", header)
    assert not found or found[0].judgement.verdict in (SCOPED, UNKNOWN)


HARD = [
    "while True:\n"
    + "".join("    " * n + "while flag:\n" for n in range(1, 15))
    + "    " * 15
    + "flag = flag",
    "x = " + " + ".join(["account_id"] * 800),
    "query = select(Account)\n" + "query = query.where(Account.id == account_id)\n" * 400,
    "".join(f"{'if' if not n else 'elif'} flag == {n}:\n    x = {n}\n" for n in range(300)),
    "query = select(Account)\nfor a in ids:\n    for b in ids:\n        query = query.where(query)\n",
]


@pytest.mark.parametrize("code", HARD, ids=["loops", "sum", "chain", "elif", "itself"])
def test_it_ends_on_every_input(code: str) -> None:
    sent_in(code + "\nawait session.execute(select(Account))")
