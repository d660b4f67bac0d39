import pytest

from tests.change_sets import changed
from tests.harness import Check
from turnstay_lint.project.settings import Settings

check = Check("TSL002")
STRICT = Settings(strict_file_names=True)
TEST = "def test_amounts():\n    assert True\n"


def named(path: str, text: str = "value = 1\n", settings: Settings | None = None) -> list[str]:
    """Return what a file should be called, as its finding says."""
    found = check.with_(path=path, settings=settings).findings(text)
    return [finding.help.split("`")[1] for finding in found]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("app/api/utils/money.py", "money_utils.py"),
        ("app/api/utils/money_helpers.py", "money_utils.py"),
        ("app/core/middleware/logging.py", "logging_middleware.py"),
        ("app/tests/fixtures/account.py", "account_fixtures.py"),
        ("app/tests/fixtures/account_fixture.py", "account_fixtures.py"),
        ("app/tests/fixtures/mocks/mock_auth.py", "auth_mocks.py"),
        ("app/tests/fixtures/mocks/auth_mock.py", "auth_mocks.py"),
    ],
)
def test_a_file_that_is_called_otherwise(path: str, wanted: str) -> None:
    assert named(path) == [wanted]


@pytest.mark.parametrize(
    "path", ["app/tests/endpoints/accounts.py", "tests/utils/accounts_test.py"]
)
def test_a_file_with_tests(path: str) -> None:
    assert named(path, TEST) == ["test_accounts.py"]
    methods = "class TestAccounts:\n    def test_one(self): ...\n"
    assert named(path, methods) == ["test_accounts.py"]
    assert named(path, "class TestSecret(str):\n    pass\n") == []
    fixture = "import pytest\n\n\n@pytest.fixture\ndef test_user():\n    return 1\n"
    assert named(path, fixture) == []
    assert named(path, "value = 1\n") == []


@pytest.mark.parametrize(
    "path",
    [
        "app/api/utils/money_utils.py",
        "app/api/utils/find_company_scoped_records_util.py",
        "app/api/utils/__init__.py",
        "app/api/utils/_money.py",
        "app/api/endpoints/account.py",
        "app/api/endpoints/admin/company.py",
        "app/api/utils/money/rounding.py",
        "app/core/middleware/logging_middleware.py",
        "app/tests/conftest.py",
        "app/tests/fixtures/add_fixtures_to_db.py",
        "app/tests/fixtures/account_fixtures.py",
        "app/tests/fixtures/mocks/auth_mocks.py",
        "app/tests/utils/test_money_utils.py",
        "app/utils.py",
        "scripts/utils/money.py",
        "alembic/utils/money.py",
    ],
)
def test_a_file_that_is_called_well_or_free(path: str) -> None:
    assert named(path, TEST if "test_" in path else "value = 1\n") == []


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("app/api/endpoints/account.py", ["accounts.py"]),
        ("app/api/endpoints/admin/payment_intent.py", ["payment_intents.py"]),
        ("app/api/endpoints/accounts.py", []),
        ("app/api/utils/money_util.py", ["money_utils.py"]),
    ],
)
def test_the_strict_reading(path: str, wanted: list[str]) -> None:
    assert named(path, settings=STRICT) == wanted


MONEY = "def format_amount(amount):\n    return str(amount)\n"
SERVICE = {
    "app/__init__.py": "",
    "app/api/__init__.py": "",
    "app/api/utils/__init__.py": "from . import money\n\n__all__ = ['money']\n",
    "app/api/utils/money.py": MONEY,
    "app/main.py": "from app.api.utils.money import format_amount\n\nprint(format_amount(1))\n",
    "app/other.py": "from app.api.utils import money\n\nprint(money.format_amount(1))\n",
    "app/third.py": "import app.api.utils.money as cash\n\nprint(cash.format_amount(1))\n",
    "app/later.py": "def work():\n    from app.api.utils.money import format_amount as f\n\n    return f(1)\n",
    "app/unlike.py": "from app.money import format_amount\n\nprint(format_amount(1))\n",
    "app/money.py": MONEY,
    "app/tests/test_main.py": 'def test_it(mocker):\n    mocker.patch("app.api.utils.money.format_amount")\n',
}  # fmt: skip


def test_every_import_of_the_file_is_changed() -> None:
    result = changed(SERVICE, "TSL002")
    assert result.gone == {"app/api/utils/money.py"}
    assert result.files == {
        "app/api/utils/__init__.py": "from . import money_utils as money\n\n__all__ = ['money']\n",
        "app/api/utils/money_utils.py": MONEY,
        "app/main.py": "from app.api.utils.money_utils import format_amount\n\nprint(format_amount(1))\n",
        "app/other.py": "from app.api.utils import money_utils as money\n\nprint(money.format_amount(1))\n",
        "app/third.py": "import app.api.utils.money_utils as cash\n\nprint(cash.format_amount(1))\n",
        "app/later.py": "def work():\n    from app.api.utils.money_utils import format_amount as f\n\n    return f(1)\n",
        "app/tests/test_main.py": 'def test_it(mocker):\n    mocker.patch("app.api.utils.money_utils.format_amount")\n',
    }  # fmt: skip
    assert result.report.findings == ()


def test_nothing_is_moved_unasked() -> None:
    result = changed(SERVICE, "TSL002", unsafe=False)
    assert result.files == {}
    assert not result.gone


def test_two_files_that_one_imports() -> None:
    service = {
        "app/api/utils/money.py": MONEY,
        "app/api/utils/dates.py": "TODAY = 1\n",
        "app/main.py": "from .api.utils.dates import TODAY\nfrom .api.utils.money import format_amount\n",
    }
    result = changed(service, "TSL002")
    assert result.gone == {"app/api/utils/money.py", "app/api/utils/dates.py"}
    assert result.files["app/main.py"] == (
        "from .api.utils.dates_utils import TODAY\n"
        "from .api.utils.money_utils import format_amount\n"
    )


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({"app/api/utils/money_utils.py": MONEY}, "beside it already"),
        (
            {"app/main.py": "import app.api.utils.money\n\napp.api.utils.money.format_amount(1)\n"},
            "imports it whole",
        ),
        (
            {
                "app/tests/test_x.py": "def test_it(mocker):\n"
                '    mocker.patch("app.api" ".utils.money.format_amount")\n'
            },
            "written in parts",
        ),
    ],
)
def test_what_cannot_be_renamed(others: dict[str, str], reason: str) -> None:
    check.with_(path="app/api/utils/money.py", others=others).flags(
        f"«»{MONEY}", after=None, reason=reason
    )
