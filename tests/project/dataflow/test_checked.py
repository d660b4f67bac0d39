"""Checkers that know the caller: what they were asked about is no finding, the rest is."""

import pytest

from tests.project.dataflow.queries_sent import last_verdict
from tests.project.dataflow.verdict_names import SCOPED, UNKNOWN, UNSCOPED
from turnstay_lint.project.dataflow.facts import Verdict

ACCESS = """
from typing import Annotated

from fastapi import Depends, Request

from app.models import Account, Payment, User


class Resource:
    @classmethod
    def of(cls, thing) -> "Resource":
        return cls()


class AccessChecker:
    def __init__(self, user_id: int):
        self.requests = []

    def add_by_name(self, name: str, verb: str):
        self.requests.append((name, verb))

    def add_resource(self, resource):
        self.requests.append(resource)

    async def check(self) -> None:
        ...

    async def approved_names(self) -> set[str]:
        ...

    def describe(self, name: str) -> str:
        ...


class SpellingChecker:
    def add_by_name(self, name: str, verb: str):
        ...

    async def check(self) -> None:
        ...


class Policy:
    def __init__(self, user: User = Depends(get_current_user)):
        self.user = user

    def authorize(self, thing) -> None:
        ...


def get_current_user(request: Request):
    return request.state.user


def get_rights(user=Depends(get_current_user)):
    return user.rights


def get_access_checker(rights=Depends(get_rights)) -> AccessChecker:
    return AccessChecker(rights)


def get_spelling_checker(request: Request) -> SpellingChecker:
    return SpellingChecker()


Speller = Annotated[SpellingChecker, Depends(get_spelling_checker)]
Checker = Annotated[AccessChecker, Depends(get_access_checker)]


async def find_by_name(session, name: str) -> Account | None:
    ...


async def authorize_write(checker: AccessChecker, account: Account) -> None:
    ...


async def note_write(checker: AccessChecker, account: Account) -> None:
    ...
"""

HEADER = """
from pydantic import BaseModel
from app.access import (
    AccessChecker, Checker, Policy, Resource, Speller,
    authorize_write, find_by_name, get_access_checker, note_write,
)

class Change(BaseModel):
    name: str
    other: str

@router.get("/account")
async def find(
    name: str, other: str, account_id: int, names: list[str], data: Change,
    aliased: Checker, speller: Speller,
    checker: AccessChecker = Depends(get_access_checker),
    policy: Policy = Depends(Policy),
    session: AsyncSession = Depends(deps.get_session),
):
"""
FIRST = "account = await session.scalar(select(Account).where(Account.id == account_id))"
BY_NAME = "await session.execute(select(Account).where(Account.name == name))"
BY_NAMES = "await session.execute(select(Account).where(Account.name.in_(names)))"

CASES = [
    # before the query
    ("the name was checked", UNKNOWN, f"""
        checker.add_by_name(name, "write")
        await checker.check()
        {BY_NAME}
    """),
    ("the name was checked, by an alias", UNKNOWN, f"""
        aliased.add_by_name(name, "write")
        await aliased.check()
        {BY_NAME}
    """),
    ("a field of the body was checked", UNKNOWN, """
        checker.add_by_name(data.name, "write")
        await checker.check()
        await session.execute(select(Account).where(Account.name == data.name))
    """),
    ("another field of the body was checked", UNSCOPED, """
        checker.add_by_name(data.other, "write")
        await checker.check()
        await session.execute(select(Account).where(Account.name == data.name))
    """),
    ("each of the names was checked", UNKNOWN, f"""
        for one in names:
            checker.add_by_name(one, "write")
        await checker.check()
        {BY_NAMES}
    """),
    ("other names were checked", UNSCOPED, f"""
        checker.add_by_name(other, "write")
        await checker.check()
        {BY_NAMES}
    """),
    ("the object of that name was checked", UNKNOWN, f"""
        account = await find_by_name(session, name)
        checker.add_resource(Resource.of(account))
        await checker.check()
        {BY_NAME}
    """),
    ("the object of another name was checked", UNSCOPED, f"""
        account = await find_by_name(session, other)
        checker.add_resource(Resource.of(account))
        await checker.check()
        {BY_NAME}
    """),
    ("nobody refused", UNSCOPED, f"""
        checker.add_by_name(name, "write")
        {BY_NAME}
    """),
    ("it was refused before it was asked about", UNSCOPED, f"""
        await checker.check()
        checker.add_by_name(name, "write")
        {BY_NAME}
    """),
    ("another name was checked", UNSCOPED, f"""
        checker.add_by_name(other, "write")
        await checker.check()
        {BY_NAME}
    """),
    ("another checker refused", UNSCOPED, f"""
        checker.add_by_name(name, "write")
        await aliased.check()
        {BY_NAME}
    """),
    ("a checker that knows no caller", UNSCOPED, f"""
        speller.add_by_name(name, "write")
        await speller.check()
        {BY_NAME}
    """),
    ("a checker that was only told", UNSCOPED, f"""
        checker.describe(name)
        await checker.check()
        {BY_NAME}
    """),
    # after the query
    ("fetched, then checked by a helper", SCOPED, f"{FIRST}\nawait authorize_write(checker, account)"),
    ("fetched, then another handed to the helper", UNSCOPED,
     f"{FIRST}\nawait authorize_write(checker, other)"),
    ("fetched, then only noted", UNSCOPED, f"{FIRST}\nawait note_write(checker, account)"),
    ("fetched, then a column of it checked", SCOPED, f"""
        {FIRST}
        checker.add_by_name(account.name, "write")
        await checker.check()
    """),
    ("fetched, then the id checked", SCOPED, f"""
        {FIRST}
        checker.add_by_name(account_id, "write")
        await checker.check()
    """),
    ("fetched, then never refused", UNSCOPED, f"""
        {FIRST}
        checker.add_by_name(account.name, "write")
    """),
    ("fetched, then checked on one way, administrators on the other", SCOPED, f"""
        {FIRST}
        if account.name is None:
            if not policy.user.is_admin:
                raise ValueError
        else:
            checker.add_by_name(account.name, "write")
            await checker.check()
    """),
    ("rows fetched, then those approved", SCOPED, """
        rows = (await session.execute(select(Account, Account.name))).all()
        checker.add_by_name([account.name for account, _ in rows], "read")
        approved = await checker.approved_names()
    """),
    ("rows fetched, then those approved of which nobody asked", UNSCOPED, """
        rows = (await session.execute(select(Account, Account.name))).all()
        checker.add_by_name(names, "read")
        approved = await checker.approved_names()
    """),
    ("rows fetched, then only described", UNSCOPED, """
        rows = (await session.execute(select(Account, Account.name))).all()
        checker.add_by_name([account.name for account, _ in rows], "read")
        described = checker.describe("these")
    """),
    ("a class that is the dependency itself", SCOPED, f"{FIRST}\npolicy.authorize(account)"),
    ("a class that is the dependency itself, for another", UNSCOPED,
     f"{FIRST}\npolicy.authorize(other)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected", "code"), CASES, ids=[case[0] for case in CASES])
def test_what_a_checker_was_asked_about(name: str, expected: Verdict, code: str) -> None:
    assert last_verdict(code, HEADER, {"app/access.py": ACCESS}) is expected, name
