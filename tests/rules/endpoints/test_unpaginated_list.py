import pytest

from tests.harness import Check
from tests.rules.endpoints.account_service import SERVICE

check = Check("TSL107", path="app/api/endpoints/accounts.py", others=SERVICE)

SOURCE = """
from fastapi import APIRouter{imports}

from app.api import deps

from app.schemas.responses import AccountResponse

router = APIRouter()


@{route}
async def get_accounts(company_access: deps.CompanyAccessDep):
    {body}
"""
LIST = 'router.get("/accounts", response_model=list[AccountResponse])'


def test_a_whole_list() -> None:
    body = """if company_access:
        return [AccountResponse(id=1, name="é")]
    return await company_access.get_accounts()  # all of them"""
    check.flags(
        SOURCE.format(imports="", route=f"«{LIST}»", body=body),
        after=SOURCE.format(
            imports="\nfrom fastapi_pagination import Page, paginate",
            route=LIST.replace("list[", "Page["),
            body="""if company_access:
        return paginate([AccountResponse(id=1, name="é")])
    return paginate(await company_access.get_accounts())  # all of them""",
        ),
        unsafe=True,
        message="GET /accounts answers a whole list",
        scope="get_accounts",
    )


def test_a_list_of_typing() -> None:
    check.flags(
        SOURCE.format(
            imports="\nfrom typing import List",
            route=f"«{LIST.replace('list[', 'List[')}»",
            body="return []",
        ),
        after=SOURCE.format(
            imports="\nfrom fastapi_pagination import Page, paginate",
            route=LIST.replace("list[", "Page["),
            body="return paginate([])",
        ),
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("imports", "route", "body", "reason"),
    [
        ("", LIST, "return await find()", "not all that it returns is certainly a list"),
        ("", LIST, "yield 1", "not all that it returns is certainly a list"),
        ("", LIST.replace("list[AccountResponse]", "list"), "return []", "what the list holds"),
        ("\nfrom app.pages import Page", LIST, "return []", "the name Page, or paginate, means"),
    ],
)
def test_why_there_is_no_fix(imports: str, route: str, body: str, reason: str) -> None:
    source = SOURCE.format(imports=imports, route=f"«{route}»", body=body)
    check.flags(source, after=None, reason=reason)


@pytest.mark.parametrize(
    "route",
    [
        LIST.replace("list[", "Page["),
        LIST.replace("get(", "post("),
        LIST.replace("list[AccountResponse]", "AccountResponse"),
        LIST.replace("list[AccountResponse]", "dict[str, list[AccountResponse]]"),
        'router.get("/accounts")',
        LIST.replace("router", "cache"),
    ],
)
def test_what_is_fine(route: str) -> None:
    check.clean(SOURCE.format(imports="", route=route, body="return []"))
    check.with_(path="app/tests/test_accounts.py").clean(
        SOURCE.format(imports="", route=LIST, body="return []")
    )
