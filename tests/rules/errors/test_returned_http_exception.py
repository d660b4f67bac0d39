import pytest

from tests.harness import Check

check = Check("TSL604", path="app/api/endpoints/accounts.py")

ENDPOINT = """
from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/account")
async def get_account(id: int):
    {body}
"""


def test_an_endpoint_that_returns_its_error() -> None:
    check.flags(
        ENDPOINT.format(body='«return HTTPException(status_code=404, detail="Gone")»'),
        after=ENDPOINT.format(body='raise HTTPException(status_code=404, detail="Gone")'),
        scope="get_account",
        message="the client gets it as an answer that went well",
    )


def test_a_dependency_that_returns_its_error() -> None:
    service = {
        "app/api/endpoints/accounts.py": """
        from fastapi import APIRouter, Depends

        from app.api.deps import check_plan

        router = APIRouter(dependencies=[Depends(check_plan)])
        """
    }
    check.with_(path="app/api/deps.py", others=service).flags(
        """
        import fastapi


        def check_plan(plan: str):
            if plan == "free":
                «return (
                    fastapi.HTTPException(status_code=403, detail="Upgrade first")  # sales
                )»
        """,
        after="""
        import fastapi


        def check_plan(plan: str):
            if plan == "free":
                raise (
                    fastapi.HTTPException(status_code=403, detail="Upgrade first")  # sales
                )
        """,
        message="nobody answers with it",
    )


def test_a_helper_that_returns_something_else_as_well() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def name_of(account):
            if account is None:
                error = HTTPException(status_code=404, detail="Account not found")
                «return error»
            return account.name
        """,
        after="""
        from fastapi import HTTPException


        def name_of(account):
            if account is None:
                error = HTTPException(status_code=404, detail="Account not found")
                raise error
            return account.name
        """,
        message="callers of name_of go on with it",
    )


def test_a_statement_that_fits_its_line_again() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def name_of(account):
            if account is None:
                «return HTTPException(
                    status_code=404, detail="The account has gone, so it has no name"
                )»
            return account.name
        """,
        after="""
        from fastapi import HTTPException


        def name_of(account):
            if account is None:
                raise HTTPException(
                    status_code=404, detail="The account has gone, so it has no name"
                )
            return account.name
        """,
    )


@pytest.mark.parametrize(
    "caught", ["except Exception:", "except (KeyError, HTTPException):", "except:"]
)
def test_a_clause_that_would_catch_it(caught: str) -> None:
    check.flags(
        f"""
        from fastapi import HTTPException


        def name_of(accounts, id):
            try:
                if id not in accounts:
                    «return HTTPException(status_code=404, detail="Account not found")»
                return accounts[id].name
            {caught}
                return "nobody"
        """,
        after=None,
        reason="an except clause around it would catch what is raised",
    )


def test_a_clause_that_does_not_see_it() -> None:
    check.flags(
        """
        from fastapi import HTTPException


        def name_of(accounts, id):
            try:
                return accounts[id].name
            except KeyError:
                «return HTTPException(status_code=404, detail="Account not found")»
            except Exception:
                return "nobody"
        """,
        after="""
        from fastapi import HTTPException


        def name_of(accounts, id):
            try:
                return accounts[id].name
            except KeyError:
                raise HTTPException(status_code=404, detail="Account not found")
            except Exception:
                return "nobody"
        """,
    )


def test_a_middleware_and_a_handler() -> None:
    check.flags(
        """
        from fastapi import FastAPI, HTTPException
        from starlette.middleware.base import BaseHTTPMiddleware

        app = FastAPI()


        class Tokens(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                if not request.headers:
                    «return HTTPException(status_code=401, detail="Token not found")»
                return await call_next(request)


        @app.exception_handler(KeyError)
        async def on_key_error(request, exc):
            «return HTTPException(status_code=404, detail="Not found")»
        """,
        after=None,
        reason="return a JSONResponse",
    )


def test_one_of_two_values() -> None:
    check.flags(
        ENDPOINT.format(
            body='«return HTTPException(status_code=404, detail="x") if id > 9 else id»'
        ),
        after=None,
        reason="one of several values",
    )


def test_functions_that_make_errors_for_others_to_raise() -> None:
    check.clean(
        """
        from fastapi import HTTPException


        def not_found(what: str):
            return HTTPException(status_code=404, detail=f"{what} not found")


        def refusal(reason: str | None) -> HTTPException | str:
            if reason:
                return HTTPException(status_code=403, detail=reason)
            return "welcome"


        def problem(reason):
            if reason:
                return HTTPException(status_code=403, detail=reason)
            return None


        class Errors:
            make = lambda self: HTTPException(status_code=404, detail="Not found")
        """
    )


def test_errors_that_are_raised_or_kept() -> None:
    check.clean(
        ENDPOINT.format(
            body="""error = HTTPException(status_code=404, detail="Account not found")
    if id > 9:
        raise error
    return {"errors": [error.detail]}"""
        )
    )


def test_an_exception_of_another_library() -> None:
    check.clean(
        """
        from fastapi import APIRouter
        from werkzeug.exceptions import HTTPException

        router = APIRouter()


        @router.get("/account")
        async def get_account(id: int):
            return HTTPException(404)
        """
    )


def test_a_dependency_that_nothing_here_depends_on() -> None:
    check.flags(
        """
        from fastapi import Depends, HTTPException

        from app.api import deps


        def need_token(token: str = Depends(deps.get_token)):
            if not token:
                «return HTTPException(status_code=401, detail="Token not found")»
            return token
        """,
        after="""
        from fastapi import Depends, HTTPException

        from app.api import deps


        def need_token(token: str = Depends(deps.get_token)):
            if not token:
                raise HTTPException(status_code=401, detail="Token not found")
            return token
        """,
    )
