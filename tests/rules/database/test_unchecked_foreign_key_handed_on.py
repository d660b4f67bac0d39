"""Functions and services that endpoints hand a client's id, and who verifies it (TSL316)."""

from textwrap import dedent

import pytest

from tests.rules.database.payment_endpoints import HEAD, PATH, check

UTILITY = """
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Payment
from app.schemas.requests import PaymentRequest


async def create_payment_util(
    session: AsyncSession, company_id: int, request_data: PaymentRequest
) -> Payment:
    payment = «Payment(**request_data.model_dump(), company_id=company_id)»
    session.add(payment)
    return payment
"""
CALLER = """
from fastapi import APIRouter, Depends

from app.api import deps
from app.api.utils.check_utils import verify_everything
from app.api.utils.payment_utils import create_payment_util
from app.schemas.requests import PaymentRequest

router = APIRouter()


@router.post("/payment")
async def create_payment(
    request_data: PaymentRequest,
    company_access: deps.CompanyAccessDep,
    session: deps.SessionDep,
):
    {body}
    return await create_payment_util(session, company_access.company_id, request_data)
"""
utility = check.with_(path="app/api/utils/payment_utils.py")


def test_a_utility_that_stores_the_schema() -> None:
    found = utility.with_(others={PATH: CALLER.format(body="pass")}).flags(
        UTILITY, after=None, reason="no endpoint"
    )
    assert "reached by POST /payment" in found[0].help


def test_a_utility_that_takes_the_fields() -> None:
    fields = UTILITY.replace("request_data: PaymentRequest", "account_id: int").replace(
        "**request_data.model_dump()", "account_id=account_id"
    )
    caller = CALLER.format(body="pass").replace(
        "company_id, request_data)", "company_id, **request_data.model_dump())"
    )
    utility.with_(others={PATH: caller}).flags(fields, after=None, reason="no endpoint")


def test_a_utility_that_is_given_the_access_object() -> None:
    given = UTILITY.replace("company_id: int", "company_access: CompanyAccess").replace(
        "from app.models", "from app.api.deps import CompanyAccess\nfrom app.models"
    )
    given = given.replace(", company_id=company_id", "")
    after = given.replace(
        "    payment = «",
        "    await company_access.get_account(request_data.account_id)\n    payment = ",
    )
    others = {PATH: CALLER.format(body="pass")}
    utility.with_(others=others).flags(given, after=after.replace("»", ""))


@pytest.mark.parametrize(
    "body",
    [
        "await company_access.get_account(request_data.account_id)",
        "await verify_everything(request_data)",
    ],
)
def test_a_caller_that_verifies(body: str) -> None:
    others = {PATH: CALLER.format(body=body)}
    utility.with_(others=others).clean(UTILITY.replace("«", "").replace("»", ""))


SERVICES = """
from app.models import Account
from app.schemas import responses


class Accounts:
    async def find_one(self, account_id: int, user) -> {gives}: ...
"""


@pytest.mark.parametrize(
    ("gives", "verified"), [("Account", True), ("responses.Account", True), ("int", False)]
)
def test_a_caller_that_asks_a_service_of_which_nobody_says_what_it_is(
    gives: str, verified: bool
) -> None:
    body = "await session.services.accounts.find_one(request_data.account_id, session.user)"
    others = {
        PATH: CALLER.format(body=body),
        "app/services.py": SERVICES.format(gives=gives),
        "app/schemas/responses.py": "from pydantic import BaseModel\n\n\nclass Account(BaseModel): ...\n",
    }
    service = utility.with_(others=others)
    if verified:
        service.clean(UTILITY.replace("«", "").replace("»", ""))
    else:
        service.flags(UTILITY, after=None, reason="no endpoint")


def test_a_utility_that_no_endpoint_hands_a_client_s_schema() -> None:
    utility.clean(UTILITY.replace("«", "").replace("»", ""))


def test_tests_and_scripts_store_what_they_like() -> None:
    plain = UTILITY.replace("«", "").replace("»", "")
    check.with_(path="scripts/pay.py", others={PATH: CALLER}).clean(plain)


SERVICE_CLASS = """
from app.api.deps import CompanyAccess
from app.models import Payment
from app.schemas.requests import RefundRequest, PaymentRequest


class Intake:
    def __init__(self, company_access: CompanyAccess):
        self.company_access = company_access

    async def take(self, data: PaymentRequest) -> Payment:
        payment = «Payment(account_id=data.account_id)»
        self.company_access.session.add(payment)
        return payment
"""
TAKES = """
@router.post("/payment")
async def create_payment(data: PaymentRequest, company_access: deps.CompanyAccessDep):
    return await Intake(company_access).take(data)
"""
ASKS = """
@router.post("/payment/other")
async def create_other(data: PaymentRequest, company_access: deps.CompanyAccessDep):
    await company_access.get_account(data.account_id)
    return None
"""


def test_another_endpoint_that_takes_the_schema_verifies_nothing_here() -> None:
    head = HEAD.replace("\nrouter =", "\nfrom app.api.intake import Intake\nrouter =")
    service = check.with_(path="app/api/intake.py", others={PATH: head + TAKES + ASKS})
    after = SERVICE_CLASS.replace("»", "").replace(
        "        payment = «",
        "        await self.company_access.get_account(data.account_id)\n        payment = ",
    )
    service.flags(SERVICE_CLASS, after=after)
    asking = TAKES.replace(
        "    return", "    await company_access.get_account(data.account_id)\n    return"
    )
    asked = check.with_(path="app/api/intake.py", others={PATH: head + asking})
    asked.clean(SERVICE_CLASS.replace("«", "").replace("»", ""))


def test_a_parameter_of_an_endpoint_that_is_handed_on() -> None:
    utility = """
    async def move(session, payment: Payment, account_id: int) -> None:
        «payment.account_id» = account_id
        await session.commit()
    """
    head = "from app.models import Payment\n\n\n"
    moving = """
@router.patch("/payment/moved")
async def move_payment(id: int, account_id: int, company_access: deps.CompanyAccessDep):
    payment = await company_access.get_payment(id)
    {}await move(company_access.session, payment, account_id)
"""
    endpoint_head = HEAD.replace("\nrouter =", "\nfrom app.api.moving import move\nrouter =")
    service = check.with_(
        path="app/api/moving.py", others={PATH: endpoint_head + moving.format("")}
    )
    service.flags(head + dedent(utility), after=None, reason="no endpoint")
    asks = moving.format("await company_access.get_account(account_id)\n    ")
    asked = check.with_(path="app/api/moving.py", others={PATH: endpoint_head + asks})
    asked.clean(head + dedent(utility).replace("«", "").replace("»", ""))
