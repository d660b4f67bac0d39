"""Endpoints that write accounts from what the client sent, for the tests of TSL304."""

from tests.harness import Check
from tests.tenant_service import SERVICE

REQUESTS = """
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str
    company_id: int | None = None


class PatchAccountRequest(BaseModel):
    id: int
    name: str | None = None
    company_id: int | None = None


class PlainRequest(BaseRequest):
    name: str


class HiddenRequest(BaseRequest):
    name: str
    company_id: int = Field(0, exclude=True)


class BatchRequest(BaseRequest):
    accounts: list[AccountCreateRequest]
"""

check = Check(
    "TSL304",
    path="app/api/endpoints/accounts.py",
    others={**SERVICE, "app/schemas/requests.py": REQUESTS},
)

HEAD = """
from fastapi import APIRouter, Body, Depends, Header, HTTPException, Request
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Account, Company
from app.schemas.requests import (
    AccountCreateRequest,
    BatchRequest,
    HiddenRequest,
    PatchAccountRequest,
    PlainRequest,
)

router = APIRouter()


"""

POST = (
    HEAD
    + """
@router.post("/account")
async def create_account(
    request_data: AccountCreateRequest,
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
"""
)


def flags(before: str, after: str, head: str = POST) -> None:
    check.flags(head + before, after=head + after)
