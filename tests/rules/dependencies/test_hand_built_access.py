import pytest

from tests.documentation_context import CONTEXT
from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL502", path="app/api/endpoints/accounts.py", others=CONTEXT)
HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.deps import CompanyAccess
from app.models import Company

router = APIRouter()
SessionDep = Annotated[AsyncSession, Depends(deps.get_session)]


"""
BOTH = """
    session: AsyncSession = Depends(deps.get_session),
    company: Company = Depends(deps.get_company),
"""
ACCESS = "    {}: CompanyAccess = Depends(deps.get_company_access),\n"


def endpoint(parameters: str, body: str) -> str:
    return f'{HEAD}@router.get("/accounts")\nasync def get_accounts({parameters}):\n    {body}\n'


def test_a_variable_that_goes() -> None:
    check.flags(
        endpoint(
            BOTH,
            "access = «CompanyAccess(session, company)»\n    return await access.get_accounts()",
        ),
        after=endpoint(BOTH + ACCESS.format("access"), "return await access.get_accounts()"),
        unsafe=True,
        message="without the accounts that the user may see",
    )


def test_a_call_within_an_expression() -> None:
    check.flags(
        endpoint(BOTH, "return await «deps.CompanyAccess(session, company)».get_accounts()"),
        after=endpoint(
            BOTH + ACCESS.format("company_access"), "return await company_access.get_accounts()"
        ),
        unsafe=True,
    )


def test_an_access_object_that_is_there_already() -> None:
    parameters = BOTH + ACCESS.format("mine")
    check.flags(
        endpoint(parameters, "return await «CompanyAccess(session, company)».get_accounts()"),
        after=endpoint(parameters, "return await mine.get_accounts()"),
        unsafe=True,
    )


def test_one_that_is_told_which_accounts() -> None:
    check.flags(
        endpoint(BOTH, "return «CompanyAccess(session, company, {1})»"),
        after=None,
        reason="not built from the request's own session and company alone",
    )


def test_one_for_another_company() -> None:
    check.flags(
        endpoint("id: int, session: SessionDep", "return «CompanyAccess(session, find(id))»"),
        after=None,
        reason="not built from the request's own",
    )


def test_a_function_that_fastapi_does_not_call() -> None:
    check.flags(
        HEAD + "def of(session, company):\n    return «CompanyAccess(session, company)»\n",
        after=None,
        reason="no endpoint",
    )


def test_a_dependency() -> None:
    check.clean(
        HEAD
        + "def mine(session: SessionDep, company: Company):\n"
        + "    return CompanyAccess(session, company)\n"
    )


@pytest.mark.parametrize(
    "path", ["app/tests/test_access.py", "scripts/report.py", "app/workers/report.py"]
)
def test_where_there_is_no_request(path: str) -> None:
    check.with_(path=path).clean(
        HEAD + "def of(session, company):\n    return CompanyAccess(session, company)\n"
    )


def test_another_class_of_that_name() -> None:
    check.clean(
        "from elsewhere import CompanyAccess\n\n\ndef of(session):\n    return CompanyAccess(session)\n"
    )


def test_the_name_that_the_service_gives_it() -> None:
    deps = CONTEXT["app/api/deps.py"].replace("CompanyAccess", "OrganizationAccess")
    made = check.with_(
        others={"app/api/deps.py": deps}, settings=Settings(access_class="OrganizationAccess")
    )
    made.flags(
        "from app.api import deps\n\n\ndef of(session, company):\n"
        "    return «deps.OrganizationAccess(session, company)»\n",
        after=None,
    )


def test_a_class_that_derives_from_it() -> None:
    check.with_(path="app/api/utils/account_utils.py").flags(
        """
        from app.api import deps


        class OwnAccess(deps.CompanyAccess):
            pass


        async def work(session, company):
            return «OwnAccess(session, company)»
        """,
        after=None,
        reason="is no endpoint",
    )
