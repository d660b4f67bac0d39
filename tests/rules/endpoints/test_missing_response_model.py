"""Models by annotation and by what is built, and why none is certain."""

from tests.rules.endpoints.account_service import check, flags_unfixable


def test_a_return_annotation_that_is_a_schema() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
        after="""
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/account", response_model=AccountResponse)
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
        message="GET /account has no response_model",
        scope="get_account",
    )


def test_an_annotation_that_is_no_schema() -> None:
    for annotation in ("dict", "dict[str, str]", "list[dict]", "str", "bool", "list[int]"):
        check.flags(
            f"""
            from fastapi import APIRouter

            router = APIRouter()


            @«router.get("/account")»
            async def get_account(id: int) -> {annotation}:
                return await find(id)
            """,
            after=None,
            reason=f"its return annotation {annotation} is no schema",
        )


def test_an_annotation_with_a_response_in_it() -> None:
    check.flags(
        """
        from fastapi import APIRouter, Response

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int) -> Response | AccountResponse:
            return await find(id)
        """,
        after="""
        from fastapi import APIRouter, Response

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/account", response_model=None)
        async def get_account(id: int) -> Response | AccountResponse:
            return await find(id)
        """,
    )


def test_all_returns_build_one_schema() -> None:
    check.flags(
        """
        from fastapi import APIRouter
        from fastapi.responses import JSONResponse

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/account", tags=["accounts"])»
        async def get_account(id: int):
            if id < 0:
                return JSONResponse({"detail": "no"}, status_code=400)
            if id == 0:
                return AccountResponse.model_validate({"id": 0, "name": "zero"})
            account = AccountResponse(id=id, name="one")
            return account
        """,
        after="""
        from fastapi import APIRouter
        from fastapi.responses import JSONResponse

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/account", tags=["accounts"], response_model=AccountResponse)
        async def get_account(id: int):
            if id < 0:
                return JSONResponse({"detail": "no"}, status_code=400)
            if id == 0:
                return AccountResponse.model_validate({"id": 0, "name": "zero"})
            account = AccountResponse(id=id, name="one")
            return account
        """,
    )


def test_returns_of_several_schemas() -> None:
    (finding,) = check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse, HealthResponse

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int):
            if id:
                return AccountResponse(id=id, name="one")
            return HealthResponse(status="ok")
        """,
        after="""
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse, HealthResponse

        router = APIRouter()


        @router.get("/account", response_model=AccountResponse | HealthResponse)
        async def get_account(id: int):
            if id:
                return AccountResponse(id=id, name="one")
            return HealthResponse(status="ok")
        """,
        unsafe=True,
    )
    assert finding.fix is not None
    assert "AccountResponse, HealthResponse" in finding.fix.caution


def test_why_a_model_is_not_certain() -> None:
    flags_unfixable("return {'id': id}", "a dict built by hand")
    flags_unfixable("await company_access.get_account(id)", "it returns nothing")
    flags_unfixable(
        "return await company_access.get_anything(id)",
        "annotate what app.api.deps.CompanyAccess.get_anything returns",
    )
    flags_unfixable("return await elsewhere(id)", "nothing declares what `elsewhere(...)` returns")
    flags_unfixable(
        "return await company_access.get_invoice(id)",
        "InvoiceResponse needs total_with_tax, which Invoice does not have",
    )


def test_only_a_variant_of_the_schema() -> None:
    (finding,) = check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import CurrencyResponseShort

        router = APIRouter()


        @«router.get("/currency")»
        async def get_currency(code: str, company_access: deps.CompanyAccessDep):
            return await company_access.get_currency(code)
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import CurrencyResponseShort

        router = APIRouter()


        @router.get("/currency", response_model=CurrencyResponseShort)
        async def get_currency(code: str, company_access: deps.CompanyAccessDep):
            return await company_access.get_currency(code)
        """,
        unsafe=True,
    )
    assert finding.fix is not None
    assert "CurrencyResponseShort" in finding.fix.caution
