import pytest

from tests.change_sets import changed
from tests.harness import Check

OTHERS = {"app/tests/utils/test_currency_utils.py": "", "app/tests/__init__.py": ""}
UTILS = """
from app import constants


class Amount:
    def cents(self):
        return 1


async def find_accounts_of_the_company(session):
    return session


def format_amount(amount):
    return amount


def _cents(amount):
    return amount % 100
"""
check = Check("TSL706", path="app/api/utils/account_utils.py", others=OTHERS)


def test_a_module_that_nothing_is_called_after() -> None:
    found = check.findings(UTILS)
    assert [(f.span.line, f.message) for f in found] == [
        (1, "no test module is called after account_utils")
    ]


def test_the_tests_that_are_written() -> None:
    service = {**OTHERS, "app/api/utils/account_utils.py": UTILS}
    assert changed(service, "TSL706").files == {
        "app/tests/utils/test_account_utils.py": '''"""Account utils."""

from inspect import iscoroutinefunction, signature

from app.api.utils.account_utils import find_accounts_of_the_company, format_amount


def test_find_accounts_of_the_company():
    """Test find_accounts_of_the_company."""
    assert list(signature(find_accounts_of_the_company).parameters) == ["session"]
    assert iscoroutinefunction(find_accounts_of_the_company)


def test_format_amount():
    """Test format_amount."""
    assert list(signature(format_amount).parameters) == ["amount"]
'''
    }
    assert not changed(service, "TSL706", unsafe=False).files


@pytest.mark.parametrize(
    "test",
    [
        "app/tests/utils/test_account_utils.py",
        "app/tests/utils/test_account_util.py",
        "app/tests/utils/test_accounts.py",
        "tests/unit/test_account_utils.py",
    ],
)
def test_a_module_that_has_its_test(test: str) -> None:
    check.with_(others={test: ""}).clean(UTILS)


@pytest.mark.parametrize("path", ["app/core/account_util.py", "app/utils/account.py"])
def test_other_places_for_utilities(path: str) -> None:
    assert check.with_(path=path).findings(UTILS)


@pytest.mark.parametrize(
    "path",
    [
        "app/core/accounts.py",
        "app/api/utils/__init__.py",
        "app/tests/utils/account_utils.py",
        "scripts/account_utils.py",
    ],
)
def test_what_is_no_module_of_utilities(path: str) -> None:
    check.with_(path=path).clean(UTILS)


def test_a_module_without_functions_for_others() -> None:
    check.clean("LIMIT = 1\n\n\ndef _cents(amount):\n    return amount % 100\n")


def test_a_service_that_has_no_tests_of_utilities() -> None:
    Check(
        "TSL706", path="app/api/utils/account_utils.py", others={"app/tests/test_a.py": ""}
    ).clean(UTILS)


def test_tests_of_endpoints_are_none_of_utilities() -> None:
    assert check.with_(others={"app/tests/endpoints/test_accounts.py": ""}).findings(UTILS)


def test_it_is_asked_for() -> None:
    assert not check.rule.default


GETTER = """
from functools import cache

from fastapi import HTTPException


def _found(account):
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    return account


async def get_company_account(session, company_id: int, account_id: int, allowed_ids=None):
    return _found(await session.get(company_id, account_id))


async def get_company_guest(session, company_id: int, guest_id: int):
    return await session.get(company_id, guest_id)


@cache
def rates(company_id):
    return {}
"""
ROWS = {
    **OTHERS,
    "app/tests/conftest.py": "import pytest\n\n\n@pytest.fixture\nasync def session(): ...\n",
    "app/tests/fixtures/add_fixtures_to_db.py": """
async def add_account_to_db(session, company=None): ...


async def add_guest_to_db(session, company=None): ...
""",
}


def test_a_getter_that_refuses_rows_of_another_company() -> None:
    service = {**ROWS, "app/api/utils/account_utils.py": GETTER}
    text = changed(service, "TSL706").files["app/tests/utils/test_account_utils.py"]
    assert (
        '''
async def test_get_company_account_of_another_company(session: AsyncSession):
    """Test get_company_account of another company."""
    account = await add_account_to_db(session)

    with pytest.raises(HTTPException):
        await get_company_account(
            session, company_id=account.company_id + 1, account_id=account.id
        )
'''
        in text
    )
    assert "test_get_company_guest_of" not in text
    assert "    assert callable(rates)\n" in text
