from tests.harness import Check

check = Check("TSL111", path="app/api/endpoints/accounts.py")


def test_an_endpoint_without_a_docstring() -> None:
    check.flags(
        """
        @«router.get("/account")»
        @router.get("/account/one")
        async def get_account(id: int):
            # Get one account.
            return id


        class Accounts:
            @«router.get("/accounts")»
            def get_accounts(self):
                ""
                return []
        """,
        after=None,
        reason="only who knows",
        message="has no docstring",
    )


def test_what_is_documented_or_shown_to_nobody() -> None:
    check.clean(
        '''
        from app.handlers import handle


        @router.get("/account")
        async def get_account(id: int):
            """Get one account."""
            return id


        @router.get("/guest", description="Get one guest.")
        async def get_guest(id: int):
            return id


        @router.get("/hidden", include_in_schema=False)
        async def get_hidden():
            return 1


        @router.get("/more", **options)
        async def get_more():
            return 1


        router.add_api_route("/elsewhere", handle)


        @cache.get("/x")
        def cached():
            return 1
        '''
    )
    check.with_(path="app/tests/test_accounts.py").clean(
        '@router.get("/account")\nasync def get_account(id: int): ...\n'
    )
