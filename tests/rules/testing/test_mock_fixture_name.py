import pytest

from tests.change_sets import changed
from tests.harness import Check

PATH = "app/tests/fixtures/mocks/ledger_mocks.py"
check = Check("TSL705", path=PATH)

MOCKS = """
import pytest


@pytest.fixture
def {name}(mocker):
    return mocker.patch("app.core.ledger.post")


@pytest.fixture
def mock_refused({name}):
    {name}.side_effect = ValueError
    return {name}
"""
TEST = """
import pytest

from app.tests.fixtures.mocks.ledger_mocks import {name}, mock_refused


@pytest.mark.usefixtures("{name}")
def test_post():
    assert True


class TestLedger:
    def test_again(self, client, {name}, request):
        # the ledger
        assert {name}.called, request.getfixturevalue("{name}")
        assert all({name} for _ in range(3))
        fake_ledger_of = "fake_ledger"
        assert fake_ledger_of


def helper():
    fake_ledger = 1
    return fake_ledger
"""


def service(name: str, **more: str) -> dict[str, str]:
    return {
        PATH: MOCKS.format(name=name),
        "app/tests/utils/test_ledger.py": TEST.format(name=name),
        **more,
    }


def test_a_fixture_and_all_who_ask_for_it() -> None:
    made = changed(service("fake_ledger"), "TSL705")
    wanted = TEST.format(name="mock_ledger").replace(
        "import mock_ledger, mock_refused", "import mock_ledger, mock_refused"
    )
    assert made.files[PATH] == MOCKS.format(name="mock_ledger").lstrip("\n")
    assert made.files["app/tests/utils/test_ledger.py"] == wanted.lstrip("\n")
    assert not made.report.findings


def test_nothing_is_renamed_unasked() -> None:
    assert not changed(service("fake_ledger"), "TSL705", unsafe=False).files


@pytest.mark.parametrize(
    "conftest",
    [
        "from app.tests.fixtures.mocks.ledger_mocks import {name}\n\n__all__ = ['{name}']\n",
        "from app.tests.fixtures.mocks.ledger_mocks import *\n",
        'pytest_plugins = ["app.tests.fixtures.mocks.ledger_mocks"]\n',
    ],
)
def test_a_conftest_that_has_it_for_all_tests(conftest: str) -> None:
    def files(name: str) -> dict[str, str]:
        return {
            PATH: MOCKS.format(name=name).lstrip("\n"),
            "app/tests/conftest.py": conftest.format(name=name).replace("'", '"'),
            "app/tests/utils/test_ledger.py": f"def test_post({name}):\n    assert {name}\n",
            "app/core/ledger.py": "def use(fake_ledger):\n    return fake_ledger\n",
        }

    made = changed(files("fake_ledger"), "TSL705")
    wanted = files("mock_ledger")
    assert {**files("fake_ledger"), **made.files} == wanted


def test_a_fixture_that_is_imported_by_another_name() -> None:
    files = {
        PATH: MOCKS.format(name="ledger_stub"),
        "app/tests/utils/test_ledger.py": """
        from app.tests.fixtures.mocks.ledger_mocks import ledger_stub as ledger


        def test_post(ledger):
            assert ledger
        """,
    }
    made = changed(files, "TSL705").files["app/tests/utils/test_ledger.py"]
    assert "import mock_ledger as ledger\n\n\ndef test_post(ledger):\n    assert ledger" in made


def test_a_fixture_whose_name_the_decorator_says() -> None:
    mocks = """
    import pytest


    @pytest.fixture(name="{name}")
    def make_ledger(mocker):
        return mocker.patch("app.core.ledger.post")
    """
    test = """
    from app.tests.fixtures.mocks.ledger_mocks import make_ledger


    def test_post({name}):
        assert {name}, make_ledger
    """

    def files(name: str) -> dict[str, str]:
        return {
            PATH: mocks.format(name=name),
            "app/tests/utils/test_ledger.py": test.format(name=name),
        }

    made = changed(files("fake_ledger"), "TSL705").files
    assert '@pytest.fixture(name="mock_ledger")\ndef make_ledger' in made[PATH]
    assert (
        "def test_post(mock_ledger):\n    assert mock_ledger, make_ledger"
        in (made["app/tests/utils/test_ledger.py"])
    )


def test_lines_that_get_too_long() -> None:
    name, new = "authentication_of_an_admin", "mock_authentication_of_an_admin"
    head = "from app.tests.fixtures.mocks.ledger_mocks import"
    test = "def test_post(client, session, another_fixture"
    before = f"{head} {name}, mock_up\n\n\n{test}, one_more, {name}):\n    assert 1, mock_up\n"
    after = (
        f"{head} (\n    {new},\n    mock_up,\n)\n\n\n"
        f"def test_post(\n    client, session, another_fixture, one_more, {new}\n):\n"
        "    assert 1, mock_up\n"
    )
    path = "app/tests/utils/test_ledger.py"
    made = changed({PATH: MOCKS.format(name=name), path: before}, "TSL705")
    assert made.files[path] == after


@pytest.mark.parametrize(
    ("name", "more", "reason"),
    [
        ("fake_ledger", {}, "nothing imports it"),
        (
            "fake_ledger",
            {
                "app/tests/test_a.py": "from app.tests.fixtures.mocks.ledger_mocks import fake_ledger\n"
                "\nmock_ledger = 1\n"
            },
            "has something called mock_ledger already",
        ),
        (
            "fake_ledger",
            {
                "app/tests/conftest.py": "from app.tests.fixtures.mocks.ledger_mocks import fake_ledger\n",
                "app/tests/test_a.py": "import pytest\n\n\n@pytest.fixture\ndef fake_ledger():\n    return 1\n",
            },
            "has a fixture fake_ledger of its own",
        ),
        ("mocked", {}, "says nothing of what it stands in for"),
    ],
)
def test_what_is_not_renamed(name: str, more: dict[str, str], reason: str) -> None:
    marked = MOCKS.format(name=name).replace(f"def {name}", f"def «{name}»")
    check.with_(others=more).flags(marked, after=None, reason=reason)


def test_a_fixture_of_a_class() -> None:
    check.flags(
        """
        import pytest


        class Ledger:
            @pytest.fixture
            def «fake_ledger»(self):
                return 1
        """,
        after=None,
        reason="a fixture of a class",
    )


def test_names_that_are_as_they_should() -> None:
    check.clean(MOCKS.format(name="mock_ledger"))


@pytest.mark.parametrize(
    "path", ["app/tests/conftest.py", "app/tests/fixtures/ledger_fixtures.py", "app/mocks/a.py"]
)
def test_fixtures_that_are_no_mocks(path: str) -> None:
    check.with_(path=path).clean(MOCKS.format(name="ledger"))


def test_functions_that_are_no_fixtures() -> None:
    check.clean("def ledger_answer():\n    return {}\n")
