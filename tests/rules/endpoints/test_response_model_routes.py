"""Which routes TSL101 asks for a model, and which have none."""

from tests.rules.endpoints.account_service import check


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
