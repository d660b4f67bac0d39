"""How TSL101 names the model in the file of the route."""

from tests.rules.endpoints.account_service import check, flags_unfixable


def test_the_spelling_of_an_annotation_is_kept() -> None:
    check.flags(
        """
        import typing as t

        from fastapi import APIRouter

        from app.schemas import responses as answers

        router = APIRouter()


        @«router.get("/account")»  # one
        async def get_account(id: int) -> t.Optional["answers.AccountResponse"]:
            return await find(id)


        @«router.get("/accounts")»
        async def get_accounts() -> t.List[answers.AccountResponse]:
            return await find()
        """,
        after="""
        import typing as t

        from fastapi import APIRouter

        from app.schemas import responses as answers

        router = APIRouter()


        @router.get("/account", response_model=t.Optional[answers.AccountResponse])  # one
        async def get_account(id: int) -> t.Optional["answers.AccountResponse"]:
            return await find(id)


        @router.get("/accounts", response_model=t.List[answers.AccountResponse])
        async def get_accounts() -> t.List[answers.AccountResponse]:
            return await find()
        """,
    )


def test_a_module_of_schemas_that_is_imported_is_used() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas import responses

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas import responses

        router = APIRouter()


        @router.get("/account", response_model=responses.AccountResponse)
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
    )


def test_an_alias_of_the_schema_is_used() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse as Answer

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse as Answer

        router = APIRouter()


        @router.get("/account", response_model=Answer)
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
    )


def test_the_import_is_as_other_files_have_it() -> None:
    others = {
        "app/schemas/__init__.py": "from app.schemas.responses import AccountResponse\n",
        "app/api/endpoints/one.py": "from app.schemas import AccountResponse\n",
        "app/api/endpoints/two.py": "from app.schemas import AccountResponse\n",
    }
    check.with_(others=others).flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.models import Account

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.models import Account
        from app.schemas import AccountResponse

        router = APIRouter()


        @router.get("/account", response_model=AccountResponse)
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            return await company_access.get_account(id)
        """,
    )


def test_a_schema_defined_below() -> None:
    check.flags(
        """
        from fastapi import APIRouter
        from pydantic import BaseModel

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int):
            return Answer(id=id)


        class Answer(BaseModel):
            id: int
        """,
        after=None,
        reason="Answer is defined below the route",
    )


def test_a_schema_imported_for_type_checking_only() -> None:
    check.flags(
        """
        from typing import TYPE_CHECKING

        from fastapi import APIRouter

        if TYPE_CHECKING:
            from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int) -> "AccountResponse":
            return await find(id)
        """,
        after=None,
        reason="names AccountResponse, which is not there",
    )


def test_a_schema_whose_module_imports_this_one() -> None:
    others = {
        "app/schemas/responses.py": """
            from pydantic import BaseModel

            from app.api.endpoints.accounts import LIMIT


            class AccountResponse(BaseModel):
                id: int
                name: str
        """
    }
    flags_unfixable(
        "return await company_access.get_account(id)",
        "imports this module, so AccountResponse cannot be imported from it",
        check.with_(others=others),
    )
