from textwrap import dedent

from turnstay_lint.project.endpoints.routes import RouteFact, routes
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summarise import summarise
from turnstay_lint.source.file import SourceFile


def service(files: dict[str, str]) -> Project:
    return Project(
        summarise(SourceFile.from_text(path, dedent(text))) for path, text in files.items()
    )


ENDPOINTS = """
from fastapi import APIRouter
router = APIRouter({own})

@router.get("/account")
async def get_account(): ...
"""


def route(own: str = "", **files: str) -> list[RouteFact]:
    project = service(
        {
            "app/api/endpoints/accounts.py": ENDPOINTS.format(own=own),
            **{f"app/{name}.py": text for name, text in files.items()},
        }
    )
    return list(routes(project)["app.api.endpoints.accounts.get_account"])


def test_a_path_is_put_together_from_all_prefixes() -> None:
    (found,) = route(
        'prefix="/own"',
        api="""
        from fastapi import APIRouter
        from app.api.endpoints import accounts
        router = APIRouter(prefix="/tenants")
        router.include_router(accounts.router, prefix="/money")
        """,
        main="""
        from fastapi import FastAPI
        from app.api import router
        from app.constants import PREFIX
        app = FastAPI()
        app.include_router(router, prefix=PREFIX)
        """,
        constants='PREFIX = "/api/v1"',
    )
    assert found.label == "GET /api/v1/tenants/money/own/account"
    assert found.included


def test_an_application_made_in_a_function() -> None:
    main = """
        from fastapi import FastAPI
        from app.constants import PREFIX

        def create_app() -> FastAPI:
            from app.api.endpoints import accounts
            application = FastAPI()
            application.include_router(accounts.router, prefix=PREFIX)
            return application
        """
    (found,) = route(main=main, constants='PREFIX = "/admin"')
    assert (found.label, found.included) == ("GET /admin/account", True)
    assert found.is_below(("/admin",))


def test_what_a_test_includes_is_no_way_to_a_route() -> None:
    api = """
        from fastapi import APIRouter
        from app.api.endpoints.accounts import router as accounts
        router = APIRouter()
        router.include_router(accounts, prefix="/admin")
        """
    test = """
        from fastapi import FastAPI
        from app.api.endpoints.accounts import router

        def client():
            FastAPI().include_router(router)
            app = FastAPI()
            app.include_router(router)
        """
    assert [f.label for f in route(api=api, tests__test_accounts=test)] == ["GET /admin/account"]


def test_admin_is_seen_wherever_it_is_written() -> None:
    admin = ("/admin",)
    for own in ("", 'prefix="/admin"', 'prefix="/api/v1/admin"', 'prefix="/administrators"'):
        (found,) = route(own)
        assert found.is_below(admin) is ("/admin" in own and "istrators" not in own)
    included = """
        from fastapi import APIRouter
        from app.api.endpoints.accounts import router as accounts
        router = APIRouter()
        router.include_router(accounts, prefix="/admin")
        """
    (found,) = route(api=included)
    assert found.is_below(admin)


def test_a_folder_tells_where_no_router_includes_it() -> None:
    fact = RouteFact("f", "app/api/endpoints/admin/companies.py", "GET", ("/companies",), False)
    assert fact.is_below(("/admin",))
    assert not RouteFact("f", fact.path_of_file, "GET", ("/companies",), True).is_below(("/admin",))


def test_two_ways_to_one_route_and_routers_that_include_each_other() -> None:
    twice = """
        from fastapi import APIRouter
        from app.api.endpoints import accounts
        one = APIRouter(prefix="/one")
        two = APIRouter(prefix="/two")
        one.include_router(accounts.router)
        two.include_router(accounts.router)
        one.include_router(two)
        two.include_router(one)
        """
    assert len(route(api=twice)) >= 2


def test_routes_that_are_handed_over() -> None:
    project = service(
        {
            "app/views.py": "async def show(): ...",
            "app/main.py": """
            from fastapi import FastAPI
            from app.views import show
            app = FastAPI()
            app.add_api_route("/show", show)
            """,
        }
    )
    assert [f.label for f in routes(project)["app.views.show"]] == ["ANY /show"]


def test_routers_that_a_function_makes_and_nests() -> None:
    api = """
        from fastapi import APIRouter
        from app.api.endpoints import accounts

        def build() -> APIRouter:
            v1 = APIRouter(prefix="/v1")
            inner = APIRouter(prefix="/admin")
            inner.include_router(accounts.router, prefix="/money")
            v1.include_router(inner)
            return v1
        """
    (found,) = route(api=api)
    assert (found.label, found.included) == ("GET /v1/admin/money/account", True)
    assert found.is_below(("/admin",))


def test_a_router_of_a_function_without_a_prefix_adds_none() -> None:
    api = """
        from fastapi import APIRouter
        from app.api.endpoints import accounts

        def build(prefix: str) -> APIRouter:
            inner = APIRouter(tags=["admin"])
            inner.include_router(accounts.router, prefix="/money")
            return inner
        """
    (found,) = route(api=api)
    assert (found.label, found.included) == ("GET /money/account", True)
    assert not found.is_below(("/admin",))


FACTORY = """
from fastapi import APIRouter

def build_router() -> APIRouter:
    router = APIRouter(prefix="/accounts")

    @router.get("/one")
    async def get_account(): ...

    return router
"""


def test_an_endpoint_that_a_function_defines() -> None:
    api = """
        from fastapi import APIRouter
        from app.api.endpoints import makers
        router = APIRouter(prefix="/v1")
        router.include_router(makers.build_router(), prefix="/admin")
        """
    files = {"app/api/endpoints/makers.py": FACTORY, "app/api.py": api}
    (found,) = routes(service(files))["app.api.endpoints.makers.build_router.get_account"]
    assert (found.label, found.included) == ("GET /v1/admin/accounts/one", True)
    (alone,) = routes(service({"app/api/endpoints/makers.py": FACTORY}))[found.function]
    assert (alone.label, alone.included) == ("GET /accounts/one", False)
