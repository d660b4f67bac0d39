"""Each row of the catalog's verdict table as select, update, delete and count, with its twins.

The conditions that fit any statement stand in ``test_verdicts``; these are built of more than one
condition, and a form takes what SQLAlchemy lets it: UPDATE and DELETE join by WHERE.
"""

import pytest

from tests.project.dataflow.queries_sent import UTILITY, verdict
from tests.project.dataflow.verdict_names import (
    FROM_REQUEST,
    PARTIAL,
    SCOPED,
    UNKNOWN,
    UNSCOPED,
    UNVERIFIABLE,
)
from turnstay_lint.project.dataflow.facts import Verdict

HEADS = {
    "select": "select({M})",
    "update": "update({M})",
    "delete": "delete({M})",
    "count": "select(func.count()).select_from({M})",
}
ALL = tuple(HEADS)
READING = ("select", "count")

MINE = "Account.company_id == company_id"
TIED = "Payment.account_id == Account.id"

ROWS = [
    # row, twin or row itself, forms, what comes before, model, steps, verdict
    ("filter_by", ALL, "", "Account", ".filter_by(company_id=company_id)", SCOPED),
    ("filter_by of another column", ALL, "", "Account", ".filter_by(id=account_id)", UNSCOPED),
    ("filter_by of a list", ALL, "", "Account", ".filter_by(**{'company_id': company_id})", SCOPED),
    ("filter_by of anything", ALL, "", "Account", ".filter_by(**kwargs)", UNKNOWN),
    ("in a list of the tenant", ALL, "", "Account",
     ".where(Account.company_id.in_([company_id]))", SCOPED),
    ("in a list with others", ALL, "", "Account",
     ".where(Account.company_id.in_([company_id, None]))", UNSCOPED),
    ("joined to what is scoped", READING, "", "Payment", f".join(Account).where({MINE})", SCOPED),
    ("joined to what is not", READING, "", "Payment", ".join(Account)", UNSCOPED),
    ("joined by the relationship", READING, "", "Payment",
     f".join(Payment.account).where({MINE})", SCOPED),
    ("joined by something that is no key", READING, "", "Payment",
     f".join(Account, Payment.status == Account.status).where({MINE})", UNSCOPED),
    ("tied to what is scoped", ALL, "", "Payment", f".where({TIED}, {MINE})", SCOPED),
    ("tied to what is not", ALL, "", "Payment", f".where({TIED})", UNSCOPED),
    ("two entities without a join", ALL, "", "Payment", f".where({MINE})", UNSCOPED),
    ("two entities, each scoped", ALL, "", "Payment",
     f".where(Payment.account_id == account.id, {MINE})", SCOPED),
    ("outer join with the tenant in the ON clause", READING, "", "Payment",
     f".outerjoin(Account, and_({TIED}, {MINE}))", UNSCOPED),
    ("outer join with the tenant in the WHERE clause", READING, "", "Payment",
     f".outerjoin(Account, {TIED}).where({MINE})", SCOPED),
    ("an alias is an entity of its own", ALL, "other = aliased(Account)", "Account",
     ".where(other.company_id == company_id)", UNSCOPED),
    ("an alias that is tied", ALL, "other = aliased(Account)", "Account",
     ".where(Account.parent_id == other.id, other.company_id == company_id)", SCOPED),
    ("the alias itself", READING, "other = aliased(Account)", "other",
     ".where(other.company_id == company_id)", SCOPED),
    ("the alias itself, its class scoped", READING, "other = aliased(Account)", "other",
     f".where({MINE})", UNSCOPED),
    ("a subquery that is scoped", ALL, f"own = select(Account.id).where({MINE})", "Payment",
     ".where(Payment.account_id.in_(own))", SCOPED),
    ("a subquery that is not", ALL, "own = select(Account.id)", "Payment",
     ".where(Payment.account_id.in_(own))", UNSCOPED),
    ("exists that correlates", ALL, "", "Payment", f".where(exists().where({TIED}, {MINE}))",
     SCOPED),
    ("exists that does not", ALL, "", "Payment", f".where(exists().where({MINE}))", UNSCOPED),
    ("exists that is negated", ALL, "", "Payment", f".where(~exists().where({TIED}, {MINE}))",
     UNSCOPED),
    ("a CTE that is scoped", ALL, f"own = select(Account).where({MINE}).cte()", "Payment",
     ".where(Payment.account_id.in_(select(own.c.id)))", SCOPED),
    ("a CTE that is not", ALL, "own = select(Account).cte()", "Payment",
     ".where(Payment.account_id.in_(select(own.c.id)))", UNSCOPED),
    ("from a subquery that is scoped", READING,
     f"own = select(Account).where({MINE}).subquery()", "own", "", SCOPED),
    ("from a subquery that is not", READING, "own = select(Account).subquery()", "own", "",
     UNSCOPED),
    ("from a union of what is scoped", READING,
     f"own = union(select(Account).where({MINE}), select(Account).where({MINE})).subquery()",
     "own", "", SCOPED),
    ("from a union with an arm that is not", READING,
     f"own = union(select(Account).where({MINE}), select(Account)).subquery()", "own", "",
     UNSCOPED),
    ("in a union of what is scoped", ALL,
     f"own = union(select(Account.id).where({MINE}), select(Account.id).where({MINE}))",
     "Payment", ".where(Payment.account_id.in_(own))", SCOPED),
    ("in a union with an arm that is not", ALL,
     f"own = union(select(Account.id).where({MINE}), select(Account.id))",
     "Payment", ".where(Payment.account_id.in_(own))", UNSCOPED),
    ("loader criteria of the tenant", ALL, "", "Account",
     f".options(with_loader_criteria(Account, {MINE}))", SCOPED),
    ("loader criteria of something else", ALL, "", "Account",
     ".options(with_loader_criteria(Account, Account.id == account_id))", UNSCOPED),
    ("any arm of an or", ALL, "", "Account", f".where(or_({MINE}, Account.id == 1))", UNSCOPED),
    ("every arm of an or", ALL, "", "Account",
     f".where(or_({MINE}, and_({MINE}, Account.id == 1)))", SCOPED),
    ("anything but the tenant", ALL, "", "Account", f".where(not_({MINE}))", UNSCOPED),
    ("a Core table", ALL, "table = Account.__table__", "table",
     ".where(table.c.company_id == company_id)", SCOPED),
    ("a Core table without", ALL, "table = Account.__table__", "table",
     ".where(table.c.id == account_id)", UNSCOPED),
    ("an ellipsis", ALL, "", "Account", ".where(...)", UNKNOWN),
    ("conditions from elsewhere", ALL, "", "Account", ".where(*conditions)", UNKNOWN),
    ("conditions from here", ALL, f"own = [{MINE}]", "Account", ".where(*own)", SCOPED),
    ("conditions from here without", ALL, "own = [Account.id == 1]", "Account", ".where(*own)",
     UNSCOPED),
]  # fmt: skip

EACH = [
    pytest.param(form, before, model, steps, expected, id=f"{name} ({form})")
    for name, forms, before, model, steps, expected in ROWS
    for form in forms
]


@pytest.mark.parametrize(("form", "before", "model", "steps", "expected"), EACH)
def test_a_row_in_its_forms(
    form: str, before: str, model: str, steps: str, expected: Verdict
) -> None:
    values = '.values(status="")' if form == "update" else ""
    query = f"{HEADS[form].format(M=model)}{steps}{values}"
    assert verdict(f"{before}\nawait session.execute({query})") is expected


@pytest.mark.parametrize("form", HEADS)
def test_a_filter_in_one_branch_only(form: str) -> None:
    query = HEADS[form].format(M="Account")
    values = '.values(status="")' if form == "update" else ""
    one = f"""
    query = {query}
    if company_id is not None:
        query = query.where({MINE})
    await session.execute(query{values})
    """
    assert verdict(one) is PARTIAL
    both = f"""
    query = {query}
    if flag:
        query = query.where({MINE})
    else:
        query = query.where(Account.company == company)
    await session.execute(query{values})
    """
    assert verdict(both) is SCOPED


CLIENT = UTILITY.replace("data,", "request: 'AccountRequest',").replace(
    "async def", "from pydantic import BaseModel\nclass AccountRequest(BaseModel): ...\nasync def"
)


@pytest.mark.parametrize("form", HEADS)
def test_the_tenant_that_the_client_sends(form: str) -> None:
    query = HEADS[form].format(M="Account")
    sent = f"await session.execute({query}.where(Account.company_id == request.company_id))"
    assert verdict(sent, CLIENT) is FROM_REQUEST
    ours = f"await session.execute({query}.where(Account.company_id == company.id))"
    assert verdict(ours, CLIENT) is SCOPED


TEXTS = [
    ("SELECT * FROM accounts WHERE company_id = :c", SCOPED),
    ("SELECT * FROM accounts WHERE id = :id", UNVERIFIABLE),
    ("UPDATE accounts SET name = :n WHERE company_id = :c", SCOPED),
    ("UPDATE accounts SET name = :n", UNVERIFIABLE),
    ("DELETE FROM accounts WHERE company_id = :c", SCOPED),
    ("DELETE FROM accounts WHERE id = :id", UNVERIFIABLE),
    ("INSERT INTO accounts (company_id, name) VALUES (:c, :n)", SCOPED),
    ("INSERT INTO accounts (name) VALUES (:n)", UNVERIFIABLE),
    ("SELECT count(*) FROM accounts WHERE company_id = :c", SCOPED),
    ("SELECT count(*) FROM accounts", UNVERIFIABLE),
]


@pytest.mark.parametrize(("sql", "expected"), TEXTS, ids=[sql for sql, _ in TEXTS])
def test_text_in_its_forms(sql: str, expected: Verdict) -> None:
    assert verdict(f'await session.execute(text("{sql}"))') is expected
