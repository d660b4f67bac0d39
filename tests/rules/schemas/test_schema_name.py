import pytest

from tests.change_sets import changed
from tests.documentation_context import CONTEXT
from tests.harness import Check

check = Check("TSL411", path="app/schemas/accounts.py", others=CONTEXT)

SCHEMAS = """
from __future__ import annotations

from pydantic import BaseModel

__all__ = ["AccountIn", "AccountOut"]


class AccountIn(BaseModel):  # AccountIn
    parent: AccountIn | None = None
    children: "list[AccountIn]" = []


class AccountOut(BaseModel):
    id: int


class Nested(BaseModel):
    id: int
"""
ENDPOINTS = """
from fastapi import APIRouter

from app import schemas
from app.schemas.accounts import AccountIn as Body, AccountOut

router = APIRouter()


@router.post("/account", response_model=AccountOut)
async def create_account(request_data: Body):
    return schemas.accounts.AccountOut(id=1), AccountIn
"""


def service(**others: str) -> dict[str, str]:
    files = {"app/schemas/accounts.py": SCHEMAS, "app/api/endpoints/accounts.py": ENDPOINTS}
    return {**CONTEXT, **files, **others}


def test_both_are_renamed_wherever_they_are_named() -> None:
    made = changed(service(), "TSL411").files
    assert made["app/schemas/accounts.py"] == SCHEMAS.lstrip("\n").replace(
        "AccountOut", "AccountResponse"
    ).replace("AccountIn", "AccountRequest").replace("# AccountRequest", "# AccountIn")
    assert made["app/api/endpoints/accounts.py"] == ENDPOINTS.lstrip("\n").replace(
        "import AccountIn as Body, AccountOut", "import AccountRequest as Body, AccountResponse"
    ).replace("=AccountOut", "=AccountResponse").replace(".AccountOut", ".AccountResponse")


def assert_renamed_in_both(package: str, user: str) -> None:
    made = changed(
        service(**{"app/schemas/__init__.py": package, "app/api/utils/make_utils.py": user}),
        "TSL411",
    ).files
    assert made["app/schemas/__init__.py"] == package.replace(
        "AccountIn", "AccountRequest"
    ).replace("AccountOut", "AccountResponse")
    assert made["app/api/utils/make_utils.py"] == user.replace("AccountOut", "AccountResponse")


def test_a_package_that_re_exports_it() -> None:
    package = (
        "from .accounts import AccountIn, AccountOut\n\n__all__ = ['AccountIn', 'AccountOut']\n"
    )
    user = "from app.schemas import AccountOut\n\n\ndef make() -> 'AccountOut': ...\n"
    assert_renamed_in_both(package, user)


def test_a_package_that_passes_it_on_under_its_own_name() -> None:
    package = (
        "from .accounts import AccountIn as Body\n"
        "from .accounts import AccountOut as AccountOut\n\nDEFAULT = AccountOut(id=1)\n"
    )
    user = "from app.schemas import AccountOut, Body\n\nMADE = AccountOut(id=2), Body()\n"
    assert_renamed_in_both(package, user)


def test_a_mock_that_names_it_in_a_string() -> None:
    test = (
        "from app.schemas.accounts import AccountOut\n\n\n"
        "def test_it(mocker):\n    mocker.patch('app.schemas.accounts.AccountOut')\n"
        "    assert AccountOut, 'an AccountOut is made'\n"
    )
    made = changed(service(**{"app/tests/test_accounts.py": test}), "TSL411").files
    assert made["app/tests/test_accounts.py"] == (
        "from app.schemas.accounts import AccountResponse\n\n\n"
        "def test_it(mocker):\n    mocker.patch('app.schemas.accounts.AccountResponse')\n"
        "    assert AccountResponse, 'an AccountOut is made'\n"
    )


def test_a_name_that_is_taken() -> None:
    files = service()
    files["app/schemas/accounts.py"] += "\n\nclass AccountRequest(BaseModel): ...\n"
    report = changed(files, "TSL411")
    assert "class AccountIn" in report.files["app/schemas/accounts.py"]
    assert report.reasons == ["AccountRequest is the name of something in this file"]


def test_a_name_that_says_it_and_goes_on() -> None:
    files = {
        path: text.replace("AccountIn", "AccountRequestBody") for path, text in service().items()
    }
    assert "class AccountRequest(" in changed(files, "TSL411").files["app/schemas/accounts.py"]


def test_a_class_that_clients_send_and_get() -> None:
    files = service()
    files["app/api/endpoints/accounts.py"] = ENDPOINTS.replace("=AccountOut", "=Body")
    report = changed(files, "TSL411")
    assert "clients send it and get it" in report.reasons[0]


@pytest.mark.parametrize(
    ("name", "parameter", "said"),
    [
        ("AccountFilter", "data: AccountFilter = Depends()", ""),
        ("AccountCreateRequest", "data: AccountCreateRequest", ""),
        ("PatchAccountRequest", "data: PatchAccountRequest", ""),
        ("AccountResponse", "", ", response_model=list[AccountResponse]"),
        ("AccountResponseShort", "", ", response_model=AccountResponseShort"),
        ("ObjectName", "", ", response_model=dict"),
        ("AccountQuery", "data: Annotated[AccountQuery, Query()]", ""),
    ],
)
def test_names_that_say_it(name: str, parameter: str, said: str) -> None:
    endpoint = f"""
        from typing import Annotated
        from fastapi import APIRouter, Depends, Query
        from app.schemas.accounts import {name}

        router = APIRouter()


        @router.post("/account"{said})
        async def create_account({parameter}): ...
        """
    there = check.with_(others={"app/api/endpoints/accounts.py": endpoint})
    there.clean(f"from pydantic import BaseModel\n\n\nclass {name}(BaseModel):\n    id: int\n")


def test_where_it_points() -> None:
    there = check.with_(others={"app/api/endpoints/accounts.py": ENDPOINTS})
    found = there.findings(SCHEMAS)
    assert [(f.scope, f.span.column, f.span.end_column) for f in found] == [
        ("AccountIn", 0, 15),
        ("AccountOut", 0, 16),
    ]


def test_a_fix_that_writes_the_name_of_a_class_waits_until_it_is_called_otherwise() -> None:
    before = """
    from fastapi import APIRouter
    from pydantic import BaseModel

    router = APIRouter()


    class Settings(BaseModel):
        order: list[str] = []


    @router.put("/settings", response_model=None)
    def update_settings(body: Settings):
        return None


    @router.get("/settings")
    def get_settings() -> Settings:
        return Settings()
    """
    made = changed({"app/settings.py": before}, "TSL101", "TSL411")
    text = made.files["app/settings.py"]
    assert "response_model=SettingsRequest" in text
    assert "Settings)" not in text and "Settings:" not in text
