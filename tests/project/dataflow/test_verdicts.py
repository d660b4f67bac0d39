"""Every row of the verdict table of the rules' catalog, in each form a query can take."""

import pytest

from tests.project.dataflow.queries_sent import sent_in, verdict
from tests.project.dataflow.verdict_names import SCOPED, UNKNOWN, UNSCOPED, UNVERIFIABLE
from turnstay_lint.project.dataflow.facts import Verdict

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


def test_other_statements_of_text_are_no_queries() -> None:
    for sql in ("SET app.current_tenant = 1", "SET SESSION ROLE tenant_user", "VACUUM accounts"):
        assert not sent_in(f'await session.execute(text("{sql}"))')
