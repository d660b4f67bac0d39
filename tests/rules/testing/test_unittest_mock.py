import pytest

from tests.harness import Check

check = Check("TSL703", path="app/tests/utils/test_ledger.py")


def test_a_block() -> None:
    check.flags(
        """
        import pytest
        from unittest.mock import MagicMock, patch


        async def test_post(client):
            # Arrange
            with «patch("app.core.ledger.post", return_value=1)» as post:  # the ledger
                response = await client.post(
                    "/api/v1/account", json={"name": "New Account", "currency": "ZAR"}
                )

                # Assert
                assert post.called
            assert response, MagicMock()
        """,
        after="""
        import pytest
        from unittest.mock import MagicMock


        async def test_post(client, mocker):
            # Arrange
            post = mocker.patch("app.core.ledger.post", return_value=1)
            # the ledger
            response = await client.post(
                "/api/v1/account", json={"name": "New Account", "currency": "ZAR"}
            )

            # Assert
            assert post.called
            assert response, MagicMock()
        """,
        unsafe=True,
        scope="test_post",
        message="unittest's patch where pytest's mocker.patch belongs",
    )


def test_several_in_one_block_and_what_else_it_enters() -> None:
    check.flags(
        """
        from unittest import mock

        import pytest


        class TestLedger:
            def test_post(self, mocker, ledger):
                with (
                    «mock.patch("app.core.ledger.post")» as post,
                    «mock.patch.object(ledger, "rate", 7)»,
                    pytest.raises(ValueError) as error,
                ):
                    ledger.post(post)
                assert error

            def test_dict(self):
                with «mock.patch.dict("os.environ", {"A": "b"})»:
                    assert True
        """,
        after="""
        import pytest


        class TestLedger:
            def test_post(self, mocker, ledger):
                post = mocker.patch("app.core.ledger.post")
                mocker.patch.object(ledger, "rate", 7)
                with pytest.raises(ValueError) as error:
                    ledger.post(post)
                assert error

            def test_dict(self, mocker):
                mocker.patch.dict("os.environ", {"A": "b"})
                assert True
        """,
        unsafe=True,
    )


def test_decorators_whose_mocks_are_parameters() -> None:
    check.flags(
        '''
        import pytest
        from unittest.mock import patch


        @pytest.mark.slow
        @«patch("app.core.ledger.third")»
        @«patch("app.core.ledger.second", new=None)»
        @«patch("app.core.ledger.first", autospec=True)»
        def test_order(first, third, client):
            """Test the order."""
            assert first is not third
        ''',
        after='''
        import pytest


        @pytest.mark.slow
        def test_order(mocker, client):
            """Test the order."""
            first = mocker.patch("app.core.ledger.first", autospec=True)
            mocker.patch("app.core.ledger.second", new=None)
            third = mocker.patch("app.core.ledger.third")
            assert first is not third
        ''',
        unsafe=True,
    )


def test_a_decorator_whose_mock_nobody_asks_about() -> None:
    check.flags(
        """
        import mock


        class TestLedger:
            @«mock.patch.object(
                mock, "a_name_that_is_long_enough_to_have_a_line_of_its_own_in_black", autospec=True
            )»
            async def test_it(self, _post, account: int = 5):
                assert account
        """,
        after="""
        import mock


        class TestLedger:
            async def test_it(self, mocker, account: int = 5):
                mocker.patch.object(
                    mock, "a_name_that_is_long_enough_to_have_a_line_of_its_own_in_black", autospec=True
                )
                assert account
        """.replace(
            """mocker.patch.object(
                    mock, "a_name_that_is_long_enough_to_have_a_line_of_its_own_in_black", autospec=True
                )""",
            """mocker.patch.object(
                    mock,
                    "a_name_that_is_long_enough_to_have_a_line_of_its_own_in_black",
                    autospec=True,
                )""",
        ),
        unsafe=True,
    )


def test_a_fixture() -> None:
    check.flags(
        """
        import pytest
        from unittest.mock import patch


        @pytest.fixture
        def mock_ledger():
            with «patch("app.core.ledger.post")» as post:
                yield post
        """,
        after="""
        import pytest


        @pytest.fixture
        def mock_ledger(mocker):
            post = mocker.patch("app.core.ledger.post")
            yield post
        """,
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('patcher = «patch("a.b")»\npatcher.start()', "started or entered by hand"),
        ('@«patch("a.b")»\nclass TestA:\n    def test_a(self, b):\n        assert b', "of a class"),
        (
            "import unittest\n\n\nclass TestA(unittest.TestCase):\n"
            '    @«patch("a.b")»\n    def test_a(self, b):\n        assert b',
            "TestCase are given no fixtures",
        ),
        (
            'import pytest\n\n\n@pytest.fixture(scope="session")\ndef a():\n'
            '    with «patch("a.b")»:\n        yield',
            "this fixture longer",
        ),
        ('def helper():\n    with «patch("a.b")»:\n        return 1', "is no test and no fixture"),
        ('def test_a():\n    mocker = 1\n    with «patch("a.b")»:\n        return mocker', "else"),
        (
            'def test_a(lock):\n    with lock, «patch("a.b")»:\n        return 1',
            "entered before it",
        ),
        ('@«patch("a.b", **more)»\ndef test_a(b):\n    assert b', "cannot be read"),
        ('@«patch("a.b")»\ndef test_a(*mocks):\n    assert mocks', "are not seen"),
        (
            "def test_a():\n    def inner():\n"
            '        with «patch("a.b")»:\n            return 1\n    assert inner()',
            "is no test and no fixture",
        ),
        (
            'def test_a(stack):\n    stack.enter_context(«patch("a.b")»)',
            "started or entered by hand",
        ),
    ],
)
def test_patches_that_are_not_replaced(code: str, reason: str) -> None:
    check.flags(f"from unittest.mock import patch\n\n\n{code}\n", after=None, reason=reason)


def test_mocker_and_mocks() -> None:
    check.clean(
        """
        from unittest.mock import AsyncMock, MagicMock


        def test_post(mocker, client, patch):
            mocker.patch("app.core.ledger.post", MagicMock())
            client.patch("/api/v1/account", json=AsyncMock())
            with patch("a.b"):
                pass
        """
    )


def test_what_is_no_test() -> None:
    check.with_(path="app/core/ledger.py").clean(
        """
        from unittest.mock import patch

        with patch("a.b"):
            pass
        """
    )
