import pytest

from tests.harness import Check
from turnstay_lint.project.settings import Settings

INSIDE = {"app/api/endpoints/__init__.py": "", "app/api/endpoints/accounts.py": ""}
check = Check("TSL113", path="app/core/reports.py", others=INSIDE)

ROUTES = """
from fastapi import APIRouter

router = APIRouter()


@«router.get("/report")»
@router.get("/reports/one")
async def get_report(id: int):
    return id


def handler():
    return 1


«router.add_api_route("/other", handler)»
"""
PLAIN = ROUTES.replace("«", "").replace("»", "")


def test_endpoints_outside_of_their_folder() -> None:
    check.flags(
        ROUTES,
        after=None,
        reason="for a person to part",
        message="lies outside of api/endpoints/",
    )
    check.with_(path="app/api/reports.py").flags(ROUTES, after=None)


def test_a_router_of_another_file() -> None:
    router = {"app/routing.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n"}
    check.with_(others=router).flags(
        """
        from app.routing import router


        @«router.get("/report")»
        async def get_report(id: int):
            return id
        """,
        after=None,
        scope="get_report",
    )


@pytest.mark.parametrize(
    "path",
    [
        "app/api/endpoints/reports.py",
        "app/api/endpoints/admin/reports.py",
        "services/app/api/endpoints/reports.py",
        "app/tests/test_reports.py",
        "scripts/serve.py",
    ],
)
def test_where_endpoints_may_lie(path: str) -> None:
    check.with_(path=path).clean(PLAIN)


def test_the_application_and_what_asks_how_it_is() -> None:
    check.clean(PLAIN.replace("APIRouter", "FastAPI"))
    check.clean(
        """
        from fastapi import APIRouter

        router = APIRouter()


        @router.get("/api/v1/health")
        async def get_health():
            return "ok"


        @router.get("/metrics")
        async def get_metrics():
            return ""
        """
    )


def test_a_fragment() -> None:
    check.clean('@router.get("/report")\nasync def get_report(): ...\n')


def test_other_folders() -> None:
    Check("TSL113", path=check.path).clean(PLAIN)
    moved = Settings(endpoint_folders=("core", "web/routes"))
    check.with_(settings=moved).clean(PLAIN)
    found = check.with_(path="app/api/endpoints/a.py", others={"app/core/b.py": ""}, settings=moved)
    assert [f.message for f in found.findings(PLAIN)] == [
        "GET /report lies outside of core/ and web/routes/",
        "GET /other lies outside of core/ and web/routes/",
    ]
