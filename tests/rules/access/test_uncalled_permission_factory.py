import pytest

from tests.harness import Check
from tests.rules.access.guarded_service import SERVICE
from turnstay_lint.project.settings import Settings

GUARDING = """
from functools import partial

from fastapi import Depends, HTTPException, Request


class RoleChecker:
    def __init__(self, roles: list[str]):
        self.roles = roles

    def __call__(self, request: Request):
        if not self.roles:
            raise HTTPException(status_code=403)


class LoginChecker:
    def __call__(self, request: Request):
        raise HTTPException(status_code=401)


class Paging:
    def __init__(self, page: int = 1):
        self.page = page

    def __call__(self, rows):
        return rows


def need(role: str):
    async def check(request: Request):
        if role not in request.scope["roles"]:
            raise HTTPException(status_code=403)

    return check


def get_formatter():
    def format_amount(amount: int) -> str:
        return str(amount)

    return format_amount


def either(request: Request):
    async def check(other: Request):
        raise HTTPException(status_code=403)

    return check if request else None
"""
check = Check(
    "TSL203",
    path="app/api/endpoints/reports.py",
    others={**SERVICE, "app/guarding.py": GUARDING},
)

HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends, Security

from app.api import deps
from app.guarding import LoginChecker, Paging, RoleChecker, either, get_formatter, need

router = APIRouter()
"""


def endpoint(parameters: str = "", *, asked: str = "", body: str = "return {}") -> str:
    asked = f", dependencies=[{asked}]" if asked else ""
    function = f"async def get_report({parameters}):\n    {body}\n"
    return f'{HEAD}\n\n@router.get("/report"{asked})\n{function}'


def _plain(marked: str) -> str:
    return marked.replace("«", "").replace("»", "")


@pytest.mark.parametrize(
    "marked",
    [
        endpoint(asked="Depends(«deps.check_permissions»)"),
        endpoint(asked="Depends(dependency=«deps.check_permissions_admin»)"),
        endpoint(asked="Security(«deps.check_permissions», scopes=[])"),
        endpoint("_=Depends(«deps.check_permissions»)"),
        endpoint("_: Annotated[list[str], Depends(«deps.check_permissions»)]"),
        endpoint(asked="Depends(«LoginChecker»)"),
        HEAD + "\n\nguarded = APIRouter(dependencies=[Depends(«deps.check_permissions»)])\n",
    ],
)
def test_the_factory_itself(marked: str) -> None:
    check.flags(
        marked, after=marked.replace("«", "").replace("»", "()"), message="everybody passes"
    )


@pytest.mark.parametrize("marked", ["Depends(«need»)", "Depends(«RoleChecker»)"])
def test_a_factory_that_must_be_told_what_to_ask_for(marked: str) -> None:
    check.flags(endpoint(asked=marked), after=None, reason="must be told what to ask for")


@pytest.mark.parametrize(
    "asked",
    [
        "Depends(deps.check_permissions())",
        'Depends(need("admin"))',
        'Depends(RoleChecker(["admin"]))',
        "Depends(deps.get_token)",
        "Depends(get_formatter)",
        "Depends(Paging)",
        "Depends(either)",
        "Depends(elsewhere)",
        "Depends()",
    ],
)
def test_what_is_no_factory_or_is_called(asked: str) -> None:
    check.clean("from elsewhere import elsewhere\n" + endpoint(asked=asked))


def test_a_check_that_the_endpoint_makes_itself() -> None:
    check.clean(
        endpoint("allowed=Depends(deps.check_permissions)", body="return await allowed([])")
    )


def test_another_depends() -> None:
    check.clean(
        """
from app.api import deps
from injector import Depends

checker = Depends(deps.check_permissions)
"""
    )


def test_a_guard_by_its_name_alone() -> None:
    guarding = "def need(role=None):\n    def check():\n        return role\n    return check\n"
    made = check.with_(others={"app/guarding.py": guarding})
    made.clean(endpoint(asked="Depends(need)"))
    named = made.with_(settings=Settings(guards=("need",)))
    marked = endpoint(asked="Depends(«need»)")
    named.flags(marked, after=marked.replace("«", "").replace("»", "()"))
