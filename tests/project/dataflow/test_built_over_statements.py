"""Queries that are built over several statements, up to those that only tire the reader."""

import pytest

from tests.project.dataflow.queries_sent import sent_in, verdict
from tests.project.dataflow.verdict_names import PARTIAL, SCOPED, UNKNOWN, UNSCOPED
from turnstay_lint.project.dataflow.facts import Verdict

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
