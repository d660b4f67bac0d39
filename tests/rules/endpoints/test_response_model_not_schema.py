import pytest

from tests.harness import Check
from tests.rules.endpoints.account_service import SERVICE

check = Check("TSL102", path="app/api/endpoints/accounts.py", others=SERVICE)

HEAD = """
from typing import Any, Dict, List, Optional, Sequence, Union

from fastapi import APIRouter
from fastapi_pagination import Page

from app.models import Account
from app.schemas.responses import AccountResponse

Anything = dict[str, Any]
router = APIRouter()


"""
BODY = """
async def get_account():
    return await find(Account, AccountResponse)
"""


@pytest.mark.parametrize(
    ("model", "schema"),
    [
        ("Account", "AccountResponse"),
        ("list[Account]", "list[AccountResponse]"),
        ("List[Account]", "List[AccountResponse]"),
        ("Sequence[Account]", "Sequence[AccountResponse]"),
        ("dict[str, Account]", "dict[str, AccountResponse]"),
        ("Page[Account]", "Page[AccountResponse]"),
        ("Account | None", "AccountResponse | None"),
        ("Optional[Account]", "Optional[AccountResponse]"),
        ("Union[Account, AccountResponse]", "Union[AccountResponse, AccountResponse]"),
    ],
)
def test_an_orm_class_gives_way_to_its_schema(model: str, schema: str) -> None:
    check.flags(
        f'{HEAD}@«router.get("/account", response_model={model})»{BODY}',
        after=f'{HEAD}@router.get("/account", response_model={schema}){BODY}',
        message="Account is an ORM class",
        scope="get_account",
    )


@pytest.mark.parametrize(
    "model",
    [
        "dict",
        "Dict",
        "Any",
        "object",
        "list",
        "list[dict]",
        "dict[str, Any]",
        "list[dict[str, Any]]",
        "Optional[dict]",
        "AccountResponse | dict",
        "Page[dict]",
        "Anything",
        "tuple[Any, ...]",
    ],
)
def test_what_says_nothing(model: str) -> None:
    check.flags(
        f'{HEAD}@«router.get("/account", response_model={model})»{BODY}',
        after=None,
        reason="write a schema for it",
    )


@pytest.mark.parametrize(
    "model",
    [
        "AccountResponse",
        "list[AccountResponse]",
        "dict[str, AccountResponse]",
        "Page[AccountResponse]",
        "Optional[AccountResponse]",
        "str",
        "bool",
        "list[str]",
        "dict[str, int]",
        "None",
        "unknown()",
    ],
)
def test_what_is_fine(model: str) -> None:
    check.clean(f'{HEAD}@router.get("/account", response_model={model}){BODY}')


def test_the_schema_is_imported_and_the_model_if_unused_is_not() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.models import Account

        router = APIRouter()


        @«router.get("/accounts", response_model=list[Account])»  # all of them
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return await company_access.get_accounts()
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=list[AccountResponse])  # all of them
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return await company_access.get_accounts()
        """,
    )


def test_a_longer_name_is_wrapped() -> None:
    check.flags(
        f'{HEAD}@«router.get("/account/long/enough/to/be/wrapped/here", response_model=List[Account])»'
        + BODY,
        after=f"{HEAD}@router.get(\n"
        '    "/account/long/enough/to/be/wrapped/here", response_model=List[AccountResponse]\n)'
        + BODY,
    )


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("list[Invoice]", "InvoiceResponse needs total_with_tax"),
        ("Accounts", "Account stands behind an alias"),
    ],
)
def test_why_there_is_no_fix(model: str, reason: str) -> None:
    head = HEAD.replace("import Account\n", "import Account, Invoice, Refund\n")
    head = head.replace("Anything = dict[str, Any]", "Accounts = list[Account]")
    check.flags(
        f'{head}@«router.get("/account", response_model={model})»{BODY}',
        after=None,
        reason=reason,
    )


def test_a_choice_of_schemas() -> None:
    (finding,) = check.flags(
        f'{HEAD}@«router.get("/currency", response_model=models.Currency)»{BODY}'.replace(
            "from app.models import Account",
            "from app import models\nfrom app.models import Account",
        ),
        after=f'{HEAD}@router.get("/currency", response_model=CurrencyResponseShort){BODY}'.replace(
            "import AccountResponse", "import AccountResponse, CurrencyResponseShort"
        ),
        unsafe=True,
    )
    assert finding.fix is not None
    assert "CurrencyResponseShort" in finding.fix.caution


def test_a_route_of_a_test() -> None:
    source = f'{HEAD}@router.get("/account", response_model=Account){BODY}'
    assert len(check.findings(source)) == 1
    check.with_(path="app/tests/test_accounts.py").clean(source)
