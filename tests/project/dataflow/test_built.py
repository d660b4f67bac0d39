"""Queries that a function of the service builds and returns, seen where they are sent."""

import ast
from textwrap import dedent

import pytest

from tests.project.dataflow.queries_sent import ENDPOINT, UTILITY, sent_in, verdict
from tests.project.dataflow.verdict_names import SCOPED, UNKNOWN, UNSCOPED
from turnstay_lint.project.dataflow.facts import Verdict

BUILDERS = dedent(
    '''
    from sqlalchemy import Select, select
    from app.models import Account, Payment


    def by_status(status: str) -> Select[tuple[Account]]:
        """Accounts of a status."""
        return select(Account).where(Account.status == status)


    def of_company(company_id: int, status: str = "open"):
        return by_status(status).where(Account.company_id == company_id)


    def of_owner(owner_id: int):
        return select(Account).where(Account.company_id == owner_id)


    def named(query: Select, name: str) -> Select:
        return query.where(Account.name.ilike(f"%{name}%"))


    def narrowed(query: Select, *conditions) -> Select:
        return query.where(*conditions)


    def matching(**values):
        return select(Account).filter_by(**values)


    def of_model(model):
        return select(model)


    def step_by_step(status: str | None = None):
        query = select(Account)
        if status:
            query = query.where(Account.status == status)
        query = query.order_by(Account.name)
        return query


    def perhaps_of(company_id: int | None = None):
        query = select(Account)
        if company_id is not None:
            query = query.where(Account.company_id == company_id)
        return query


    def two_ways(everything: bool):
        if everything:
            return select(Account)
        return select(Account).where(Account.status == "open")


    def filtered_elsewhere(status: str):
        return visible_only(select(Account))


    def round_and_round(query: Select):
        return round_and_round(query.where(Account.id > 0))


    def counted(session, status):
        print(status)
        return select(Account)


    @cached
    def decorated():
        return select(Account)


    def of_account(account_id: int):
        return select(Payment).where(Payment.account_id == account_id)


    def legacy(session):
        return session.query(Account)
    '''
)

CALLS = [
    ("await session.scalars(by_status('open'))", UNSCOPED),
    ("await session.scalars(by_status(status=data.status).limit(5))", UNSCOPED),
    ("await session.scalars(by_status('open').where(Account.company_id == company_id))", SCOPED),
    ("await session.scalars(of_company(company.id))", SCOPED),
    ("await session.scalars(of_company(company_id=company_id, status='done'))", SCOPED),
    ("await session.scalars(of_owner(company.id))", SCOPED),
    ("await session.scalars(named(select(Account), data.name))", UNSCOPED),
    ("await session.scalars(named(of_company(company_id), data.name))", SCOPED),
    ("await session.scalars(named(query=by_status('open'), name=data.name))", UNSCOPED),
    ("await session.scalars(narrowed(select(Account), Account.status == 'open'))", UNSCOPED),
    ("await session.scalars(narrowed(select(Account), Account.company == company))", SCOPED),
    ("await session.scalars(narrowed(select(Account), *conditions))", None),
    ("await session.scalars(matching(status='open'))", UNSCOPED),
    ("await session.scalars(matching(status='open', company_id=company_id))", SCOPED),
    ("await session.scalars(matching(**kwargs))", None),
    ("await session.scalars(of_model(Account))", UNSCOPED),
    ("await session.scalars(of_model(Account).filter_by(company_id=company_id))", SCOPED),
    ("await session.scalars(step_by_step('open'))", UNSCOPED),
    ("await session.scalars(step_by_step().where(Account.company_id == company_id))", SCOPED),
    ("await session.scalars(perhaps_of(company_id))", None),
    ("await session.scalars(perhaps_of())", UNSCOPED),
    ("await session.scalars(two_ways(flag))", None),
    ("await session.scalars(filtered_elsewhere('open'))", None),
    ("await session.scalars(round_and_round(select(Account)))", None),
    ("await session.scalars(by_status())", UNSCOPED),
    ("await session.scalars(by_status('open', 'too many'))", None),
    ("await session.scalars(of_account(account_id))", UNSCOPED),
    ("await session.scalars(of_account(account.id))", SCOPED),
    ("legacy(session).filter(Account.status == 'open').all()", UNSCOPED),
    ("legacy(session).filter(Account.company_id == company_id).all()", SCOPED),
]


@pytest.mark.parametrize(("call", "expected"), CALLS)
def test_a_function_of_another_file(call: str, expected: Verdict | None) -> None:
    header = f"from app.builders import *\n{UTILITY}"
    found = sent_in(call, header, {"app/builders.py": BUILDERS})
    verdicts = [sent.judgement.verdict for sent in found]
    assert verdicts in ([[expected]] if expected is not None else [[], [UNKNOWN]])


@pytest.mark.parametrize(("call", "expected"), CALLS)
def test_a_function_of_the_same_file(call: str, expected: Verdict | None) -> None:
    found = sent_in(call, f"{BUILDERS}\n{UTILITY}")
    verdicts = [sent.judgement.verdict for sent in found]
    assert verdicts in ([[expected]] if expected is not None else [[], [UNKNOWN]])


@pytest.mark.parametrize("name", ["counted(session, '')", "decorated()"])
def test_one_that_does_more_than_build_is_unknown(name: str) -> None:
    assert sent_in(f"await session.scalars({name})", f"{BUILDERS}\n{UTILITY}") == []


def test_a_tenant_that_the_client_chose_is_reported_where_it_is_handed_on() -> None:
    call = "await session.scalars(of_company(company_id))"
    assert verdict(call, f"{BUILDERS}\n{ENDPOINT}") is UNKNOWN


def test_a_function_that_sends_is_heard_itself_and_builds_nothing_for_others() -> None:
    builder = """
def nested(session):
    rows = session.scalars(select(Account))
    return select(Account).where(Account.id.in_(rows))
"""
    (own,) = sent_in("session.scalars(nested(session))", f"{builder}\n{UTILITY}")
    assert ast.unparse(own.call) == "session.scalars(select(Account))"


def test_what_a_function_adds_on_some_paths_only_is_not_held_against_the_call() -> None:
    builder = """
def perhaps(company_id: int | None, status: str):
    query = select(Account).where(Account.status == status)
    if company_id:
        query = query.where(Account.company_id == company_id)
    filtered = query.order_by(Account.name)
    return filtered
"""
    call = "await session.scalars(perhaps({}, 'open'))"
    for given in ("company_id", "company.id", "data.company_id"):
        assert verdict(call.format(given), f"{builder}\n{UTILITY}") is UNKNOWN
    assert verdict(call.format("None"), f"{builder}\n{UTILITY}") is UNSCOPED


def test_what_the_caller_adds_on_some_paths_only_is_the_callers() -> None:
    code = """
query = select(Account)
if flag:
    query = query.where(Account.company_id == company_id)
await session.scalars(named(query, data.name))
"""
    assert verdict(code, f"{BUILDERS}\n{UTILITY}") is Verdict.PARTIAL


@pytest.mark.parametrize(
    "body",
    [
        "return " + "[" * 120 + "select(Account)" + "]" * 120,
        "return select(Account)" + ".where(Account.id > 0)" * 900,
        "return " + "(" * 90 + "select(Account).where(True)" + ")" * 90,
    ],
    ids=["nested", "long", "bracketed"],
)
def test_no_function_is_too_deep(body: str) -> None:
    found = sent_in("await session.scalars(deep())", f"def deep():\n    {body}\n{UTILITY}")
    assert all(sent.judgement.verdict is not SCOPED for sent in found)


REPOSITORY = """
class Repository:
    model: type

    def __init__(self, session: AsyncSession):
        self.session = session

    def all_of(self):
        return select(self.model)


class Accounts(Repository):
    model = Account

    def _select(self):
        return select(Account).order_by(Account.name)

    def _scoped(self, company_id: int):
        return self._select().where(Account.company_id == company_id)

    @staticmethod
    def _open():
        return select(Account).where(Account.status == "open")

{heirs}

    async def find(self, company_id: int, name: str):
"""
HEIR = """
class Own(Accounts):
    model = Payment

    def _select(self):
        return super()._select().where(Account.company_id == self.company_id)

    @staticmethod
    def _open():
        return select(Account).where(False)
"""

METHODS = [
    ("self._select().limit(5)", UNSCOPED),
    ("self._scoped(company_id).limit(5)", SCOPED),
    ("self._open()", UNSCOPED),
    ("self._open().where(Account.company_id == company_id)", SCOPED),
    ("self.all_of()", UNSCOPED),
    ("self.all_of().filter_by(company_id=company_id)", SCOPED),
    ("select(self.model).where(self.model.name == name)", UNSCOPED),
    ("select(self.model).where(self.model.name == name).filter_by(company_id=company_id)", SCOPED),
]


@pytest.mark.parametrize(("query", "expected"), METHODS)
def test_a_method_of_a_repository(query: str, expected: Verdict) -> None:
    header = REPOSITORY.replace("{heirs}", "")
    assert verdict(f"return await self.session.scalars({query})", header) is expected


@pytest.mark.parametrize(("query", "expected"), METHODS)
def test_a_repository_with_an_heir_that_says_otherwise(query: str, expected: Verdict) -> None:
    header = REPOSITORY.replace("{heirs}", "")
    heir = {"app/own.py": f"from app.module import Accounts, select, Account, Payment\n{HEIR}"}
    found = sent_in(f"return await self.session.scalars({query})", header, heir)
    assert all(sent.judgement.verdict in (UNKNOWN, SCOPED) for sent in found)


def test_the_key_of_an_alias_is_the_same_in_each_pass() -> None:
    builder = """
def children():
    parent = aliased(Account)
    query = select(Account).join(parent, Account.parent_id == parent.id)
    return query.where(parent.company_id == 1)
"""
    code = """
for number in ids:
    await session.scalars(children().where(Account.id == number))
"""
    assert verdict(code, f"{builder}\n{UTILITY}") is SCOPED


def test_a_function_that_has_too_much_to_say_is_left_alone() -> None:
    conditions = ", ".join(f"Account.name != 'name {number}'" for number in range(100))
    builder = f"def long():\n    return select(Account).where({conditions})\n"
    assert sent_in("await session.scalars(long())", f"{builder}\n{UTILITY}") == []
