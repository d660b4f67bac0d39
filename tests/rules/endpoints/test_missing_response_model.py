from tests.harness import Check

SERVICE = {
    "app/models.py": """
        from __future__ import annotations

        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)


        class Account(Base):
            __tablename__ = "accounts"

            name: Mapped[str]
            guests: Mapped[list[Guest]] = relationship(lazy="selectin")


        class Guest(Base):
            __tablename__ = "guests"

            account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
            full_name: Mapped[str]


        class Refund(Base):
            __tablename__ = "refunds"

            amount: Mapped[int]


        class Invoice(Base):
            __tablename__ = "invoices"

            total: Mapped[int]


        class Currency(Base):
            __tablename__ = "currencies"

            code: Mapped[str]
    """,
    "app/schemas/__init__.py": "",
    "app/schemas/responses.py": """
        from pydantic import BaseModel


        class BaseResponse(BaseModel):
            model_config = {"from_attributes": True}


        class AccountResponse(BaseResponse):
            id: int
            name: str


        class AccountResponseShort(BaseResponse):
            name: str


        class GuestResponse(BaseResponse):
            id: int
            full_name: str


        class InvoiceResponse(BaseResponse):
            id: int
            total_with_tax: int


        class CurrencyResponseShort(BaseResponse):
            code: str


        class HealthResponse(BaseResponse):
            status: str
    """,
    "app/api/__init__.py": "",
    "app/api/deps.py": """
        from typing import Annotated

        from fastapi import Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        from app.models import Account, Currency, Guest, Invoice, Refund


        async def get_company_account(account_id: int) -> Account:
            return await load(account_id)


        class CompanyAccess:
            async def get_account(self, account_id: int) -> Account:
                return await get_company_account(account_id)

            async def get_accounts(self) -> list[Account]:
                return await get_company_accounts()

            async def find_account(self, name: str) -> Account | None:
                return await find_company_account(name)

            async def get_guest(self, guest_id: int) -> Guest:
                return await get_company_guest(guest_id)

            async def get_refund(self, refund_id: int) -> Refund:
                return await get_company_refund(refund_id)

            async def get_invoice(self, invoice_id: int) -> Invoice:
                return await get_company_invoice(invoice_id)

            async def get_currency(self, code: str) -> Currency:
                return await find_currency(code)

            async def get_other_account(self, account_id: int):
                return await get_company_account(account_id)

            async def get_anything(self, name):
                return await find(name)


        def get_company_access() -> CompanyAccess:
            return CompanyAccess()


        async def get_session() -> AsyncSession:
            yield make_session()


        CompanyAccessDep = Annotated[CompanyAccess, Depends(get_company_access)]
    """,
    "app/api/utils/db_utils.py": """
        async def refresh_and_return(session, obj):
            await session.refresh(obj)
            return obj
    """,
}
check = Check("TSL101", path="app/api/endpoints/accounts.py", others=SERVICE)


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


GETTER = """
from fastapi import APIRouter, Depends, HTTPException

from app.api import deps

from app.schemas.responses import GuestResponse

router = APIRouter()


@router.get("/guest", response_model=GuestResponse)
async def get_guest(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    return await company_access.get_guest(id)
"""


def test_the_value_of_a_getter() -> None:
    check.flags(
        GETTER
        + """

@«router.get("/account")»
async def get_account(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    account = await company_access.get_account(id)
    return account


@«router.get("/accounts")»
async def get_accounts(company_access: deps.CompanyAccessDep):
    return await company_access.get_accounts()


@«router.get("/account/named")»
async def find_account(company_access=Depends(deps.get_company_access)):
    return await company_access.find_account("Sea view")


@«router.get("/account/other")»
async def get_other(id: int, company_access: deps.CompanyAccessDep):
    if account := await company_access.get_other_account(id):
        return account
    raise HTTPException(status_code=404, detail="Account not found")
""",
        after=GETTER.replace("GuestResponse\n\nrouter", "AccountResponse, GuestResponse\n\nrouter")
        + """

@router.get("/account", response_model=AccountResponse)
async def get_account(
    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)
):
    account = await company_access.get_account(id)
    return account


@router.get("/accounts", response_model=list[AccountResponse])
async def get_accounts(company_access: deps.CompanyAccessDep):
    return await company_access.get_accounts()


@router.get("/account/named", response_model=AccountResponse | None)
async def find_account(company_access=Depends(deps.get_company_access)):
    return await company_access.find_account("Sea view")


@router.get("/account/other", response_model=AccountResponse)
async def get_other(id: int, company_access: deps.CompanyAccessDep):
    if account := await company_access.get_other_account(id):
        return account
    raise HTTPException(status_code=404, detail="Account not found")
""",
    )


def test_a_query_a_constructor_and_refresh_and_return() -> None:
    before = """
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.db_utils import refresh_and_return

from app.models import Account
from app.schemas.responses import AccountResponse

router = APIRouter()


@«router.post("/account")»
async def create_account(session: AsyncSession = Depends(deps.get_session)):
    account = Account(name="Sea view")
    session.add(account)
    await session.commit()
    return await refresh_and_return(session, account)


@«router.get("/account")»
async def get_account(id: int, session: AsyncSession = Depends(deps.get_session)):
    result = await session.execute(select(Account).where(Account.id == id))
    account = result.scalar_one_or_none()
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    return account


@«router.get("/accounts")»
async def get_accounts(session: AsyncSession = Depends(deps.get_session)):
    query = select(Account)
    return (await session.scalars(query.order_by(Account.id))).all()


@«router.get("/account/first")»
async def get_first(session: AsyncSession = Depends(deps.get_session)):
    return await session.get(Account, 1)
"""
    marked = before.replace("«", "").replace("»", "")
    after = (
        marked.replace('"/account")', '"/account", response_model=AccountResponse)')
        .replace('"/accounts")', '"/accounts", response_model=list[AccountResponse])')
        .replace('"/account/first")', '"/account/first", response_model=AccountResponse | None)')
    )
    check.flags(before, after=after)


def test_lists_that_are_built() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/accounts")»
        async def get_accounts(company_access: deps.CompanyAccessDep):
            accounts = await company_access.get_accounts()
            return [AccountResponse.model_validate(account) for account in accounts]


        @«router.get("/accounts/named")»
        async def get_named(company_access: deps.CompanyAccessDep):
            named = []
            for account in await company_access.get_accounts():
                if account.name:
                    named.append(account)
            return named
        """,
        after="""
        from fastapi import APIRouter

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=list[AccountResponse])
        async def get_accounts(company_access: deps.CompanyAccessDep):
            accounts = await company_access.get_accounts()
            return [AccountResponse.model_validate(account) for account in accounts]


        @router.get("/accounts/named", response_model=list[AccountResponse])
        async def get_named(company_access: deps.CompanyAccessDep):
            named = []
            for account in await company_access.get_accounts():
                if account.name:
                    named.append(account)
            return named
        """,
    )


def test_pages() -> None:
    check.flags(
        """
        from fastapi import APIRouter
        from fastapi_pagination import paginate
        from fastapi_pagination.ext.sqlalchemy import apaginate
        from sqlalchemy import select

        from app.api import deps

        from app.models import Account
        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/accounts")»
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())


        @«router.get("/accounts/all")»
        async def get_all(session=None):
            return await apaginate(session, select(Account).order_by(Account.id))
        """,
        after="""
        from fastapi import APIRouter
        from fastapi_pagination import Page, paginate
        from fastapi_pagination.ext.sqlalchemy import apaginate
        from sqlalchemy import select

        from app.api import deps

        from app.models import Account
        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=Page[AccountResponse])
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())


        @router.get("/accounts/all", response_model=Page[AccountResponse])
        async def get_all(session=None):
            return await apaginate(session, select(Account).order_by(Account.id))
        """,
    )


def test_another_kind_of_page_that_is_imported() -> None:
    (finding,) = check.flags(
        """
        from fastapi import APIRouter
        from fastapi_pagination import LimitOffsetPage, paginate

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/accounts")»
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())
        """,
        after="""
        from fastapi import APIRouter
        from fastapi_pagination import LimitOffsetPage, paginate

        from app.api import deps

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/accounts", response_model=LimitOffsetPage[AccountResponse])
        async def get_accounts(company_access: deps.CompanyAccessDep):
            return paginate(await company_access.get_accounts())
        """,
        unsafe=True,
    )
    assert finding.fix is not None
    assert "Page, LimitOffsetPage" in finding.fix.caution


def test_a_fragment_whose_names_nothing_binds() -> None:
    check.flags(
        """
        @«router.get("/account")»
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
        after="""
        @router.get("/account", response_model=AccountResponse)
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
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


def _unfixable(body: str, reason: str, check: Check = check) -> None:
    check.flags(
        f"""
        from fastapi import APIRouter

        from app.api import deps

        router = APIRouter()


        @«router.get("/account")»
        async def get_account(id: int, company_access: deps.CompanyAccessDep):
            {body}
        """,
        after=None,
        reason=reason,
    )


def test_why_a_model_is_not_certain() -> None:
    _unfixable("return {'id': id}", "a dict built by hand")
    _unfixable("await company_access.get_account(id)", "it returns nothing")
    _unfixable(
        "return await company_access.get_anything(id)",
        "annotate what app.api.deps.CompanyAccess.get_anything returns",
    )
    _unfixable("return await elsewhere(id)", "nothing declares what `elsewhere(...)` returns")
    _unfixable(
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
    _unfixable(
        "return await company_access.get_account(id)",
        "imports this module, so AccountResponse cannot be imported from it",
        check.with_(others=others),
    )


def test_several_routes_of_one_function() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()
        other = APIRouter()


        @«router.get("/account")»
        @other.get("/account", response_model=AccountResponse)
        @«router.api_route("/accounts", methods=["GET", "POST"])»
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
        after="""
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()
        other = APIRouter()


        @router.get("/account", response_model=AccountResponse)
        @other.get("/account", response_model=AccountResponse)
        @router.api_route("/accounts", methods=["GET", "POST"], response_model=AccountResponse)
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
    )


def test_a_function_handed_over() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        async def get_account(id: int) -> AccountResponse:
            return await find(id)


        «router.add_api_route("/account", get_account, methods=["GET"])»
        """,
        after="""
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        async def get_account(id: int) -> AccountResponse:
            return await find(id)


        router.add_api_route(
            "/account", get_account, methods=["GET"], response_model=AccountResponse
        )
        """,
    )


def _clean(decorator: str, signature: str = "()", body: str = "return await find()") -> None:
    check.clean(
        f"""
        from http import HTTPStatus

        import fastapi
        from fastapi import APIRouter, Response, status
        from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
        from collections.abc import AsyncIterator

        router = APIRouter()
        GONE = 204
        OPTIONS = {{}}


        class Picture(Response):
            media_type = "image/png"


        def _moved(to):
            return RedirectResponse(to)


        @router.{decorator}
        async def endpoint{signature}:
            {body}
        """
    )


def test_statuses_without_a_body() -> None:
    for status in (
        "204",
        "205",
        "304",
        "100",
        "status.HTTP_204_NO_CONTENT",
        "fastapi.status.HTTP_204_NO_CONTENT",
        "HTTPStatus.NO_CONTENT",
        "HTTPStatus.NO_CONTENT.value",
        "HTTPStatus(204)",
        "int(HTTPStatus.NO_CONTENT)",
        "GONE",
        "'204'",
    ):
        _clean(f'delete("/account", status_code={status})')
    _clean('delete("/account", 204)')


def test_a_status_that_cannot_be_read() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @«router.get("/account", status_code=STATUSES["gone"])»
        async def get_account(id: int) -> AccountResponse:
            return await find(id)
        """,
        after=None,
        reason="its status code cannot be read",
    )


def test_what_needs_no_model() -> None:
    _clean('get("/account", response_model=None)')
    _clean('get("/account", **OPTIONS)')
    _clean('get("/account", response_class=JSONResponse)')
    _clean('get("/account")', "() -> Response")
    _clean('get("/account")', '() -> "Picture"')
    _clean('get("/account")', "()", "...")
    _clean('get("/account")', "()", "pass")
    _clean('get("/account")', "()", '"""Get it."""')
    _clean('get("/account")', "()", "return StreamingResponse(stream())")
    _clean('get("/account")', "()", "return _moved('/accounts')")
    _clean('get("/account")', "(templates)", "return templates.TemplateResponse('a.html')")
    _clean('get("/account")', "() -> AsyncIterator[int]", "yield 1")
    _clean('websocket("/account")')


def test_a_schema_called_response_is_no_response() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        from app.schemas.responses import HealthResponse

        router = APIRouter()


        @«router.get("/health")»
        async def get_health() -> HealthResponse:
            return HealthResponse(status="ok")
        """,
        after="""
        from fastapi import APIRouter

        from app.schemas.responses import HealthResponse

        router = APIRouter()


        @router.get("/health", response_model=HealthResponse)
        async def get_health() -> HealthResponse:
            return HealthResponse(status="ok")
        """,
    )


def test_a_router_that_answers_html() -> None:
    check.clean(
        """
        from fastapi import APIRouter
        from fastapi.responses import HTMLResponse

        router = APIRouter(default_response_class=HTMLResponse)


        @router.get("/account")
        async def get_account():
            return "<h1>Account</h1>"
        """
    )


def test_what_is_no_router() -> None:
    check.clean(
        """
        from unittest import mock

        import requests

        cache = make_cache()


        @mock.patch("app.api.deps.get_account")
        def test_account(patched):
            return 1


        @cache.get("/account")
        def get_account():
            return requests.get("/account")
        """
    )


def test_the_option_that_an_annotation_will_do() -> None:
    from turnstay_lint.project.settings import Settings

    lenient = check.with_(settings=Settings(return_annotation_is_response_model=True))
    source = """
        from fastapi import APIRouter

        from app.schemas.responses import AccountResponse

        router = APIRouter()


        @router.get("/account")
        async def get_account(id: int) -> {annotation}:
            return await find(id)
        """
    lenient.clean(source.format(annotation="list[AccountResponse]"))
    marked = source.replace('router.get("/account")', '«router.get("/account")»')
    lenient.flags(marked.format(annotation="dict"), after=None, reason="is no schema")
