import pytest

from tests.documentation_context import CONTEXT
from tests.harness import Check

check = Check("TSL408", path="app/schemas/requests.py")

HEAD = """
from typing import Annotated, Any, Literal, Optional

from pydantic import BaseModel, Field


class PatchAccountRequest(BaseModel):
    id: int = Field(..., json_schema_extra={"example": 1})
"""


def patch(line: str, head: str = HEAD) -> str:
    return f"{head}    {line}\n"


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("name: str", "name: str | None = Field(None)"),
        ("name: str = Field(...)", "name: str | None = Field(None)"),
        ("name: str = Field()", "name: str | None = Field(None)"),
        ("name: str = Field(max_length=9)", "name: str | None = Field(None, max_length=9)"),
        ("name: str = Field(default=..., gt=1)", "name: str | None = Field(default=None, gt=1)"),
        ("name: str = ...", "name: str | None = None"),
        ("name: str | None", "name: str | None = Field(None)"),
        ("name: Optional[str] = Field(...)", "name: Optional[str] = Field(None)"),
        ("name: Any", "name: Any = Field(None)"),
        ('name: "str"', 'name: "str | None" = Field(None)'),
        (
            "name: Annotated[str, Field(gt=1)]",
            "name: Annotated[str, Field(gt=1)] | None = Field(None)",
        ),
        ("owner_id: int", "owner_id: int | None = Field(None)"),
    ],
)
def test_a_field_that_must_be_sent(line: str, fixed: str) -> None:
    check.flags(
        patch(f"«{line}»  # shown"), after=patch(f"{fixed}  # shown"), scope="PatchAccountRequest"
    )


def test_a_field_over_several_lines() -> None:
    check.flags(
        patch(
            '«name: str = Field(\n        ..., max_length=255, json_schema_extra={"example": "A name"}\n    )»'
        ),
        after=patch(
            "name: str | None = Field(\n        None, max_length=255, "
            'json_schema_extra={"example": "A name"}\n    )'
        ),
    )


def test_a_line_that_grows_too_long() -> None:
    check.flags(
        patch('«display_name: str = Field(min_length=1, json_schema_extra={"example": "Shown"})»'),
        after=patch(
            "display_name: str | None = Field(\n        None, min_length=1, "
            'json_schema_extra={"example": "Shown"}\n    )'
        ),
    )


def test_a_file_that_does_not_import_field() -> None:
    head = "\nimport pydantic\n\n\nclass PatchAccountRequest(pydantic.BaseModel):\n    id: int\n"
    check.flags(patch("«name: str»", head), after=patch("name: str | None = None", head))


def test_an_endpoint_that_reads_the_field() -> None:
    endpoint = """
        from fastapi import APIRouter
        from app.schemas.requests import PatchAccountRequest

        router = APIRouter()


        @router.patch("/account")
        async def patch_account(request_data: PatchAccountRequest):
            print(request_data.name.strip())
        """
    there = check.with_(others={**CONTEXT, "app/api/endpoints/accounts.py": endpoint})
    there.flags(patch("«name: str»"), after=patch("name: str | None = Field(None)"), unsafe=True)
    there.flags(patch("«code: str»"), after=patch("code: str | None = Field(None)"))


def test_a_field_that_is_inherited() -> None:
    check.flags(
        """
        from pydantic import BaseModel


        class AccountFields(BaseModel):
            name: str


        class PatchAccountRequest(«AccountFields»):
            id: int
        """,
        after=None,
        reason="name is required of others as well",
    )


@pytest.mark.parametrize(
    "line",
    [
        "name: str | None = Field(None)",
        "name: str | None = None",
        'name: str = ""',
        "names: list[str] = Field(default_factory=list)",
        "name: Annotated[str | None, Field(default=None)]",
        'kind: Literal["account"]',
        "name: str = Field(**options)",
        "model_config = {}",
        "_name: str",
    ],
)
def test_a_field_that_can_be_left_out(line: str) -> None:
    check.clean(patch(line))


def test_identifiers_of_another_name() -> None:
    check.clean(
        "from pydantic import BaseModel\n\n\nclass PatchUserAccountRequest(BaseModel):\n"
        "    user_id: int\n    account_id: int\n    role: str | None = None\n"
    )


def test_other_classes() -> None:
    check.clean(patch("name: str", HEAD.replace("PatchAccount", "CreateAccount")))
    check.clean("class PatchRequest:\n    name: str\n")
    check.with_(path="app/tests/test_schemas.py").clean(patch("name: str"))
