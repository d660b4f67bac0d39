import pytest

from tests.change_sets import changed
from tests.documentation_context import CONTEXT
from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL410", path="app/api/endpoints/accounts.py")

ENDPOINTS = """
from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing import Literal

from app.models import Account

router = APIRouter()


# Closing is for good.
class AccountCloseRequest(BaseModel):
    id: int = Field(...)
    reason: Literal["sold", "shut"] = "shut"  # why

    # below


@router.post("/account/close")
async def close_account(request_data: AccountCloseRequest):
    return Account(id=request_data.id)
"""


def service(**others: str) -> dict[str, str]:
    files = {"app/api/endpoints/accounts.py": ENDPOINTS}
    return {**CONTEXT, **files, **others}


def test_a_request_moves_to_the_requests() -> None:
    made = changed(service(), "TSL410").files
    assert set(made) == {"app/api/endpoints/accounts.py", "app/schemas/requests.py"}
    assert made["app/api/endpoints/accounts.py"] == (
        "from fastapi import APIRouter\n\nfrom app.models import Account\n"
        "from app.schemas.requests import AccountCloseRequest\n\nrouter = APIRouter()\n\n\n"
        '@router.post("/account/close")\n'
        "async def close_account(request_data: AccountCloseRequest):\n"
        "    return Account(id=request_data.id)\n"
    )
    requests = made["app/schemas/requests.py"]
    assert requests.startswith(
        "from typing import Literal\n\nfrom pydantic import BaseModel, Field\n"
    )
    assert requests.endswith(
        "# Closing is for good.\nclass AccountCloseRequest(BaseRequest):\n    id: int = Field(...)\n"
        '    reason: Literal["sold", "shut"] = "shut"  # why\n\n    # below\n'
    )


def test_a_response_by_its_use() -> None:
    files = service()
    files["app/api/endpoints/accounts.py"] = """
        from fastapi import APIRouter
        from pydantic import BaseModel

        router = APIRouter()


        class Balance(BaseModel):
            amount: int


        @router.get("/balance", response_model=list[Balance])
        async def get_balance():
            return [Balance(amount=1)]
        """
    made = changed(files, "TSL410").files
    assert "from app.schemas.responses import Balance\n" in made["app/api/endpoints/accounts.py"]
    assert "class Balance(BaseResponse):\n    amount: int\n" in made["app/schemas/responses.py"]


def test_who_imports_it_imports_it_from_there() -> None:
    test = """
        from app.api.endpoints.accounts import AccountCloseRequest as Close, router
        from app.models import Account


        def late():
            from app.api.endpoints.accounts import AccountCloseRequest

            return AccountCloseRequest, Close, router, Account
        """
    made = changed(service(**{"app/api/utils/closing_utils.py": test}), "TSL410").files
    assert made["app/api/utils/closing_utils.py"] == (
        "from app.api.endpoints.accounts import router\nfrom app.models import Account\n"
        "from app.schemas.requests import AccountCloseRequest as Close\n\n\n"
        "def late():\n    from app.schemas.requests import AccountCloseRequest\n\n"
        "    return AccountCloseRequest, Close, router, Account\n"
    )


def test_a_schema_that_another_uses_goes_first() -> None:
    files = service()
    files["app/api/endpoints/accounts.py"] = """
        from fastapi import APIRouter
        from pydantic import BaseModel

        router = APIRouter()


        class LineRequest(BaseModel):
            amount: int


        class OrderRequest(BaseModel):
            lines: list[LineRequest]


        @router.post("/order")
        async def create_order(request_data: OrderRequest):
            return None
        """
    made = changed(files, "TSL410").files
    assert made["app/schemas/requests.py"].endswith(
        "class LineRequest(BaseRequest):\n    amount: int\n\n\n"
        "class OrderRequest(BaseRequest):\n    lines: list[LineRequest]\n"
    )
    assert "class" not in made["app/api/endpoints/accounts.py"]


def test_a_service_without_a_module_of_requests() -> None:
    files = service()
    del files["app/schemas/requests.py"], files["app/schemas/__init__.py"]
    made = changed(files, "TSL410").files
    assert made["app/schemas/__init__.py"] == ""
    assert "class AccountCloseRequest(BaseModel):" in made["app/schemas/requests.py"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("BaseModel):", "BaseModel):\n    kind: str = KIND", "it uses KIND"),
        ("AccountCloseRequest", "AccountCreateRequest", "has a AccountCreateRequest already"),
        ("AccountCloseRequest", "Closing", "nothing says"),
    ],
)
def test_schemas_that_cannot_move(before: str, after: str, reason: str) -> None:
    files = service()
    text = ENDPOINTS.replace(before, after).replace("router = ", 'KIND = "a"\nrouter = ')
    if "Closing" in after:
        text = text.replace("request_data: Closing", "request_data")
    files["app/api/endpoints/accounts.py"] = text
    report = changed(files, "TSL410")
    assert report.files == {}
    assert reason in report.reasons[0]


def test_requests_that_import_the_endpoints() -> None:
    files = service()
    files["app/schemas/requests.py"] = "from app.api.endpoints.accounts import router\n"
    assert "imports this module" in changed(files, "TSL410").reasons[0]


def test_where_it_points() -> None:
    found = check.findings(
        "from pydantic import BaseModel\n\n\ndef make():\n    class A(BaseModel): ...\n\n    return A\n"
    )
    assert [(f.span.line, f.span.column, f.span.end_column) for f in found] == [(5, 4, 11)]


def test_other_files_and_classes() -> None:
    text = "from pydantic import BaseModel\n\n\nclass A(BaseModel):\n    id: int\n"
    check.with_(path="app/schemas/all.py").clean(text)
    check.with_(path="app/tests/api/endpoints/test_a.py").clean(text)
    check.clean("class A:\n    id: int\n")


def test_another_folder_of_endpoints() -> None:
    text = "from pydantic import BaseModel\n\n\nclass CloseRequest(BaseModel):\n    id: int\n"
    elsewhere = check.with_(path="app/api/v1/views/accounts.py")
    elsewhere.clean(text)
    settings = Settings(endpoint_folders=("api/v1/views",))
    assert elsewhere.with_(settings=settings).findings(text)
