import pytest

from tests.harness import Check
from tests.rules.access.guarded_service import SERVICE

check = Check("TSL504", path="app/api/endpoints/reports.py", others=SERVICE)
HEAD = """
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from app.api import deps
from app.api.deps import get_session

router = APIRouter()


def today():
    return 1


"""


def endpoint(parameters: str, *, route: str = '"/report"', body: str = "return {}") -> str:
    function = f"async def get_report({parameters}):\n    {body}\n"
    return f"{HEAD}@router.get({route})\n{function}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("session=«deps.get_session»", "session=Depends(deps.get_session)"),
        ("session: str = «get_session»", "session: str = Depends(get_session)"),
        ("*, session=«get_session»", "*, session=Depends(get_session)"),
        ("session=«get_session()»", "session=Depends(get_session)"),
        ("user: str = «deps.get_user»", "user: str = Depends(deps.get_user)"),
        ("id: int, *, x: Annotated[str, «deps.get_company»]", None),
    ],
)
def test_a_bare_dependency_of_an_endpoint(before: str, after: str | None) -> None:
    after = after or "id: int, *, x: Annotated[str, Depends(deps.get_company)]"
    check.flags(endpoint(before), after=endpoint(after), message="stands here bare")


def test_a_bare_dependency_of_a_dependency() -> None:
    check.flags(
        HEAD + "def get_name(user=Depends(deps.get_user), session=«get_session»):\n    return 1\n",
        after=HEAD
        + "def get_name(user=Depends(deps.get_user), session=Depends(get_session)):\n    return 1\n",
    )


def test_a_bare_guard_of_a_route() -> None:
    check.flags(
        endpoint("", route='"/report", dependencies=[«deps.get_token», Depends(get_session)]'),
        after=endpoint(
            "", route='"/report", dependencies=[Depends(deps.get_token), Depends(get_session)]'
        ),
    )


def test_a_bare_guard_of_a_router() -> None:
    check.flags(
        HEAD + "guarded = APIRouter(dependencies=[«deps.get_token»])\n",
        after=HEAD + "guarded = APIRouter(dependencies=[Depends(deps.get_token)])\n",
    )


def test_a_file_that_has_no_depends_yet() -> None:
    before = """
from fastapi import APIRouter

from app.api import deps

router = APIRouter()


@router.get("/report")
async def get_report(session=«deps.get_session»):
    return {}
"""
    after = before.replace("«deps.get_session»", "Depends(deps.get_session)")
    check.flags(before, after=after.replace("import APIRouter", "import APIRouter, Depends"))


def test_a_call_with_arguments() -> None:
    marked = endpoint("session=«get_session(None)»")
    check.flags(marked, after=None, reason="its arguments would be lost")


def test_a_signature_that_grows_too_long_for_its_line() -> None:
    line = "session: str = «get_session», tenant_id: str = 'a', and_another_one: int = 12"
    new = "session: str = Depends(get_session), tenant_id: str = 'a', and_another_one: int = 12"
    check.flags(endpoint(line), after=endpoint(f"\n    {new}\n"))


@pytest.mark.parametrize(
    "parameters",
    [
        "session=Depends(get_session)",
        "make: Callable = get_session",
        "day=today",
        "day=today()",
        "limit: int = 20",
        "x: Annotated[str, 'get_session']",
    ],
)
def test_what_is_wrapped_or_is_no_dependency(parameters: str) -> None:
    check.clean(endpoint(parameters))


def test_a_function_that_the_endpoint_calls() -> None:
    check.clean(endpoint("make=get_session", body="return make(1)"))


def test_a_function_that_fastapi_does_not_call() -> None:
    check.clean(HEAD + "def report(session=get_session):\n    return session\n")


def test_dependencies_of_something_else() -> None:
    check.clean(HEAD + "print(dependencies=[deps.get_token])\n")
