from tests.harness import Check

SESSIONS = {
    "app/database.py": """
        from collections.abc import Iterator

        from sqlalchemy.orm import Session
        from sqlalchemy.ext.asyncio import AsyncSession


        def get_sync_session() -> Iterator[Session]:
            yield make()


        async def get_session() -> AsyncSession:
            return await open_session()
        """,
}
check = Check("TSL108", path="app/api/endpoints/accounts.py", others=SESSIONS)


def test_an_endpoint_that_is_def() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        router = APIRouter()


        @«router.get("/account")»  # one
        def get_account(id: int):
            # Nothing waits here.
            return {"id": id}
        """,
        after="""
        from fastapi import APIRouter

        router = APIRouter()


        @router.get("/account")  # one
        async def get_account(id: int):
            # Nothing waits here.
            return {"id": id}
        """,
        unsafe=True,
        message="GET /account is def get_account",
        scope="get_account",
    )


def test_several_routes_of_one_function_are_one_finding() -> None:
    check.flags(
        """
        @«router.get("/account")»
        @router.get("/accounts/mine")
        def get_account(): return 1


        def get_accounts(id: int, *, name: str = "é", other: tuple[int, ...] = (1,)) -> list[str]:
            return []


        «router.add_api_route("/accounts", get_accounts)»
        """,
        after="""
        @router.get("/account")
        @router.get("/accounts/mine")
        async def get_account(): return 1


        async def get_accounts(
            id: int, *, name: str = "é", other: tuple[int, ...] = (1,)
        ) -> list[str]:
            return []


        router.add_api_route("/accounts", get_accounts)
        """,
        unsafe=True,
    )


def test_a_function_that_a_call_makes_an_endpoint_is_shown_as_well() -> None:
    by_call, by_decorator = check.findings(
        "from fastapi import APIRouter\n\n"
        "router = APIRouter()\n\n\n"
        "def get_accounts():\n    return []\n\n\n"
        'router.add_api_route("/accounts", get_accounts)\n\n\n'
        '@router.get("/account")\n'
        "def get_account():\n    return 1\n"
    )
    assert (by_call.span.line, by_decorator.span.line) == (10, 13)
    assert [(place.path, place.span.line, place.message) for place in by_call.related] == [
        (check.path, 6, "get_accounts is defined here")
    ]
    assert not by_decorator.related


def test_parameters_on_lines_of_their_own_stay_there() -> None:
    check.flags(
        """
        class Accounts:
            @«router.get("/account")»
            def get_account(
                self,
                id: int,  # whose
            ) -> dict:
                return {}
        """,
        after="""
        class Accounts:
            @router.get("/account")
            async def get_account(
                self,
                id: int,  # whose
            ) -> dict:
                return {}
        """,
        unsafe=True,
        scope="Accounts.get_account",
    )


def unfixable(body: str, reason: str, above: str = "") -> None:
    check.flags(
        f"""
import asyncio
import time

import requests
from fastapi import APIRouter

router = APIRouter()


@«router.get("/account")»
{above}def get_account(id: int):
    {body}
""",
        after=None,
        reason=reason,
    )


def test_why_there_is_no_fix() -> None:
    unfixable("time.sleep(1)", "`time.sleep` in it would hold up every other request")
    unfixable("return requests.get(url).json()", "`requests.get` in it")
    unfixable("return open(path).read()", "`open` in it")
    unfixable("return asyncio.run(load(id))", "it starts an event loop")
    unfixable("return loop.run_until_complete(load(id))", "it starts an event loop")
    unfixable("yield id", "it is a generator")
    unfixable("return id", "`cached` wraps it", "@cached\n")
    unfixable("return id\n\n\ndef other():\n    return get_account(1)", "calls it elsewhere")


def test_a_function_of_another_file() -> None:
    with_handlers = check.with_(
        others={
            "app/handlers.py": """
                def get_account(id: int):
                    return id


                async def get_accounts():
                    return []
                """
        }
    )
    with_handlers.flags(
        """
        from app.handlers import get_account, get_accounts

        «router.add_api_route("/account", get_account)»
        router.add_api_route("/accounts", get_accounts)
        """,
        after=None,
        reason="app.handlers.get_account is defined in another file",
    )


def test_what_is_fine() -> None:
    check.clean(
        """
        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        from app.database import get_sync_session

        router = APIRouter()


        @router.get("/account")
        async def get_account(id: int):
            return id


        @router.websocket("/live")
        def live(socket):
            return socket


        @cache.get("/account")
        def cached(id: int):
            return id


        @router.get("/accounts")
        def get_accounts(session: Session = Depends(get_sync_session)):
            return session.scalars(query).all()


        @router.get("/guests")
        def get_guests(session=Depends(get_sync_session)):
            return session.scalars(query).all()


        @router.get("/bookings")
        def get_bookings():
            with get_sync_session() as session:
                return session.scalars(query).all()


        @router.get("/stays")
        def get_stays(stays=Depends(stays_of_company)):
            return stays.all()


        def stays_of_company(guests=Depends(guests_of_company)):
            return Stays(guests)


        def guests_of_company(session=Depends(get_sync_session)):
            return Guests(session)


        def helper():
            return 1
        """
    )


def test_a_service_with_synchronous_sessions_alone() -> None:
    source = """
        from fastapi import APIRouter

        router = APIRouter()


        @router.get("/account")
        def get_account(id: int):
            return id
        """
    assert len(check.findings(source.replace("\n        ", "\n"))) == 1
    synchronous = """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        make = sessionmaker(create_engine("sqlite://"))
        """
    Check("TSL108", path=check.path, others={"app/database.py": synchronous}).clean(source)
    check.with_(path="app/tests/test_accounts.py").clean(source)
