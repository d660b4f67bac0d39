"""What a route answers with is read by its schema, after its last line (TSL307)."""

from __future__ import annotations

import pytest

from tests.rules.database.loading_code import check, flags

REFRESH = {
    "app/db_utils.py": """
    async def refresh_and_return(session, obj):
        await session.refresh(obj)
        return obj
    """
}


ROUTES = """\
from fastapi import APIRouter, Depends
from fastapi_pagination import Page, paginate
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.deps import get_session
from app.models import Account, Payment
from app.schemas import (
    AccountResponse,
    AccountResponseShort,
    MadeUpResponse,
    PaymentResponse,
    RenamedResponse,
)
from app.utils import get_account, get_accounts

router = APIRouter()
"""


SELECTINLOAD = "from sqlalchemy.orm import selectinload\n"


def route(model: str, body: str, decorated: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return (
        f'{ROUTES}\n\n@router.get("/x", response_model={model}{decorated})\n'
        f"async def read(id: int, session: AsyncSession = Depends(get_session)):\n{lines}"
    )


def test_a_route_returns_what_its_schema_reads() -> None:
    check.flags(
        route("AccountResponse", "account = await get_account(session, id)\n«return account»"),
        after=route(
            "AccountResponse",
            "account = await get_account(session, id)\n"
            'await session.refresh(account, ["group"])\n'
            'await session.refresh(account.group, ["owners"])\n'
            "return account",
        ),
        message="AccountResponse reads Account.group",
    )


def test_a_route_returns_a_list() -> None:
    check.flags(
        route(
            "list[AccountResponse]",
            "accounts = await session.scalars(select(Account))\n«return accounts.all()»",
        ),
        after=route(
            "list[AccountResponse]",
            "accounts = await session.scalars(\n"
            "    select(Account).options(selectinload(Account.group).selectinload(Group.owners))\n"
            ")\n"
            "return accounts.all()",
        )
        .replace("import AsyncSession\n", "import AsyncSession\n" + SELECTINLOAD)
        .replace("import Account, Payment", "import Account, Group, Payment"),
    )


def test_a_schema_below_a_schema() -> None:
    found = check.findings(
        route("PaymentResponse", "payment = await session.get(Payment, id)\nreturn payment")
    )
    assert [f.message.partition(",")[0] for f in found] == ["PaymentResponse reads Account.group"]


def test_a_new_object_is_returned_refreshed() -> None:
    new = 'account = Account(name="x", group_id=1, currency_id=id)\nsession.add(account)\n'
    check.with_(others=REFRESH).flags(
        route("AccountResponseShort", f"{new}await session.commit()\n«return account»"),
        after=route(
            "AccountResponseShort",
            f"{new}await session.commit()\nreturn await refresh_and_return(session, account)",
        ).replace(
            "from app.deps import get_session",
            "from app.db_utils import refresh_and_return\nfrom app.deps import get_session",
        ),
    )
    check.flags(
        route("AccountResponseShort", f"{new}await session.commit()\n«return account»"),
        after=route(
            "AccountResponseShort",
            f"{new}await session.commit()\nawait session.refresh(account)\nreturn account",
        ),
        message="AccountResponseShort reads Account.currency",
    )


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("AccountResponseShort", "return await get_account(session, id)"),
        ("RenamedResponse", "return await get_account(session, id)"),
        ("MadeUpResponse", "return await get_account(session, id)"),
        ("None", "return await get_account(session, id)"),
        ("dict", "return await get_account(session, id)"),
        ("AccountResponse", "return AccountResponse(id=1, group=None)"),
        ("Page[AccountResponseShort]", "return paginate(await get_accounts(session))"),
        (
            "AccountResponseShort",
            'a = Account(name="x", group_id=1)\nsession.add(a)\n'
            "await session.commit()\nawait session.refresh(a)\nreturn a",
        ),
        ("AccountResponseShort", "a = Account(group_id=1)\nsession.add(a)\nreturn a"),
    ],
)
def test_a_route_whose_schema_reads_nothing_unloaded(model: str, body: str) -> None:
    check.clean(route(model, body))


def test_routes_that_may_say_more() -> None:
    body = "return await get_account(session, id)"
    check.clean(route("AccountResponse", body, ", **options"))
    synchronous = route("AccountResponse", "return session.get(Account, id)")
    check.clean(synchronous.replace("async def", "def"))


def test_validating_reads() -> None:
    flags(
        """\
from app.schemas import AccountResponse


async def read(session: AsyncSession, id: int) -> AccountResponse:
    account = await get_account(session, id)
    await session.refresh(account, ["payments"])
    return «AccountResponse.model_validate(account)»
""",
        """\
from app.schemas import AccountResponse


async def read(session: AsyncSession, id: int) -> AccountResponse:
    account = await get_account(session, id)
    await session.refresh(account, ["payments"])
    await session.refresh(account, ["group"])
    await session.refresh(account.group, ["owners"])
    return AccountResponse.model_validate(account)
""",
    )
