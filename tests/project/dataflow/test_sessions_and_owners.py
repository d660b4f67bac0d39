"""What is a session, whose rows it gives, and who checks the owner afterwards."""

import pytest

from tests.project.dataflow.queries_sent import ENDPOINT, sent_in, verdict
from tests.project.dataflow.verdict_names import FROM_REQUEST, SCOPED, UNKNOWN, UNSCOPED
from turnstay_lint.project.dataflow.facts import Verdict


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
