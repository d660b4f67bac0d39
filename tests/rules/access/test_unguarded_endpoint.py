from textwrap import dedent

import pytest

from tests.harness import Check
from tests.rules.access.guarded_service import SERVICE
from turnstay_lint.project.settings import Settings

check = Check("TSL201", path="app/api/endpoints/reports.py", others=SERVICE)

HEAD = """
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from app import guarding
from app.api import deps

router = APIRouter({router})
"""


def endpoint(
    parameters: str = "", *, route: str = '"/report"', router: str = "", body: str = "return {}"
) -> str:
    marked = f"@«router.get({route})»\nasync def get_report({parameters}):\n    {body}\n"
    return HEAD.format(router=router) + "\n\n" + marked


def flags(text: str, **others: str) -> None:
    found = check.with_(others=_files(others)).flags(text, after=_guarded(text), unsafe=True)
    assert all("anybody may call `GET /api/v1" in finding.message for finding in found)


def clean(text: str, **others: str) -> None:
    check.with_(others=_files(others)).clean(text.replace("«", "").replace("»", ""))


def _files(others: dict[str, str]) -> dict[str, str]:
    return {f"app/{name}.py": text for name, text in others.items()}


def _guarded(text: str) -> str:
    plain = text.replace("«", "").replace("»", "")
    return plain.replace('("/report")', '("/report", dependencies=[Depends(deps.get_token)])')


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "id: int",
        "request: Request",
        "permissions: list[str] = Depends(deps.get_permissions)",
        "tenant_id: Annotated[str, Depends(deps.get_tenant_id)]",
        "user=Depends(deps.get_user)",
        "session=Depends(deps.get_public_session)",
    ],
)
def test_what_refuses_nobody(parameters: str) -> None:
    flags(endpoint(parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        "token: str = Depends(deps.get_token)",
        "session=Depends(deps.get_session)",
        "company=Depends(deps.get_company)",
        'allowed=Depends(deps.check_permissions(["Reports"]))',
        "allowed: Annotated[list[str], Depends(deps.check_permissions())]",
        'allowed: Annotated[list[str], Security(deps.get_token, scopes=["reports"])]',
        "token: str = Depends(dependency=deps.get_token)",
        "token: str = Depends(partial(deps.get_token))",
        "token: str = Depends(HTTPBearer())",
        'key: str = Security(APIKeyHeader(name="X-Key"))',
    ],
)
def test_a_guard_among_the_parameters(parameters: str) -> None:
    clean(endpoint(parameters))


@pytest.mark.parametrize(
    ("route", "router"),
    [
        ('"/report", dependencies=[Depends(deps.get_token)]', ""),
        ('"/report"', "dependencies=[Depends(deps.get_token)]"),
        ('"/report"', "dependencies=[Depends(deps.get_user), Depends(deps.get_session)]"),
        ('"/report"', "dependencies=guarding.BOTH"),
        ('"/report", dependencies=[guarding.TOKEN]', ""),
    ],
)
def test_a_guard_of_the_route_or_the_router(route: str, router: str) -> None:
    guarding = """
        from fastapi import Depends
        from app.api import deps
        TOKEN = Depends(deps.get_token)
        BOTH = [TOKEN, Depends(deps.get_user)]
        """
    clean(endpoint(route=route, router=router), guarding=guarding)


def test_a_guard_of_the_inclusion() -> None:
    api = SERVICE["app/api/api.py"].replace(
        "(reports.router)", "(reports.router, dependencies=[Depends(get_token)])"
    )
    head = "\n        from fastapi import Depends\n        from app.api.deps import get_token\n"
    check.with_(others={"app/api/api.py": dedent(head) + dedent(api)}).clean(_plain(endpoint()))


def test_a_guard_of_the_application() -> None:
    main = """
        from fastapi import Depends, FastAPI
        from app.api.api import api_router
        from app.api.deps import get_token

        def create_app():
            app = FastAPI(dependencies=[Depends(get_token)])
            app.include_router(api_router)
            return app
        """
    check.with_(others={"app/main.py": main}).clean(_plain(endpoint()))


def test_an_application_of_a_function_that_asks_nothing() -> None:
    main = """
        from fastapi import FastAPI
        from app.api.api import api_router

        def create_app():
            app = FastAPI()
            app.include_router(api_router, prefix="/api/v1")
            return app
        """
    text = endpoint()
    check.with_(others={"app/main.py": main}).flags(text, after=_guarded(text), unsafe=True)


def test_one_of_two_ways_that_nobody_guards() -> None:
    api = """
        from fastapi import APIRouter, Depends
        from app.api.deps import get_token
        from app.api.endpoints import reports

        api_router = APIRouter()
        api_router.include_router(reports.router)
        api_router.include_router(reports.router, prefix="/v", dependencies=[Depends(get_token)])
        """
    text = endpoint()
    check.with_(others={"app/api/api.py": api}).flags(text, after=_guarded(text), unsafe=True)


REFUSING = {
    "raises 401": "raise HTTPException(status_code=401)",
    "raises 403 by position": 'raise HTTPException(403, "no")',
    "names the status": "raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)",
    "raises what a variable holds": "error = HTTPException(401); raise error",
    "raises an error of its own": "raise InvalidToken()",
    "calls what refuses": "await verify(request)",
}


@pytest.mark.parametrize("situation", REFUSING)
def test_a_dependency_that_is_seen_to_refuse(situation: str) -> None:
    guarding = f"""
        from fastapi import Depends, HTTPException, Request, status

        class InvalidToken(HTTPException):
            status_code = 401

        async def verify(request):
            if not request.headers:
                raise HTTPException(status_code=403)

        async def current(request: Request):
            if not request.headers:
                {REFUSING[situation]}
            return request.headers

        async def tenant(user=Depends(current)):
            return user
        """
    clean(endpoint("user=Depends(guarding.current)"), guarding=guarding)
    clean(endpoint("tenant=Depends(guarding.tenant)"), guarding=guarding)


LENIENT = {
    "raises another status": "raise HTTPException(status_code=404)",
    "raises a built-in error": "raise ValueError(request)",
    "catches what it raises": "try:\n                    raise HTTPException(401)\n"
    "                except HTTPException:\n                    return None",
    "catches what it calls": "try:\n                    verify(request)\n"
    "                except HTTPException:\n                    return None",
    "only defines what refuses": "def refuse():\n                    raise HTTPException(401)",
}


@pytest.mark.parametrize("situation", LENIENT)
def test_a_dependency_that_refuses_nobody(situation: str) -> None:
    guarding = f"""
        from fastapi import HTTPException, Request

        def verify(request):
            raise HTTPException(status_code=403)

        async def current(request: Request):
            if not request.headers:
                {LENIENT[situation]}
            return request.headers
        """
    flags(endpoint("user=Depends(guarding.current)"), guarding=guarding)


CLASSES = """
        from typing import Annotated
        from fastapi import Depends, HTTPException, Request
        from fastapi.security import HTTPBearer
        from app.api import deps

        class Allowed:
            def __init__(self, *roles: str):
                self.roles = roles

            def __call__(self, request: Request):
                if not self.roles:
                    raise HTTPException(status_code=403)

        class Paging:
            def __init__(self, page: int = 1):
                self.page = page

        class Scoped:
            def __init__(self, token: str = Depends(deps.get_token)):
                self.token = token

        class Bearer(HTTPBearer):
            pass

        class Verifier:
            def check(self, request: Request):
                raise HTTPException(status_code=401)

        allowed = Allowed("admin")
        bearer = Bearer()
        verifier = Verifier()
        Token = Annotated[str, Depends(deps.get_token)]
        Page = Annotated[Paging, Depends()]

        def need(role: str):
            return Depends(Allowed(role))
        """


@pytest.mark.parametrize(
    "parameters",
    [
        'user=Depends(guarding.Allowed("admin"))',
        "user=Depends(guarding.allowed)",
        "user=Depends(guarding.Scoped)",
        "user: guarding.Scoped = Depends()",
        "user=Depends(guarding.bearer)",
        "user=Depends(guarding.verifier.check)",
        "token: guarding.Token",
        'user=guarding.need("admin")',
    ],
)
def test_a_guard_that_is_a_class_an_object_or_an_alias(parameters: str) -> None:
    clean(endpoint(parameters), guarding=CLASSES)


@pytest.mark.parametrize(
    "parameters", ["page: guarding.Page", "page: guarding.Paging = Depends(guarding.Paging)"]
)
def test_a_class_that_refuses_nobody(parameters: str) -> None:
    flags(endpoint(parameters), guarding=CLASSES)


@pytest.mark.parametrize(
    "parameters",
    [
        "user=Depends(elsewhere.current_user)",
        "user=Depends(lambda: 1)",
        "user: elsewhere.CurrentUser",
        "x_signature: str = ''",
    ],
)
def test_what_cannot_be_followed(parameters: str) -> None:
    clean("import elsewhere\n" + endpoint(parameters))


@pytest.mark.parametrize(
    "body", ["raise HTTPException(status_code=401)", "return await elsewhere.verify_key(1)"]
)
def test_an_endpoint_that_looks_for_itself(body: str) -> None:
    clean("import elsewhere\n" + endpoint(body=body))


@pytest.mark.parametrize(
    "path", ["/public/report", "/webhooks/stripe", "/health", "/login", "/auth/token", "/metrics"]
)
def test_where_anybody_may_call(path: str) -> None:
    clean(endpoint(route=f'"{path}"'))


def test_a_router_that_nobody_includes() -> None:
    check.with_(others={"app/api/api.py": "", "app/main.py": ""}).clean(_plain(endpoint()))


@pytest.mark.parametrize("said", ["**options", "route_class=guarding.Guarded"])
def test_a_router_that_may_say_more(said: str) -> None:
    clean(endpoint(router=said))


def test_a_middleware_that_refuses_whoever_sends_nothing() -> None:
    middleware = """
        from fastapi.responses import JSONResponse
        from starlette.middleware.base import BaseHTTPMiddleware

        class Authentication(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                token = request.headers.get("Authorization")
                if not token:
                    return JSONResponse(status_code=401, content={"detail": "Token not found"})
                return await call_next(request)
        """
    clean(endpoint(), middleware=middleware)


def test_the_handbooks_middleware_which_lets_strangers_pass() -> None:
    middleware = """
        from fastapi.responses import JSONResponse
        from starlette.middleware.base import BaseHTTPMiddleware

        class Authentication(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                token = request.headers.get("Authorization")
                if token is None:
                    return await call_next(request)
                try:
                    verify(token)
                except ValueError:
                    return JSONResponse(status_code=401, content={"detail": "Invalid token"})
                return await call_next(request)
        """
    flags(endpoint(), middleware=middleware)


def test_names_that_the_service_gives_its_guards() -> None:
    guarding = "def whoever(request): return request.user"
    settings = Settings(guards=("who*",))
    text = _plain(endpoint("user=Depends(guarding.whoever)"))
    check.with_(others={"app/guarding.py": guarding}, settings=settings).clean(text)


def test_a_service_without_a_guard_of_its_own() -> None:
    deps = "def get_user(request): return request.user"
    check.with_(others={"app/api/deps.py": deps}).flags(
        endpoint("user=Depends(deps.get_user)"), after=None, reason="the service has no guard"
    )


def test_dependencies_that_are_there_already() -> None:
    route = '"/report", dependencies=[Depends(deps.get_user)]'
    text = endpoint(route=route)
    after = _plain(text).replace(
        f"@router.get({route})",
        '@router.get("/report", dependencies=[Depends(deps.get_user), Depends(deps.get_token)])',
    )
    check.flags(text, after=after, unsafe=True, message="`get_user` refuses nobody")


def test_a_handler_that_is_handed_over() -> None:
    text = HEAD.format(router="") + (
        "\n\nasync def get_report():\n    return {}\n\n\n"
        '«router.add_api_route("/report", get_report)»\n'
    )
    after = _plain(text).replace(
        ", get_report)", ", get_report, dependencies=[Depends(deps.get_token)])"
    )
    check.flags(text, after=after, unsafe=True, scope="get_report")


def test_a_class_of_endpoints() -> None:
    text = (
        HEAD.format(router="")
        + """

class Reports:
    token: str = Depends(deps.get_token)

    @router.get("/report")
    async def get_report(self):
        return {}
"""
    )
    check.clean(text)


def _plain(text: str) -> str:
    return text.replace("«", "").replace("»", "")
