from tests.change_sets import changed
from tests.harness import Check

ROUTES = """
from fastapi import APIRouter

router = APIRouter()


@router.get("/account")
async def get_account(id: int):
    return id
"""
API = """
from fastapi import APIRouter

from app.api.endpoints import accounts

api_router = APIRouter()
api_router.include_router(accounts.router)
"""
MAIN = """
from fastapi import FastAPI

from app.api.api import api_router

app = FastAPI()
app.include_router(api_router)
"""
check = Check(
    "TSL109",
    path="app/api/endpoints/guests.py",
    others={
        "app/main.py": MAIN,
        "app/api/endpoints/accounts.py": ROUTES,
        "app/api/api.py": API,
    },
)


def fixed(api: str, *modules: str, path: str = "app/api/api.py") -> tuple[str, list[str]]:
    """The file that includes routers after the fix, and why what is left has none."""
    files = {f"app/api/endpoints/{module}.py": ROUTES for module in modules}
    result = changed({path: api, "app/main.py": MAIN, **files}, "TSL109")
    return result.files.get(path, ""), result.reasons


def test_a_router_that_nothing_includes() -> None:
    found = check.findings(ROUTES + '\n\n@router.post("/account")\nasync def create(): pass\n')
    assert [(f.message, f.span.line, f.scope) for f in found] == [
        ("nothing includes router, so GET /account is never served", 7, "get_account")
    ]
    assert found[0].related[0].span.line == 4


def test_it_is_included_as_its_neighbours_are() -> None:
    api = """\
from fastapi import APIRouter

from app.api.endpoints import accounts, payment_intents
from app.api.endpoints.admin import companies

api_router = APIRouter()
api_router.include_router(accounts.router, tags=["accounts"], deprecated=True)
api_router.include_router(payment_intents.router, tags=["payment intents"])
api_router.include_router(companies.router, prefix="/admin")
"""
    text, reasons = fixed(api, "accounts", "payment_intents", "booking_sources", "admin/companies")
    assert not reasons
    assert text == api.replace(
        "accounts, payment_intents", "accounts, booking_sources, payment_intents"
    ).replace(
        '=["payment intents"])\n',
        '=["payment intents"])\n'
        'api_router.include_router(booking_sources.router, tags=["booking sources"])\n',
    )


def test_several_at_once() -> None:
    text, reasons = fixed(API.lstrip(), "accounts", "guests", "bookings")
    assert not reasons
    assert "from app.api.endpoints import accounts, bookings, guests\n" in text
    assert text.count("include_router") == 3


def test_what_the_neighbours_share_is_kept_and_a_long_call_is_spread() -> None:
    api = """\
from fastapi import APIRouter, Depends

from app.api.deps import get_token
from app.api.endpoints.accounts import router as accounts_router
from app.api.endpoints.refunds import router as refunds_router


def create_api() -> APIRouter:
    api = APIRouter()
    api.include_router(
        accounts_router, prefix="/accounts", dependencies=[Depends(get_token)]
    )
    api.include_router(
        refunds_router, prefix="/refunds", dependencies=[Depends(get_token)]
    )
    return api
"""
    text, reasons = fixed(api, "accounts", "refunds", "booking_sources")
    assert not reasons
    assert "from app.api.endpoints.booking_sources import router as booking_sources_router" in text
    assert (
        """
    api.include_router(
        booking_sources_router,
        prefix="/booking_sources",
        dependencies=[Depends(get_token)],
    )
    return api
"""
        in text
    )


def test_why_there_is_no_fix() -> None:
    prefixes = API + 'api_router.include_router(guests.router, prefix="/visitors")\n'
    prefixes = prefixes.replace("import accounts", "import accounts, guests")
    _, reasons = fixed(prefixes, "accounts", "guests", "bookings")
    assert reasons == ["its neighbours are included with prefix= of their own: choose one"]

    _, reasons = fixed(API, "accounts", "admin/plans")
    assert reasons == ["no router of its folder is included anywhere: say where it belongs"]

    looped = API.replace(
        "api_router.include_router(accounts.router)",
        "if True: api_router.include_router(accounts.router)",
    )
    text, reasons = fixed(looped, "accounts", "bookings")
    assert not text
    assert len(reasons) == 1


def test_routers_that_are_included_or_handed_on() -> None:
    check.clean(ROUTES.replace("router", "application").replace("APIRouter", "FastAPI"))
    check.clean(f"{ROUTES}\n\ndef register(app):\n    app.include_router(router)\n")
    check.clean(f"{ROUTES}\n\nregister(router)\n")
    check.clean(f"{ROUTES}\n\nROUTERS = [router]\n")
    check.with_(path="app/tests/test_guests.py").clean(ROUTES)
    check.with_(path="app/api/endpoints/accounts.py").clean(ROUTES)
    for api in (
        "from app.api.endpoints.guests import router as guests_router",
        "from app.api.endpoints import guests\n\nROUTERS = [guests.router]",
        "from app.api.endpoints.guests import *",
        "import importlib\n\n\ndef register(app):\n    app.include_router(found(importlib))",
    ):
        check.with_(others={"app/registering.py": api}).clean(ROUTES)
    looped = "from .guests import router\nfrom app.api.api import api\n\n"
    looped += "for found in (router,):\n    api.include_router(found)\n"
    check.with_(others={"app/api/endpoints/__init__.py": looped}).clean(ROUTES)


def test_what_does_not_register_a_router() -> None:
    for path, text in (
        ("app/tests/test_api.py", "from app.api.endpoints.guests import router"),
        ("app/api/endpoints/__init__.py", "from app.api.endpoints.guests import router"),
        ("app/worker.py", "from app.api.endpoints import guests\n\nguests.get_account(1)"),
    ):
        assert len(check.with_(others={path: text}).findings(ROUTES)) == 1


def test_routers_of_functions_and_classes_are_not_judged() -> None:
    check.clean(
        """
        from fastapi import APIRouter


        def make_router():
            router = APIRouter()

            @router.get("/account")
            async def get_account(id: int):
                return id

            return router
        """
    )


def test_a_service_that_includes_none() -> None:
    Check(
        "TSL109",
        path=check.path,
        others={"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()"},
    ).clean(ROUTES)


def test_routers_for_an_application_of_somebody_else() -> None:
    accounts = {"app/api/endpoints/accounts.py": ROUTES, "app/api/api.py": API}
    Check("TSL109", path=check.path, others=accounts).clean(ROUTES)
