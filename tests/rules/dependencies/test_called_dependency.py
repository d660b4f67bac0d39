import pytest

from tests.harness import Check
from tests.rules.access.guarded_service import SERVICE

CHOICES = """
from typing import Annotated
from functools import cache, partial

from fastapi import Depends, Request
from pydantic import BaseModel
from somewhere import Base

from app.api.deps import get_token


class Paging(BaseModel):
    page: int = 1


class Reader:
    def __call__(self, request: Request):
        return request


class Unknown(Base):
    pass


def get_paging(request: Request):
    return Paging()


def get_reader(request: Request):
    return Reader()


def get_partial(token=Depends(get_token)):
    return partial(get_paging)


@cache
def get_cached(request: Request):
    return 1


def plain():
    return object()


async def load():
    return 1
"""
check = Check(
    "TSL505",
    path="app/api/endpoints/reports.py",
    others={**SERVICE, "app/choices.py": CHOICES},
)
HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends, Security

import elsewhere
from app import choices
from app.api import deps
from app.api.deps import get_session as session_of

router = APIRouter()


"""


def endpoint(parameters: str) -> str:
    return f'{HEAD}@router.get("/report")\nasync def get_report({parameters}):\n    return {{}}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("session=Depends(«deps.get_session()»)", "session=Depends(deps.get_session)"),
        ("session=Depends(«session_of()»)", "session=Depends(session_of)"),
        (
            "x: Annotated[int, Depends(«choices.load()»)]",
            "x: Annotated[int, Depends(choices.load)]",
        ),
        ("x=Security(«deps.get_token()», scopes=[])", "x=Security(deps.get_token, scopes=[])"),
        ("x=Depends(dependency=«deps.get_company()»)", "x=Depends(dependency=deps.get_company)"),
        ("page=Depends(«choices.get_paging()»)", "page=Depends(choices.get_paging)"),
        ("page=Depends(«choices.Paging()»)", "page=Depends(choices.Paging)"),
    ],
)
def test_a_dependency_that_is_called_by_hand(before: str, after: str) -> None:
    check.flags(endpoint(before), after=endpoint(after), message="is called here once")


def test_a_call_with_arguments() -> None:
    marked = endpoint("session=Depends(«deps.get_session(None)»)")
    check.flags(marked, after=None, reason="its arguments would be lost")


@pytest.mark.parametrize(
    "given",
    [
        "deps.get_session",
        "deps.check_permissions()",
        "deps.check_permissions_admin()",
        "choices.Reader()",
        "choices.Unknown()",
        "choices.get_reader()",
        "choices.get_partial()",
        "choices.get_cached()",
        "choices.plain()",
        "elsewhere.get_session()",
        "",
    ],
)
def test_what_may_be_called_again(given: str) -> None:
    check.clean(endpoint(f"x=Depends({given})"))


def test_another_depends() -> None:
    check.clean(
        "from injector import Depends\nfrom app.api import deps\nDepends(deps.get_session())\n"
    )
