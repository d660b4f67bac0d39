from tests.change_sets import changed
from tests.documentation_context import CONTEXT
from tests.harness import Check

check = Check("TSL413", path="app/schemas/requests.py", others=CONTEXT)

REQUESTS = CONTEXT["app/schemas/requests.py"]
RESPONSES = CONTEXT["app/schemas/responses.py"]
ENDPOINT = """
from fastapi import APIRouter
from app.schemas.{module} import {name}

router = APIRouter()


@router.post("/a"{said})
async def create_a({parameter}):
    return None
"""


def test_a_response_among_requests_moves_with_its_imports() -> None:
    files = {
        **CONTEXT,
        "app/schemas/requests.py": REQUESTS
        + "\n\nclass TotalResponse(BaseRequest):\n    total: int\n",
        "app/api/endpoints/totals.py": """
            from fastapi import APIRouter

            from app.api import deps
            from app.schemas.requests import AccountCreateRequest, TotalResponse

            router = APIRouter()


            @router.post("/total", response_model=TotalResponse)
            async def create_total(data: AccountCreateRequest):
                return deps
            """,
    }
    made = changed(files, "TSL413").files
    assert made["app/schemas/requests.py"] == REQUESTS
    assert made["app/schemas/responses.py"].endswith(
        "\n\n\nclass TotalResponse(BaseResponse):\n    total: int\n"
    )
    assert (
        "from app.schemas.requests import AccountCreateRequest\n"
        "from app.schemas.responses import TotalResponse\n"
    ) in made["app/api/endpoints/totals.py"]


def test_a_request_among_responses_that_a_package_re_exports() -> None:
    files = {
        **CONTEXT,
        "app/schemas/responses.py": "from pydantic import Field\n"
        + RESPONSES
        + "\n\nclass TotalRequest(BaseResponse):\n    total: int = Field(..., gt=0)\n",
        "app/schemas/__init__.py": "from .responses import AccountResponse, TotalRequest\n",
    }
    made = changed(files, "TSL413").files
    assert made["app/schemas/requests.py"].endswith(
        "class TotalRequest(BaseRequest):\n    total: int = Field(..., gt=0)\n"
    )
    assert "from app.schemas.requests import TotalRequest\n" in made["app/schemas/__init__.py"]
    assert "from .responses import AccountResponse\n" in made["app/schemas/__init__.py"]


def test_what_endpoints_take_is_a_request_whatever_it_is_called() -> None:
    endpoint = ENDPOINT.format(module="responses", name="Total", said="", parameter="data: Total")
    there = check.with_(
        path="app/schemas/responses.py", others={"app/api/endpoints/totals.py": endpoint}
    )
    found = there.findings(RESPONSES + "\n\nclass Total(BaseResponse):\n    total: int\n")
    assert [f.message for f in found] == ["Total is a request schema in the module of responses"]


def test_a_class_that_needs_what_stays() -> None:
    text = (
        REQUESTS + "\n\nclass A(BaseRequest): ...\n\n\nclass «AResponse»(BaseRequest):\n    a: A\n"
    )
    text = text.replace("class «AResponse»", "«class AResponse»")
    check.flags(text, after=None, reason="it uses A, which stays")


def test_classes_that_are_in_place() -> None:
    check.clean(REQUESTS + "\n\nclass Nested(BaseRequest): ...\n\n\nclass PatchA(BaseModel): ...\n")
    check.with_(path="app/schemas/responses.py").clean(
        RESPONSES + "\n\nclass AResponseShort(BaseResponse): ...\n"
    )
    check.with_(path="app/schemas/accounts.py").clean(
        "from pydantic import BaseModel\n\n\nclass AResponse(BaseModel): ...\n"
    )
    check.clean("class AResponse:\n    a = 1\n")


def test_names_that_only_begin_so() -> None:
    check.clean(REQUESTS + "\n\nclass ResponseTimes(BaseRequest): ...\n")
    check.with_(path="app/schemas/responses.py").clean(
        RESPONSES + "\n\nclass PatchAccountResponse(BaseResponse): ...\n\n\n"
        "class PatchNote(BaseResponse): ...\n"
    )
