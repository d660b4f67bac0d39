"""Rows that are held against the tenant only after they were fetched, changed or deleted."""

import pytest

from tests.harness import Check
from tests.tenant_service import MODELS, SERVICE

SETTINGS = """

DEFAULT_ACCOUNT_ID = 1
FIRST_COMPANY_ID = 1
"""

COOKIES = """

class Visit(Base):
    __tablename__ = "visits"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    encrypted_cookie: Mapped[str]
    accepts_cookies: Mapped[bool]
"""

check = Check("TSL302", path="app/api/utils/account_utils.py", others=SERVICE).with_(
    others={"app/models.py": MODELS + COOKIES, "app/core/constants.py": SETTINGS}
)

CHECKS = """
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.api.utils.scoped_utils import find_company_payment, get_company_account
from app.models import Account, Payment, User


async def fetch_account_for_user(session, account_id: int, user: User) -> Account: ...


async def find_account_for_user(session, account_id: int, user: User) -> Account | None: ...


async def get_payments_of_user(session, account_id: int, user: User) -> list[Payment]: ...


async def ensure_account_of_user(session, account_id: int, user: User) -> None: ...


"""

PLAIN = """async def close(session: AsyncSession, account_id: int, user: User):
    account = await {fetched}
    {asked}
    return account
"""

FETCHED = "session.get(Account, account_id)"


@pytest.mark.parametrize(
    "asked",
    [
        "account = await fetch_account_for_user(session, account.id, user)",
        "await fetch_account_for_user(session, account_id, user)",
        "await ensure_account_of_user(session, account_id, user)",
        "await ensure_account_of_user(session, account.id, user)",
    ],
)
def test_a_row_that_is_asked_for_again_by_who_knows_the_tenant(asked: str) -> None:
    check.clean(CHECKS + PLAIN.format(fetched=FETCHED, asked=asked))


@pytest.mark.parametrize(
    "asked",
    [
        "await find_account_for_user(session, account_id, user)",
        "await find_account_for_user(session, account.id, user)",
        "await get_payments_of_user(session, account.id, user)",
        "await get_payments_of_user(session, account_id, user)",
        "await fetch_account_for_user(session, account.parent_id, user)",
        "await fetch_account_for_user(session, account_id, None)",
        "if user is None:\n        await fetch_account_for_user(session, 1, user)",
    ],
)
def test_what_is_asked_for_again_and_refuses_nobody(asked: str) -> None:
    text = CHECKS + PLAIN.format(fetched=f"«{FETCHED}»", asked=asked)
    check.flags(text, after=None)


@pytest.mark.parametrize(
    "changed",
    [
        "session.execute(delete(Payment).where(Payment.account_id == account_id))",
        "session.execute(update(Account).where(Account.id == account_id).values(status='shut'))",
    ],
)
def test_a_change_before_the_row_is_asked_for(changed: str) -> None:
    asked = "await fetch_account_for_user(session, account_id, user)"
    check.clean(CHECKS + PLAIN.format(fetched=changed, asked=asked))
    check.flags(CHECKS + PLAIN.format(fetched=f"«{changed}»", asked="pass"), after=None)


def test_a_change_of_what_hangs_on_another_row() -> None:
    changed = "session.execute(delete(Payment).where(Payment.id == account_id))"
    asked = "await fetch_account_for_user(session, account_id, user)"
    check.flags(CHECKS + PLAIN.format(fetched=f"«{changed}»", asked=asked), after=None)


SEVERAL = """def filter_accessible(session, ids: list[int], user: User) -> set[int]: ...


def filter_open(session, ids: list[int], user: User) -> set[int]: ...


def attach(
    session: Session,
    ids: list[int] | None,
    others: list[int],
    known: set[int],
    user: User,
):
    accounts = None
    if ids is not None:
        accounts = {fetched}
    if ids is not None and user is not None:
        added = set(ids) - known
        if added - {asked}:
            raise ValueError(added)
    return accounts
"""

BY_IDS = "session.query(Account).filter(Account.id.in_(ids)).all()"


@pytest.mark.parametrize(
    "asked",
    [
        "filter_accessible(session, list(added), user)",
        "filter_accessible(session, ids=ids, user=user)",
    ],
)
def test_ids_that_are_held_against_what_somebody_may_see(asked: str) -> None:
    check.clean(CHECKS + SEVERAL.format(fetched=BY_IDS, asked=asked))


@pytest.mark.parametrize(
    "asked",
    [
        "filter_accessible(session, others, user)",
        "filter_accessible(session, list(known), user)",
        "filter_accessible(session, ids, None)",
        "filter_open(session, ids, user)",
        "known",
    ],
)
def test_ids_of_which_nobody_says_who_may_see_them(asked: str) -> None:
    found = check.findings(CHECKS + SEVERAL.format(fetched=BY_IDS, asked=asked))
    assert [finding.scope for finding in found] == ["attach"]


EITHER = """async def change(session: AsyncSession, company_id: int, id: int, known: Account | None = None):
    if known:
        account = known
    else:
        account = await {fetched}
    if not account:
        raise ValueError(id)
    return await {then}
"""

SCOPED = "session.scalar(select(Account).where(Account.id == id, Account.company_id == company_id))"
ANY = "session.scalar(select(Account).where(Account.id == id))"
THEN = "session.scalars(select(Payment).where(Payment.account_id == {}))"


def test_a_row_that_was_handed_in_or_fetched() -> None:
    check.clean(CHECKS + EITHER.format(fetched=SCOPED, then=THEN.format("id")))
    check.clean(CHECKS + EITHER.format(fetched=SCOPED, then=THEN.format("account.id")))


def test_a_row_that_was_handed_in_or_fetched_of_any_tenant() -> None:
    text = EITHER.format(fetched=ANY, then=THEN.format("account.id"))
    lines = [finding.span.line for finding in check.findings(CHECKS + text)]
    assert len(lines) == 1


OWNER = """async def is_closable(session: AsyncSession, account_id: int, user: User) -> bool:
    row = (
        await {sent}
    ).one_or_none()
    if row is None:
        return True
    owner_id, status = row
    return {answer}
"""

ROW = "session.execute(select(Account.company_id, Account.status).where(Account.id == account_id))"


@pytest.mark.parametrize(
    "answer",
    [
        "owner_id in (user.company_id, None) and status is not None",
        "owner_id == user.company_id",
    ],
)
def test_the_owner_is_compared_in_what_is_answered(answer: str) -> None:
    check.clean(CHECKS + OWNER.format(sent=ROW, answer=answer))


@pytest.mark.parametrize("answer", ["status is not None", "(owner_id, status)"])
def test_what_is_answered_says_nothing_of_the_owner(answer: str) -> None:
    found = check.findings(CHECKS + OWNER.format(sent=ROW, answer=answer))
    assert [finding.scope for finding in found] == ["is_closable"]


OF_THE_CODE = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.core import constants
from app.core.constants import DEFAULT_ACCOUNT_ID, FIRST_COMPANY_ID
from app.models import Account, Company, Payment, Visit

OWN_ID = 3


async def default(session: AsyncSession, account_id: int, cookie: str):
    local_id = 3
    return await {call}
"""


@pytest.mark.parametrize(
    "call",
    [
        "session.scalar(select(Account).where(Account.id == DEFAULT_ACCOUNT_ID))",
        "session.scalar(select(Account).where(Account.id == constants.DEFAULT_ACCOUNT_ID))",
        "session.get(Account, OWN_ID)",
        "session.scalar(select(Company).where(Company.id == FIRST_COMPANY_ID))",
        "session.scalar(select(Visit).where(Visit.encrypted_cookie == cookie))",
    ],
)
def test_the_row_that_the_code_itself_names(call: str) -> None:
    check.clean(OF_THE_CODE.format(call=call))


@pytest.mark.parametrize(
    "call",
    [
        "session.scalars(select(Payment).where(Payment.account_id == DEFAULT_ACCOUNT_ID))",
        "session.scalar(select(Account).where(Account.id == account_id))",
        "session.scalar(select(Account).where(Account.id == local_id))",
        "session.scalars(select(Account).where(Account.status == OWN_ID))",
        "session.scalars(select(Visit).where(Visit.accepts_cookies == cookie))",
    ],
)
def test_what_the_code_names_is_no_single_row(call: str) -> None:
    check.flags(OF_THE_CODE.format(call=f"«{call}»"), after=None)
