import pytest

from tests.harness import Check

DEPS = {
    "app/api/deps.py": """
        from fastapi import Depends
        from pydantic import BaseModel


        class Which(BaseModel):
            id: int


        class Loader:
            def __init__(self, id: int):
                self.id = id


        async def get_account_of(id: int):
            return id


        async def get_checked_account(account=Depends(get_account_of)):
            return account


        async def get_session():
            return 1
        """,
    "app/models.py": """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)


        class Company(Base):
            __tablename__ = "companies"


        class Account(Base):
            __tablename__ = "accounts"


        class PaymentIntent(Base):
            __tablename__ = "payment_intents"
        """,
}
check = Check("TSL114", path="app/api/endpoints/accounts.py", others=DEPS)

HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.api.deps import Loader, Which, get_checked_account, get_session
from app.schemas.responses import AccountResponse

router = APIRouter()


"""


@pytest.mark.parametrize(
    ("route", "function"),
    [
        ('get("/account", response_model=AccountResponse)', "find(account_id: int)"),
        ('get("/account")', "get_account(name: str, session=Depends(get_session))"),
        ('get("/account") ', "find() -> AccountResponse"),
        ('delete("/account", status_code=204)', "remove(account_id: int)"),
        ('get("/payment-intent")', "get_payment_intent() -> PaymentIntentResponse"),
    ],
)
def test_one_thing_without_an_id(route: str, function: str) -> None:
    check.flags(
        f"{HEAD}@«router.{route.strip()}»\nasync def {function}:\n    return 1\n",
        after=None,
        reason="is not said anywhere",
        message="is of one and takes no id",
    )


@pytest.mark.parametrize(
    ("route", "function"),
    [
        ('get("/account", response_model=AccountResponse)', "find(id: int)"),
        ('get("/account", response_model=list[AccountResponse])', "get_account()"),
        ('get("/accounts", response_model=list[AccountResponse])', "get_accounts()"),
        ('get("/account/summary")', "get_summary_of_account()"),
        ('get("/account", response_model=AccountResponse)', "list_account()"),
        ('get("/account/{account_id}")', "get_account(account_id: int)"),
        ('delete("/account")', "delete_account(account=Depends(get_checked_account))"),
        ('delete("/account")', "delete_account(which: Which = Depends())"),
        ('delete("/account")', "delete_account(which: Annotated[Loader, Depends()])"),
        ('delete("/account")', 'delete_account(account_id: int = Query(alias="id"))'),
        ('delete("/accounts")', "delete_accounts(ids: list[int])"),
        ('patch("/account")', "patch_account(body: dict)"),
        ('get("/company")', "get_company()"),
        ('get("/status")', "get_status()"),
        ('delete("/me")', "delete_me()"),
        ('get("/webhooks/account")', "get_account()"),
    ],
)
def test_what_is_told_which_or_is_of_many(route: str, function: str) -> None:
    check.clean(f"{HEAD}@router.{route}\nasync def {function}:\n    return 1\n")


def test_routes_of_tests() -> None:
    check.with_(path="app/tests/test_accounts.py").clean(
        '@router.delete("/account")\nasync def delete_account(): ...\n'
    )


def test_an_answer_that_names_many() -> None:
    imported = HEAD.replace("AccountResponse", "AccountListResponse, AccountResponse", 1)
    route = '@router.get("/account", response_model=AccountListResponse)'
    check.clean(f"{imported}{route}\nasync def get_account():\n    return 1\n")
