from textwrap import dedent

import pytest

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


def test_a_function_that_passes_on_whatever_comes() -> None:
    check.clean(
        """
        @router.get("/{run}")
        @router.put("/{run}")
        @router.patch("/{run}")
        @router.delete("/{run}")
        async def pass_on(run: str):
            return run


        @router.api_route("/other", methods=["GET", "POST", "PUT", "PATCH"])
        async def pass_other_on(run: str):
            return run
        """
    )


def test_a_whole_that_is_replaced_next_to_its_patch() -> None:
    replaced = """
        @{}("/account")
        async def replace_account(id: int):
            return id


        @router.{}("/account")
        async def patch_account(id: int):
            return id
        """
    check.clean(replaced.format("router.put", "patch"))
    check.flags(
        replaced.format("«router.put", "get").replace('"/account")', '"/account")»', 1),
        after=replaced.format("router.patch", "get"),
        unsafe=True,
    )


@pytest.mark.parametrize("name", ["validate_dataset", "get_preview", "create_key", "_run_check"])
def test_what_is_no_update(name: str) -> None:
    check.clean(f'@router.put("/account")\nasync def {name}(id: int):\n    return id\n')


def test_settings_are_updated_whatever_the_rest_of_the_name() -> None:
    for name in ("update_validation", "set_default_model", "upsert_import", "rename_list"):
        text = f'@router.put("/account")\nasync def {name}(id: int):\n    return id\n'
        assert check.findings(text)


@pytest.mark.parametrize("path", ["/keys/decrypt", "/oauth2/register/{id}", "/scim/Users/{id}"])
def test_a_path_that_is_no_update(path: str) -> None:
    check.clean(f'@router.put("{path}")\nasync def change(id: int):\n    return id\n')


def test_a_path_that_only_begins_so() -> None:
    for path in ("/decryption", "/scimitar/{id}", "/preview/settings"):
        text = f'@router.put("{path}")\nasync def update_it(id: int):\n    return id\n'
        assert check.findings(text)


def test_a_file_that_is_put() -> None:
    text = (
        "from fastapi import APIRouter, UploadFile\n\nrouter = APIRouter()\n\n\n"
        '@router.put("/logo")\nasync def put_logo(file: {} | None):\n    return file\n'
    )
    check.clean(text.format("UploadFile"))
    assert check.findings(dedent(text.format("str")))
