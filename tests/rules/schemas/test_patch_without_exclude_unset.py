import pytest

from tests.documentation_context import CONTEXT
from tests.harness import Check

SCHEMAS = """
from pydantic import BaseModel, Field


class PatchAccountRequest(BaseModel):
    id: int = Field(...)
    name: str | None = Field(None)
    active: bool = Field(default=True)


class PatchNameRequest(BaseModel):
    id: int
    name: str | None = None


class RenameRequest(BaseModel):
    id: int
    name: str = Field(..., min_length=1)
"""
check = Check(
    "TSL407",
    path="app/api/endpoints/accounts.py",
    others={**CONTEXT, "app/schemas/requests.py": SCHEMAS},
)

HEAD = """
from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder
from app.schemas.requests import PatchAccountRequest, PatchNameRequest, RenameRequest

router = APIRouter()


@router.{verb}("/account")
async def patch_account(data: {schema}):
    {line}
"""


def patch(line: str, schema: str = "PatchAccountRequest", verb: str = "patch") -> str:
    return HEAD.format(line=line, schema=schema, verb=verb)


@pytest.mark.parametrize(
    ("dump", "fixed"),
    [
        ("data.model_dump()", "data.model_dump(exclude_unset=True)"),
        ("data.dict()", "data.dict(exclude_unset=True)"),
        ('data.model_dump(mode="json")', 'data.model_dump(mode="json", exclude_unset=True)'),
        ("data.model_dump(exclude_unset=False)", "data.model_dump(exclude_unset=True)"),
        (
            "data.model_dump(exclude_none=True)",
            "data.model_dump(exclude_none=True, exclude_unset=True)",
        ),
        ("jsonable_encoder(data)", "jsonable_encoder(data, exclude_unset=True)"),
    ],
)
def test_a_dump_of_all_fields(dump: str, fixed: str) -> None:
    check.flags(
        patch(f"await update(**«{dump}»)  # all"),
        after=patch(f"await update(**{fixed})  # all"),
        scope="patch_account",
        message="dump of PatchAccountRequest",
    )


def test_a_dump_over_several_lines() -> None:
    check.flags(
        patch('new = «data.model_dump(\n        exclude={"id"},  # the key\n    )»'),
        after=patch(
            'new = data.model_dump(\n        exclude={"id"},  # the key\n'
            "        exclude_unset=True,\n    )"
        ),
    )


def test_an_optional_body_and_a_function_inside() -> None:
    check.flags(
        patch("def inner(): return «data.dict()»", "PatchAccountRequest | None"),
        after=patch(
            "def inner(): return data.dict(exclude_unset=True)", "PatchAccountRequest | None"
        ),
    )


def test_a_utility_that_only_patches_call() -> None:
    endpoints = {"app/api/endpoints/accounts.py": patch("...")}
    utility = check.with_(path="app/api/utils/account_utils.py", others=endpoints)
    utility.flags(
        """
        from app.schemas.requests import PatchAccountRequest


        def apply(account, data: PatchAccountRequest):
            for key, value in «data.model_dump()».items():
                setattr(account, key, value)
        """,
        after="""
        from app.schemas.requests import PatchAccountRequest


        def apply(account, data: PatchAccountRequest):
            for key, value in data.model_dump(exclude_unset=True).items():
                setattr(account, key, value)
        """,
    )
    utility.clean(
        """
        from app.schemas.requests import PatchAccountRequest


        def describe(data: PatchAccountRequest):
            return data.model_dump()
        """
    )


@pytest.mark.parametrize(
    "dump",
    [
        "data.model_dump(exclude_unset=True)",
        "data.model_dump(exclude_unset=partial)",
        "data.model_dump(**options)",
        "data.model_dump(exclude_defaults=True)",
        "data.model_dump_json()",
        "jsonable_encoder({})",
        "other.model_dump()",
        "logger.info('patch', extra=data.model_dump())",
        "f'{data.model_dump()}'",
        "Event(details=data.model_dump())",
        "{k: v for k, v in data.model_dump().items() if v is not None}",
    ],
)
def test_dumps_that_leave_out_or_change_nothing(dump: str) -> None:
    check.clean(patch(f"x = {dump}"))


def test_no_default_but_none_beside_exclude_none() -> None:
    check.clean(patch("x = data.model_dump(exclude_none=True)", "PatchNameRequest"))


def test_a_schema_in_which_nothing_can_be_left_out() -> None:
    check.clean(patch("x = data.model_dump()", "RenameRequest"))


@pytest.mark.parametrize("verb", ["post", "put"])
def test_other_verbs(verb: str) -> None:
    check.clean(patch("x = data.model_dump()", verb=verb))


def test_a_variable_of_the_endpoint_s_own() -> None:
    check.clean(patch("data = PatchAccountRequest(id=1)\n    x = data.model_dump()", "int"))
