"""Which functions are endpoints, and what their routes say."""

from __future__ import annotations

from textwrap import dedent

import pytest

from turnstay_lint.frameworks.fastapi import Endpoint, endpoints
from turnstay_lint.project.endpoints.routers import endpoints as confirmed
from turnstay_lint.project.endpoints.routers import own_path, status_of
from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile

FILE = "app/api/endpoints/accounts.py"


def found(text: str, others: dict[str, str] | None = None) -> tuple[Endpoint, ...]:
    return _read(text, others)[1]


def _read(text: str, others: dict[str, str] | None = None) -> tuple[Project, tuple[Endpoint, ...]]:
    source = SourceFile.from_text(FILE, dedent(text))
    rest = [SourceFile.from_text(path, dedent(other)) for path, other in (others or {}).items()]
    project = Project.of([source, *rest])
    return project, confirmed(project, source)


def names(text: str, others: dict[str, str] | None = None) -> list[str]:
    return [endpoint.name for endpoint in found(text, others)]


def test_what_a_route_says() -> None:
    (endpoint,) = found(
        """
        from fastapi import APIRouter

        router = APIRouter(prefix="/v1")


        @router.get("/account", response_model=None, tags=["a"])
        async def get_account(id: int): ...
        """
    )
    (route,) = endpoint.routes
    assert endpoint.scope is not None
    assert endpoint.scope.qualname == "get_account"
    assert route.methods == ("GET",)
    assert route.path == "/account"
    assert route.keywords == ("response_model", "tags")
    assert route.is_decorator
    assert route.router.name == "app.api.endpoints.accounts.router"
    assert route.router.type == "fastapi.APIRouter"
    assert not route.has_unknown_keywords


def test_a_fragment_whose_router_nothing_binds() -> None:
    text = '@router.get("/account")\nasync def get_account(): ...\n'
    source = SourceFile.from_text(FILE, text)
    assert [endpoint.name for endpoint in endpoints(source)] == ["get_account"]
    assert names(text) == ["get_account"]


@pytest.mark.parametrize(
    "setup",
    [
        "import fastapi\nrouter = fastapi.APIRouter()",
        "from fastapi import APIRouter as Routes\nrouter = Routes()",
        "from fastapi import FastAPI\nrouter: FastAPI = make()",
        "from fastapi import APIRouter\nclass Own(APIRouter): ...\nrouter = Own()",
        "from fastapi import APIRouter\ndef make():\n    made = APIRouter()\n    return made\nrouter = make()",
        "from fastapi import APIRouter\ndef make() -> APIRouter: ...\nrouter = make()",
        "from fastapi import FastAPI\napp = FastAPI()\nrouter = app.router",
        "from fastapi import APIRouter\nold = None\nrouter = old or APIRouter()",
        "from app.api.base import router",
        "from app.api.base import Base\nrouter = Base.router",
        "from app.api.base import make_router\nrouter = make_router()",
        "from app.api.base import OwnRouter\nrouter = OwnRouter()",
        "from fastapi import Depends\nfrom somewhere_else import router",
    ],
)
def test_where_a_router_comes_from(setup: str) -> None:
    others = {
        "app/api/base.py": """
            from fastapi import APIRouter


            class OwnRouter(APIRouter): ...


            class Base:
                router = OwnRouter()


            def make_router() -> OwnRouter: ...


            router = OwnRouter()
        """
    }
    text = f'{setup}\n\n\n@router.get("/account")\nasync def get_account(): ...\n'
    assert names(text, others) == ["get_account"]


def test_what_is_no_router() -> None:
    assert not names(
        """
        from unittest import mock

        from flask import app as other_app
        from app.cache import cache, router

        values = {}


        @mock.patch("app.api.deps.get_account")
        @cache.get("/account")
        @values.get("/account")
        @other_app.get("/x")
        @router.get("/x")
        def get_account(patched): ...


        def register(app):
            @app.get("/account")
            def get_account(): ...
        """,
        {"app/cache.py": "router = 1\nclass Cache: ...\ncache = Cache()\n"},
    )


def test_routers_of_functions_parameters_and_classes() -> None:
    assert names(
        """
        from fastapi import APIRouter, FastAPI


        def make(app: FastAPI):
            inner = APIRouter()

            @inner.get("/one")
            def one(): ...

            @app.post("/two")
            def two(): ...

            for each in (inner, app):
                @each.put("/three")
                def three(): ...


        class Accounts:
            routes = APIRouter()

            def __init__(self):
                self.router = APIRouter()
                self.router.add_api_route("/four", self.four)

            def four(self): ...

            @routes.patch("/five")
            def five(self): ...


        class Own(APIRouter):
            def __init__(self):
                super().__init__()

                @self.delete("/six")
                def six(): ...
        """
    ) == ["one", "two", "three", "four", "five", "six"]


def test_functions_handed_over() -> None:
    endpoints_found = found(
        """
        from fastapi import APIRouter

        from app.handlers import elsewhere

        router = APIRouter()


        def here(): ...


        def make(x):
            def made(): ...

            return made


        router.add_api_route("/a", here, methods=["get", "POST"])
        router.add_api_route(path="/b", endpoint=here)
        router.add_api_route("/c", elsewhere)
        router.add_api_route("/d", make(1))
        router.get("/e")(here)
        """
    )
    assert [(e.name, [r.path for r in e.routes]) for e in endpoints_found] == [
        ("here", ["/a", "/b", "/e"]),
        ("elsewhere", ["/c"]),
        ("made", ["/d"]),
    ]
    assert endpoints_found[0].routes[0].methods == ("GET", "POST")
    assert endpoints_found[0].routes[1].methods == ("GET",)
    assert endpoints_found[1].function is None
    assert endpoints_found[1].handler == "app.handlers.elsewhere"


def test_several_routes_of_one_function() -> None:
    (endpoint,) = found(
        """
        from fastapi import APIRouter

        router = APIRouter()


        @router.get("/account")
        @router.websocket("/ws")
        @router.api_route("/accounts", methods=["GET", "HEAD"])
        def get_account(): ...
        """
    )
    assert [route.path for route in endpoint.routes] == ["/account", "/accounts"]
    assert endpoint.routes[1].methods == ("GET", "HEAD")


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ('"/account"', "/account"),
        ('"/acc" "ount"', "/account"),
        ('f"{PREFIX}/account"', "/v1/account"),
        ('f"/account/{{id}}"', "/account/{id}"),
        ('PREFIX + "/account"', "/v1/account"),
        ("constants.ACCOUNT", "/account"),
        ('f"{constants.ACCOUNT}/{unknown()}"', None),
        ('""', ""),
    ],
)
def test_paths(path: str, read: str | None) -> None:
    project, (endpoint,) = _read(
        f"""
        from fastapi import APIRouter

        from app import constants

        PREFIX = "/v1"
        router = APIRouter()


        @router.get({path})
        def get_account(): ...
        """,
        {"app/constants.py": 'ACCOUNT = "/account"\n'},
    )
    assert own_path(project, endpoint.routes[0]) == read


@pytest.mark.parametrize(
    ("status", "number"),
    [
        ("status_code=204", 204),
        ("status_code=status.HTTP_204_NO_CONTENT", 204),
        ("status_code=HTTP_204_NO_CONTENT", 204),
        ("status_code=http.HTTPStatus.NO_CONTENT", 204),
        ("status_code=http.HTTPStatus.NO_CONTENT.value", 204),
        ("status_code=http.HTTPStatus(204)", 204),
        ("status_code=GONE", 204),
        ("status_code=constants.GONE", 204),
        ("status_code=constants.Statuses.GONE", 204),
        ("204", 204),
        ("status_code=201", 201),
        ("status_code=unknown()", None),
        ("tags=[]", None),
    ],
)
def test_status_codes(status: str, number: int | None) -> None:
    project, (endpoint,) = _read(
        f"""
        import http

        from fastapi import APIRouter, status
        from starlette.status import HTTP_204_NO_CONTENT

        from app import constants

        GONE = status.HTTP_204_NO_CONTENT
        router = APIRouter()


        @router.get("/account", {status})
        def get_account(): ...
        """,
        {
            "app/constants.py": """
            from http import HTTPStatus

            GONE = HTTPStatus.NO_CONTENT


            class Statuses:
                GONE = 204
            """
        },
    )
    assert status_of(project, endpoint.routes[0]) == number


def test_a_status_on_the_router() -> None:
    project, (endpoint,) = _read(
        """
        from fastapi import APIRouter


        class Quiet(APIRouter): ...


        router = Quiet(status_code=204)


        @router.get("/account")
        def get_account(): ...
        """
    )
    assert status_of(project, endpoint.routes[0]) == 204
