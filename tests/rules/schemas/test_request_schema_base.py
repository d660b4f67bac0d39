import pytest

from tests.harness import Check

check = Check("TSL402", path="app/schemas/requests.py")

BASE = '''
from pydantic import BaseModel


class BaseRequest(BaseModel):
    """Base class for all request schemas."""

'''


def test_a_class_beside_the_base() -> None:
    check.flags(
        BASE + "\nclass AccountCreateRequest(«BaseModel»):\n    name: str\n",
        after=BASE + "\nclass AccountCreateRequest(BaseRequest):\n    name: str\n",
        scope="AccountCreateRequest",
    )


@pytest.mark.parametrize(
    "path", ["app/schemas/requests/account.py", "app/schemas/account_requests.py"]
)
def test_a_module_of_one_resource(path: str) -> None:
    there = check.with_(path=path, others={"app/schemas/requests/base.py": BASE})
    there.flags(
        """
        from pydantic import BaseModel, Field


        class AccountCreateRequest(«BaseModel»):
            name: str = Field(...)
        """,
        after="""
        from pydantic import Field

        from app.schemas.requests.base import BaseRequest


        class AccountCreateRequest(BaseRequest):
            name: str = Field(...)
        """,
    )


@pytest.mark.parametrize(
    "member", ["source: str", "@field_validator('name')\n    def check(cls, value): ..."]
)
def test_a_base_that_says_more(member: str) -> None:
    head = BASE.replace('schemas."""\n', f'schemas."""\n\n    {member}\n')
    check.flags(
        head + "\nclass A(«BaseModel»):\n    name: str\n",
        after=head + "\nclass A(BaseRequest):\n    name: str\n",
        unsafe=True,
    )


def test_patches_may_derive_from_either() -> None:
    check.clean(
        BASE + "\nclass PatchAccountRequest(BaseModel):\n    id: int\n"
        "\n\nclass PatchGuestRequest(BaseRequest):\n    id: int\n"
    )


def test_a_resource_that_is_a_request_itself() -> None:
    check.with_(path="app/schemas/privacy_request.py").clean(
        BASE + "\nclass PrivacyRequestCreate(BaseModel):\n    name: str\n"
    )


def test_responses_are_another_rule_s() -> None:
    check.with_(path="app/schemas/responses.py").clean(
        BASE + "\nclass A(BaseModel):\n    name: str\n"
    )


def test_a_response_among_the_requests() -> None:
    check.clean(BASE + "\nclass AccountResponse(BaseModel):\n    name: str\n")
