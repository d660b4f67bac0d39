import pytest

from tests.harness import Check

check = Check("TSL103", path="app/api/endpoints/accounts.py")


def test_a_path_that_ends_in_a_parameter() -> None:
    check.flags(
        """
        from fastapi import APIRouter, Depends

        router = APIRouter()


        @«router.get("/account/{account_id}", response_model=int)»  # one
        async def get_account(account_id: int, session=Depends(get_session)):
            # account_id is the client's.
            return await load(session, account_id, key=account_id + 1)


        @«router.delete('/guest/{id}/')»
        async def delete_guest(
            id: int,
        ) -> None:
            return [id for name in id]


        @«router.patch(path="/stay/{stay}")»
        async def patch_stay(*, stay):
            return stay
        """,
        after="""
        from fastapi import APIRouter, Depends

        router = APIRouter()


        @router.get("/account", response_model=int)  # one
        async def get_account(id: int, session=Depends(get_session)):
            # account_id is the client's.
            return await load(session, id, key=id + 1)


        @router.delete('/guest')
        async def delete_guest(
            id: int,
        ) -> None:
            return [id for name in id]


        @router.patch(path="/stay")
        async def patch_stay(*, id):
            return id
        """,
        unsafe=True,
        message="from its path, not the query",
    )


@pytest.mark.parametrize(
    ("parameters", "body"),
    [
        ("account_id: int", "return f'{account_id}'"),
        ("account_id: int", "return id(account_id)"),
        ("account_id: int, id: int = 1", "return account_id"),
        ("account_id: int", "account_id = account_id + 1"),
        ("account_id: int", "return lambda account_id: account_id"),
    ],
)
def test_a_parameter_that_keeps_its_name(parameters: str, body: str) -> None:
    source = """
@{}
async def get_account({}):
    {}
"""
    check.flags(
        source.format('«router.get("/account/{account_id}")»', parameters, body),
        after=source.format('router.get("/account")', parameters, body),
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("route", "parameters", "reason"),
    [
        ('router.get(f"{PREFIX}/{{account_id}}")', "account_id: int", "not one plain string"),
        ('router.get("/account" "/{account_id}")', "account_id: int", "not one plain string"),
        ('router.get("/accounts/{account_id}")', "account_id: int", "GET /accounts is a route"),
        ('router.get("/account/{account_id}")', "account=Depends(load)", "a dependency may"),
        ('router.get("/account/{account_id}")', "account_id: int = Path(ge=1)", "with Path"),
        ('router.get("/account/{account_id}")', "account_id: Annotated[int, Path()]", "with Path"),
        ('router.get("/a/{a}/{b}")', "a: int, b: int", "another parameter would end the path"),
        ('router.get("/{account_id}")', "account_id: int", "nothing of the path would be left"),
    ],
)
def test_why_there_is_no_fix(route: str, parameters: str, reason: str) -> None:
    check.flags(
        f"""
PREFIX = "/account"


@router.get("/accounts")
async def get_accounts():
    return []


@«{route}»
async def get_account({parameters}):
    return 1
""",
        after=None,
        reason=reason,
    )


def test_several_routes_share_the_parameter() -> None:
    check.flags(
        """
        @«router.get("/account/{id}")»
        @«router.get("/guest/{id}")»
        async def get_account(id: int):
            return id
        """,
        after=None,
        reason="which share the parameter",
    )


def test_what_is_fine() -> None:
    check.clean(
        """
        from fastapi import APIRouter

        router = APIRouter()
        webhooks = APIRouter(prefix="/webhooks")


        @router.get("/account")
        async def get_account(id: int):
            return id


        @router.get("/account/{id}/guests")
        async def get_guests(id: int):
            return id


        @router.get("/files/{name:path}")
        async def get_file(name: str):
            return name


        @router.post("/account/{id}")
        async def post_account(id: int):
            return id


        @webhooks.get("/{provider}")
        async def confirm(provider: str):
            return provider


        @cache.get("/account/{id}")
        async def cached(id: int):
            return id
        """
    )
    check.with_(path="app/tests/test_accounts.py").clean(
        '@router.get("/account/{id}")\nasync def get_account(id: int): ...\n'
    )


def test_a_name_or_a_secret_stays_one() -> None:
    check.flags(
        """
        @«router.get("/client/{client_secret}")»
        async def get_client(client_secret: str):
            return client_secret
        """,
        after="""
        @router.get("/client")
        async def get_client(client_secret: str):
            return client_secret
        """,
        unsafe=True,
    )
