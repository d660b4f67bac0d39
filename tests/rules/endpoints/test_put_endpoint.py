from tests.harness import Check

check = Check("TSL104", path="app/api/endpoints/accounts.py")


def test_a_route_that_answers_put() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        router = APIRouter()


        @«router.put("/account", response_model=int)»  # all of it
        async def update_account(id: int):
            return id


        @«router.put("/account/with/quite/a/long/path/for/one/linesss", response_model=list[int])»
        async def update_other(id: int):
            return id
        """,
        after="""
        from fastapi import APIRouter

        router = APIRouter()


        @router.patch("/account", response_model=int)  # all of it
        async def update_account(id: int):
            return id


        @router.patch(
            "/account/with/quite/a/long/path/for/one/linesss", response_model=list[int]
        )
        async def update_other(id: int):
            return id
        """,
        unsafe=True,
        message="answers PUT",
    )


def test_methods_that_are_listed() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        router = APIRouter()


        @«router.api_route("/account", methods=['GET', "put"])»
        async def account(id: int):
            return id


        «router.add_api_route("/guest", account, methods=("PUT",))»
        """,
        after="""
        from fastapi import APIRouter

        router = APIRouter()


        @router.api_route("/account", methods=['GET', "PATCH"])
        async def account(id: int):
            return id


        router.add_api_route("/guest", account, methods=("PATCH",))
        """,
        unsafe=True,
    )


def test_why_there_is_no_fix() -> None:
    check.flags(
        """
        @«router.put("/account")»
        async def update_account(id: int):
            return id


        @router.patch("/account")
        async def patch_account(id: int):
            return id
        """,
        after=None,
        reason="PATCH /account is a route already",
    )
    check.flags(
        """
        @«router.api_route("/account", methods=["PUT", "PATCH"])»
        async def update_account(id: int):
            return id
        """,
        after=None,
        reason="it answers PATCH as well",
    )


def test_what_is_fine() -> None:
    check.clean(
        """
        from fastapi import APIRouter

        router = APIRouter(prefix="/webhooks")
        other = APIRouter()


        @router.put("/{provider}")
        async def receive(provider: str):
            return provider


        @other.put("/files/{name:path}")
        async def put_file(name: str):
            return name


        @other.patch("/account")
        async def patch_account(id: int):
            return id


        @cache.put("/account")
        async def cached(id: int):
            return id


        client.put("/account")
        """
    )
    check.with_(path="app/tests/test_accounts.py").clean(
        '@router.put("/account")\nasync def update_account(id: int): ...\n'
    )
