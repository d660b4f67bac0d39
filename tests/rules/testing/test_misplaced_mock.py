import pytest

from tests.harness import Check

check = Check("TSL704", path="app/tests/conftest.py")


@pytest.mark.parametrize(
    "path", ["app/tests/conftest.py", "tests/endpoints/test_accounts.py", "app/tests/fixtures/a.py"]
)
@pytest.mark.parametrize(
    ("head", "decorator"),
    [
        ("import pytest", "@pytest.fixture"),
        ("from pytest import fixture", '@fixture(scope="session")'),
        ("import pytest_asyncio as aio", "@aio.fixture()"),
    ],
)
def test_a_mock_among_other_things(path: str, head: str, decorator: str) -> None:
    check.with_(path=path).flags(
        f"""
        {head}


        {decorator}
        async def «mock_ledger»(mocker):
            return mocker.patch("app.core.ledger.Ledger.post")
        """,
        after=None,
        reason="names the module that it belongs into",
        scope="mock_ledger",
    )


def test_a_mock_of_a_class_of_tests() -> None:
    check.flags(
        """
        import pytest


        class TestLedger:
            @pytest.fixture
            def «mock_ledger»(self, mocker):
                return mocker.patch("app.core.ledger.Ledger.post")
        """,
        after=None,
        scope="TestLedger.mock_ledger",
    )


MOCK = """
import pytest


@pytest.fixture
def mock_ledger(mocker):
    return mocker.patch("app.core.ledger.Ledger.post")
"""


@pytest.mark.parametrize(
    "path", ["app/tests/fixtures/mocks/ledger_mocks.py", "tests/fixtures/mocks/auth_mocks.py"]
)
def test_a_mock_where_mocks_are(path: str) -> None:
    check.with_(path=path).clean(MOCK)


def test_what_is_no_mock_or_no_fixture() -> None:
    check.clean(
        """
        import pytest
        from app.testing import fixture


        @pytest.fixture
        def ledger(mocker):
            return mocker.patch("app.core.ledger.Ledger.post")


        def mock_ledger(mocker):
            return mocker.patch("app.core.ledger.Ledger.post")


        @fixture
        def mock_account():
            return None


        @pytest.mark.parametrize("fixture", [1])
        def mock_test(fixture):
            assert fixture
        """
    )
