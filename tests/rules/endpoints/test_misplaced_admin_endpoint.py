from tests.harness import Check
from turnstay_lint.project.settings import Settings

ROUTES = """
from fastapi import APIRouter

router = APIRouter()


@«router.get("/company")»
async def get_company(id: int):
    return id


@«router.post("")»
async def create_company():
    return 1
"""
PLAIN = ROUTES.replace("«", "").replace("»", "")
API = """
from fastapi import APIRouter, FastAPI

from app.api.endpoints{package} import companies

api_router = APIRouter(prefix="/api/v1")
api_router.include_router(companies.router{prefix})

app = FastAPI()
app.include_router(api_router)
"""


def check(package: str, prefix: str = "", settings: Settings | None = None) -> Check:
    dotted = package and f".{package}"
    said = prefix and f', prefix="{prefix}"'
    folder = f"{package}/" if package else ""
    path = f"app/api/endpoints/{folder}companies.py"
    others = {"app/api/api.py": API.format(package=dotted, prefix=said)}
    return Check("TSL112", path=path, others=others, settings=settings)


def test_an_admin_file_without_an_admin_path() -> None:
    check("admin", "/companies").flags(
        ROUTES,
        after=None,
        reason="only a person can tell",
        message="is not served below /admin, where its file belongs",
    )


def test_an_admin_path_in_a_file_of_another_folder() -> None:
    check("", "/admin").flags(
        ROUTES, after=None, message="is an administrators' endpoint outside of their folder"
    )
    own = ROUTES.replace("APIRouter()", 'APIRouter(prefix="/admin")')
    check("").flags(own, after=None)


def test_where_both_agree() -> None:
    check("admin", "/admin").clean(PLAIN)
    check("admin", "/admin/companies").clean(PLAIN)
    check("admin").clean(PLAIN.replace("APIRouter()", 'APIRouter(prefix="/admin")'))
    check("").clean(PLAIN)
    check("", "/administrators").clean(PLAIN)


def test_a_router_that_nothing_includes() -> None:
    Check("TSL112", path="app/api/endpoints/admin/companies.py").clean(PLAIN)


def test_the_configuration_names_the_paths() -> None:
    staff = Settings(admin_paths=("/staff",))
    check("staff", "/staff", staff).clean(PLAIN)
    assert len(check("staff", "/admin", staff).findings(PLAIN)) == 2
    check("admin", "", staff).clean(PLAIN)


def test_routes_of_tests() -> None:
    check("admin").with_(path="app/tests/endpoints/admin/test_companies.py").clean(PLAIN)
