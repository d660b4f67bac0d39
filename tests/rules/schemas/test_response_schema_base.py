from tests.harness import Check

check = Check("TSL401", path="app/schemas/responses.py")

BASE = """
from pydantic import BaseModel


class BaseResponse(BaseModel):
    model_config = {"from_attributes": True}

"""


def test_a_class_beside_the_base() -> None:
    check.flags(
        BASE + "\nclass AccountResponse(«BaseModel»):  # one\n    id: int\n",
        after=BASE + "\nclass AccountResponse(BaseResponse):  # one\n    id: int\n",
        scope="AccountResponse",
        message="derives from BaseModel and not from BaseResponse",
    )


def test_a_nested_class_and_one_with_further_bases() -> None:
    check.flags(
        BASE + "\nclass A(Mixin, «BaseModel», Generic[T]):\n    class Inner(«BaseModel»):\n"
        "        id: int\n",
        after=BASE + "\nclass A(Mixin, BaseResponse, Generic[T]):\n"
        "    class Inner(BaseResponse):\n        id: int\n",
    )


def test_pydantic_by_another_name() -> None:
    head = """
import pydantic as p


class BaseResponse(p.BaseModel):
    model_config = p.ConfigDict(from_attributes=True)

"""
    check.flags(
        head + "\nclass A(«p.BaseModel»): id: int\n",
        after=head + "\nclass A(BaseResponse): id: int\n",
    )


def test_the_base_of_another_module_is_imported_and_pydantic_s_goes() -> None:
    there = check.with_(
        path="app/schemas/responses/account.py", others={"app/schemas/base.py": BASE.lstrip()}
    )
    there.flags(
        """
        from pydantic import BaseModel


        class AccountResponse(«BaseModel»):
            id: int
        """,
        after="""
        from app.schemas.base import BaseResponse


        class AccountResponse(BaseResponse):
            id: int
        """,
    )


def test_a_base_that_says_more() -> None:
    head = BASE.replace("True}", 'True, "frozen": True}')
    check.flags(
        head + "\nclass A(«BaseModel»):\n    id: int\n",
        after=head + "\nclass A(BaseResponse):\n    id: int\n",
        unsafe=True,
    )


def test_a_base_below_the_class() -> None:
    check.flags(
        "from pydantic import BaseModel\n\n\nclass A(«BaseModel»):\n    id: int\n"
        + BASE.replace("from pydantic import BaseModel", ""),
        after=None,
        reason="defined below the class",
    )


def test_a_service_without_a_base() -> None:
    check.flags(
        "from pydantic import BaseModel\n\n\nclass A(«BaseModel»):\n    id: int\n",
        after=None,
        reason="no BaseResponse yet",
    )


def test_a_base_that_the_service_calls_otherwise() -> None:
    head = BASE.replace("BaseResponse", "ResponseBase")
    check.flags(
        head + "\nclass A(ResponseBase):\n    id: int\n\n\nclass B(«BaseModel»):\n    id: int\n",
        after=head
        + "\nclass A(ResponseBase):\n    id: int\n\n\nclass B(ResponseBase):\n    id: int\n",
    )


def test_classes_that_have_the_base() -> None:
    check.clean(
        BASE + "\nclass A(BaseResponse):\n    id: int\n\n\nclass B(A, BaseModel):\n    id: int\n"
        "\n\nclass C:\n    id: int\n\n\nclass D(Enum):\n    id = 1\n"
    )


def test_a_class_of_the_service_that_is_called_as_pydantic_s() -> None:
    there = check.with_(
        others={
            "app/core/models.py": "import pydantic\n\n\nclass BaseModel(pydantic.BaseModel): ...\n"
        }
    )
    there.clean("from app.core.models import BaseModel\n\n\nclass A(BaseModel):\n    id: int\n")


def test_other_modules() -> None:
    for path in ("app/schemas/requests.py", "app/tests/schemas/responses.py", "app/responses.py"):
        check.with_(path=path).clean(BASE + "\nclass A(BaseModel):\n    id: int\n")
