"""Endpoints that store what a payment belongs to, for the tests of TSL316."""

from textwrap import dedent, indent

from tests.harness import Check
from tests.tenant_service import DEPS, SERVICE

SCHEMAS = """
from pydantic import BaseModel, Field


class Line(BaseModel):
    account_id: int
    amount: int = 0


class PaymentRequest(BaseModel):
    account_id: int
    currency_id: int = 1
    status: str = ""
    parent_id: int | None = None
    lines: list[Line] = []
    line: Line
    account_ids: list[int] = []


class PatchPaymentRequest(BaseModel):
    id: int
    account_id: int | None = Field(None)
    status: str | None = None


class RefundRequest(BaseModel):
    payment_id: int
"""
# A getter of payments that refuses, beside the one that gives None.
GETTER = """
    async def get_payment(self, payment_id: int) -> Payment:
        raise HTTPException(status_code=404)

    async def get_accounts(self):"""
OTHERS = {
    **SERVICE,
    "app/api/deps.py": DEPS.replace("\n    async def get_accounts(self):", GETTER).replace(
        "import Depends, Request", "import Depends, HTTPException, Request"
    ),
    "app/schemas/requests.py": SCHEMAS,
}
PATH = "app/api/endpoints/payments.py"
check = Check("TSL316", path=PATH, others=OTHERS)

HEAD = """from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.encoders import jsonable_encoder
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.check_utils import verify_account, write_down

from app.models import Account, Payment, Refund, User
from app.schemas.requests import PatchPaymentRequest, PaymentRequest, RefundRequest

router = APIRouter()


"""
ENDPOINT = """@router.post("/payment")
async def create_payment(
    request_data: {schema},
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
"""


def endpoint(body: str, schema: str = "PaymentRequest") -> str:
    return HEAD + ENDPOINT.format(schema=schema) + indent(dedent(body).strip("\n"), "    ") + "\n"


ASKED = "await company_access.get_account(request_data.account_id)\n"
