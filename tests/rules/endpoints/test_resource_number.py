import pytest

from tests.change_sets import changed
from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL105", path="app/api/endpoints/accounts.py")

HEAD = """
from fastapi import APIRouter
from fastapi_pagination import Page

from app.schemas.responses import AccountResponse

router = APIRouter()


"""


@pytest.mark.parametrize(
    ("route", "function", "path"),
    [
        ('get("/account", response_model=list[AccountResponse])', "get_accounts()", "/accounts"),
        ('get("/account", response_model=Page[AccountResponse])', "find()", "/accounts"),
        ('get("/admin/account/", response_model=list[int])', "list_accounts()", "/admin/accounts/"),
        ('get("/payment-intent")', "get_payment_intents() -> list[str]", "/payment-intents"),
        ('post("/accounts", response_model=AccountResponse)', "add(body: dict)", "/account"),
        ('post("/companies")', "create_company()", "/company"),
        ('patch("/payment_intents")', "update_payment_intent()", "/payment_intent"),
        ('delete("/accounts/{id}")', "delete_account(id: int)", "/account/{id}"),
        ('get("/accounts/{id}")', "get_account(id: int)", "/account/{id}"),
        ('get("/accounts")', "get_account(id: int)", "/account"),
        ("put('/accounts')", "replace_account(id: int)", "/account"),
        ('post("/statuses")', "create_status()", "/status"),
    ],
)
def test_the_wrong_number(route: str, function: str, path: str) -> None:
    rest = route.partition("(")[2]
    quote = rest[0]
    old = rest[1:].partition(quote)[0]
    fixed = route.replace(f"{quote}{old}{quote}", f"{quote}{path}{quote}")
    source = f"\nasync def {function}:\n    return 1\n"
    check.flags(
        f"{HEAD}@«router.{route}»  # here{source}",
        after=f"{HEAD}@router.{fixed}  # here{source}",
        unsafe=True,
        message=": say ",
        scope=function.partition("(")[0],
    )


@pytest.mark.parametrize(
    ("route", "function"),
    [
        ('get("/accounts", response_model=list[AccountResponse])', "get_accounts()"),
        ('get("/account", response_model=AccountResponse)', "get_account(id: int)"),
        ('post("/account", response_model=AccountResponse)', "create_account()"),
        ('get("/accounts/search", response_model=list[AccountResponse])', "search_accounts()"),
        ('get("/account/history", response_model=list[AccountResponse])', "get_account_history()"),
        ('get("/query", response_model=list[QueryCountResponse])', "get_counts_by_query()"),
        ('get("/account/{id}/guest", response_model=list[int])', "get_guests(id: int)"),
        ('get("/user_data", response_model=list[int])', "get_user_data()"),
        ('patch("/settings")', "patch_settings()"),
        ('post("/accounts", response_model=AccountResponse)', "create_accounts()"),
        ('post("/accounts", response_model=list[AccountResponse])', "create_account()"),
        ('post("/accounts")', "create_account(bodies: list[dict])"),
        ('post("/accounts/{id}/guests")', "create_guest(id: int)"),
        ('get("/accounts")', "get_account_overview()"),
        ('post("/status")', "create_status()"),
        ('post("/address")', "create_address()"),
        ('post("/webhooks")', "create_webhook()"),
        ('api_route("/accounts", methods=["POST", "PATCH"])', "save_account()"),
        ('get("/")', "get_accounts() -> list[int]"),
        ("get(PATH)", "get_accounts() -> list[int]"),
    ],
)
def test_the_right_number_or_nothing_that_tells(route: str, function: str) -> None:
    check.clean(f"{HEAD}@router.{route}\nasync def {function}:\n    return 1\n")


def test_the_configuration_says_plurals() -> None:
    source = f'{HEAD}@router.post("/staies")\nasync def create_stay():\n    return 1\n'
    check.clean(source)
    configured = check.with_(settings=Settings(plurals={"stay": "staies"}))
    assert [f.message for f in configured.findings(source)] == [
        "POST /staies is of one, at staies: say stay"
    ]
    uncounted = check.with_(settings=Settings(plurals={"stays": "stays"}))
    uncounted.clean(source.replace("staies", "stays"))


def test_why_there_is_no_fix() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        router = APIRouter(prefix="/accounts")


        @«router.post("")»
        async def create_account():
            return 1


        @«router.get("/{id}")»
        async def get_account(id: int):
            return 1
        """,
        after=None,
        reason="a prefix says it, for other routes too",
    )
    check.flags(
        """
        @router.post("/account")
        async def make():
            return 1


        @«router.post("/accounts")»
        async def create_account():
            return 1
        """,
        after=None,
        reason="POST /account is a route already",
    )
    check.flags(
        """
        @«router.post("/acc" "ounts")»
        async def create_account():
            return 1
        """,
        after=None,
        reason="not one plain string",
    )


def test_routes_of_tests() -> None:
    check.with_(path="app/tests/test_accounts.py").clean(
        '@router.post("/accounts")\nasync def create_account(): ...\n'
    )


def test_what_other_fixes_of_the_route_lead_to_does_not_stop_them() -> None:
    service = {
        "app/models.py": """
            from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


            class Base(DeclarativeBase):
                pass


            class Account(Base):
                __tablename__ = "accounts"

                id: Mapped[int] = mapped_column(primary_key=True)
            """,
        "app/schemas/responses.py": """
            from pydantic import BaseModel


            class AccountResponse(BaseModel):
                id: int
            """,
        "app/api/endpoints/accounts.py": """
            from fastapi import APIRouter

            from app.schemas.responses import AccountResponse

            router = APIRouter()


            @router.get("/account")
            async def find():
                return [AccountResponse(id=1)]


            @router.put("/accounts/{account_id}", response_model=AccountResponse)
            def update_account(account_id: int):
                return AccountResponse(id=account_id)


            @router.delete("/accounts/{name}", response_model=AccountResponse)
            async def delete_account(name: str):
                return AccountResponse(id=1)
            """,
    }
    result = changed(service, "TSL1")
    assert {f.code for f in result.report.findings} == {"TSL111", "TSL114"}
    assert (
        result.files["app/api/endpoints/accounts.py"]
        == """\
from fastapi import APIRouter
from fastapi_pagination import Page, paginate

from app.schemas.responses import AccountResponse

router = APIRouter()


@router.get("/accounts", response_model=Page[AccountResponse])
async def find():
    return paginate([AccountResponse(id=1)])


@router.patch("/account", response_model=AccountResponse)
async def update_account(id: int):
    return AccountResponse(id=id)


@router.delete("/account", response_model=AccountResponse)
async def delete_account(name: str):
    return AccountResponse(id=1)
"""
    )
