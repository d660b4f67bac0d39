import pytest

from tests.harness import Check

check = Check("TSL702", path="app/tests/endpoints/test_accounts.py")

HEAD = "from httpx import AsyncClient\n\n\n"


def test_an_answer_that_nobody_waits_for() -> None:
    check.flags(
        """
        from httpx import AsyncClient


        def «test_get_accounts»(client: AsyncClient, session, mock_auth_success):
            # Act: Make request
            response = client.get("/api/v1/accounts", headers={"Authorization": "Bearer token"})

            assert response
            assert client.post("/api/v1/account", json={}).status_code == 422
            assert client.headers
        """,
        after="""
        from httpx import AsyncClient


        async def test_get_accounts(client: AsyncClient, session, mock_auth_success):
            # Act: Make request
            response = await client.get(
                "/api/v1/accounts", headers={"Authorization": "Bearer token"}
            )

            assert response
            assert (await client.post("/api/v1/account", json={})).status_code == 422
            assert client.headers
        """,
        scope="test_get_accounts",
        message="test_get_accounts asks an asynchronous client and is no async def",
    )


def test_a_signature_that_gets_too_long() -> None:
    check.flags(
        """
        import httpx


        class TestAccounts:
            def «test_get»(self, api: httpx.AsyncClient, account_of_somebody_else, mock_auth):
                answers = [api.get(path) for path in ("/accounts", "/account")]
                assert answers
        """,
        after="""
        import httpx


        class TestAccounts:
            async def test_get(
                self, api: httpx.AsyncClient, account_of_somebody_else, mock_auth
            ):
                answers = [await api.get(path) for path in ("/accounts", "/account")]
                assert answers
        """,
    )


def test_the_mark_of_the_other_tests() -> None:
    check.flags(
        """
        import pytest
        from httpx import AsyncClient


        @pytest.mark.asyncio
        async def test_get(client: AsyncClient):
            assert await client.get("/")


        @pytest.mark.slow
        def «test_post»(client: AsyncClient):
            assert client.post("/")
        """,
        after="""
        import pytest
        from httpx import AsyncClient


        @pytest.mark.asyncio
        async def test_get(client: AsyncClient):
            assert await client.get("/")


        @pytest.mark.slow
        @pytest.mark.asyncio
        async def test_post(client: AsyncClient):
            assert await client.post("/")
        """,
    )


CONFTEST = """
import pytest
from httpx import ASGITransport, AsyncClient


@pytest.fixture
async def client(app):
    async with AsyncClient(transport=ASGITransport(app=app)) as test_client:
        yield test_client
"""


@pytest.mark.parametrize("path", ["app/tests/conftest.py", "app/tests/endpoints/conftest.py"])
def test_a_client_that_is_a_fixture_of_a_conftest(path: str) -> None:
    check.with_(others={path: CONFTEST}).flags(
        'def «test_get»(client):\n    assert client.get("/")\n',
        after='async def test_get(client):\n    assert await client.get("/")\n',
    )


def test_a_client_that_is_a_fixture_of_the_file() -> None:
    check.flags(
        CONFTEST + '\n\ndef «test_get»(client):\n    assert client.get("/")\n',
        after=CONFTEST + '\n\nasync def test_get(client):\n    assert await client.get("/")\n',
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('asyncio.run(client.get("/"))', "asyncio.run() is given what the client answers"),
        ("post_account(client)\n    client.get('/')", "client is handed on"),
        ("call = lambda: client.get('/')\n    assert call()", "an inner function asks"),
        ("with client.stream('GET', '/') as s:\n        assert s", "`async with`"),
    ],
)
def test_what_more_would_have_to_change(body: str, reason: str) -> None:
    check.flags(
        f"import asyncio\n{HEAD}def «test_get»(client: AsyncClient):\n    {body}\n",
        after=None,
        reason=reason,
    )


def test_a_client_of_starlette_and_an_asynchronous_test() -> None:
    check.clean(
        """
        from fastapi.testclient import TestClient
        from httpx import AsyncClient, Client


        def test_get(client: TestClient):
            assert client.get("/")


        def test_get_again(client: Client, other: AsyncClient):
            assert client.get("/")
            assert other.headers == {}


        async def test_put(client: AsyncClient):
            assert await client.put("/")


        def put(client: AsyncClient):
            return client.put("/")


        def test_nobody_s(client):
            assert client.get("/")
        """
    )


def test_a_fixture_that_makes_another_client() -> None:
    made = CONFTEST.replace("AsyncClient", "Client").replace("async with", "with")
    check.with_(others={"app/tests/conftest.py": made}).clean(
        'def test_get(client):\n    assert client.get("/")\n'
    )


def test_a_client_that_the_test_makes() -> None:
    check.flags(
        """
        import httpx


        def «test_account»():
            http = httpx.AsyncClient(base_url="http://test")
            assert http.get("/account").status_code == 200
        """,
        after="""
        import httpx


        async def test_account():
            http = httpx.AsyncClient(base_url="http://test")
            assert (await http.get("/account")).status_code == 200
        """,
    )
    check.clean(
        """
        import httpx


        def test_account():
            http = httpx.Client(base_url="http://test")
            assert http.get("/account").status_code == 200
        """
    )


def test_a_client_that_a_fixture_hands_on() -> None:
    fixture = """
        import pytest
        from httpx import AsyncClient{}


        @pytest.fixture
        def signed_in(client: {}AsyncClient):
            client.headers["Authorization"] = "Bearer test"
            {} client


        def {}(signed_in):
            response = signed_in.get("/account")
            assert response.status_code == 200
        """
    for word in ("return", "yield"):
        marked = fixture.format("", "", word, "«test_account»")
        after = fixture.format("", "", word, "test_account").replace("def test", "async def test")
        check.flags(marked, after=after.replace("= signed_in", "= await signed_in"))
    check.clean(
        fixture.format(", Client", "", "return", "test_account").replace(
            "client: AsyncClient", "client: Client"
        )
    )


def test_a_fixture_that_asks_for_itself() -> None:
    check.clean(
        """
        import pytest


        @pytest.fixture
        def client(client):
            return client


        def test_account(client):
            assert client.get("/account").status_code == 200
        """
    )
