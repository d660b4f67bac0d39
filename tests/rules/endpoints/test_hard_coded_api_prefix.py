import pytest

from tests.harness import Check

CONSTANTS = {
    "app/__init__.py": "",
    "app/constants.py": """
        API_VERSION_PREFIX = "/api/v1"
        ADMIN_API_VERSION_PREFIX = "/api/v1/admin"
        """,
    "app/other.py": """
        OLD_PREFIX = "/api/v1"
        lower = "/api/v2"
        """,
}
check = Check("TSL106", path="app/api/endpoints/accounts.py", others=CONSTANTS)

HEAD = """
from fastapi import APIRouter

from app import constants

router = APIRouter()


"""
BODY = """
async def get_account(id: int):
    return id
"""


@pytest.mark.parametrize(
    ("path", "fixed"),
    [
        ('"/api/v1/account"', 'f"{constants.API_VERSION_PREFIX}/account"'),
        ("'/api/v1/account/{id}'", "f'{constants.API_VERSION_PREFIX}/account/{{id}}'"),
        ('"/api/v1"', "constants.API_VERSION_PREFIX"),
        ('"/api/v1/admin/é"', 'f"{constants.ADMIN_API_VERSION_PREFIX}/é"'),
        ('"/api/v1/administrators"', 'f"{constants.API_VERSION_PREFIX}/administrators"'),
        ('f"/api/v1/{NAME}/x"', 'f"{constants.API_VERSION_PREFIX}/{NAME}/x"'),
        ('"/api/v1" + NAME', "constants.API_VERSION_PREFIX + NAME"),
        ('path="/api/v1/account"', 'path=f"{constants.API_VERSION_PREFIX}/account"'),
    ],
)
def test_the_prefix_in_the_path_of_a_route(path: str, fixed: str) -> None:
    check.flags(
        f"{HEAD}@«router.get({path}, response_model=int)»  # one{BODY}",
        after=f"{HEAD}@router.get({fixed}, response_model=int)  # one{BODY}",
        unsafe=True,
        message="/api/v1 written out",
        scope="get_account",
    )


def test_prefixes_of_routers_and_of_what_includes_them() -> None:
    check.flags(
        """
        from fastapi import APIRouter, FastAPI

        from app.constants import API_VERSION_PREFIX as PREFIX

        router = «APIRouter(prefix="/api/v1/accounts", tags=["accounts"])»


        def create():
            app = FastAPI()
            «app.include_router(router, prefix="/api/v1")»
            return app
        """,
        after="""
        from fastapi import APIRouter, FastAPI

        from app.constants import API_VERSION_PREFIX as PREFIX

        router = APIRouter(prefix=f"{PREFIX}/accounts", tags=["accounts"])


        def create():
            app = FastAPI()
            app.include_router(router, prefix=PREFIX)
            return app
        """,
        unsafe=True,
    )


def test_the_module_of_constants_is_imported() -> None:
    check.flags(
        """
        from fastapi import APIRouter

        router = APIRouter()


        @«router.get("/api/v1/account/with/a/rather/long/path", response_model=int)»
        async def get_account(id: int):
            return id
        """,
        after="""
        from fastapi import APIRouter

        from app import constants

        router = APIRouter()


        @router.get(
            f"{constants.API_VERSION_PREFIX}/account/with/a/rather/long/path",
            response_model=int,
        )
        async def get_account(id: int):
            return id
        """,
        unsafe=True,
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ('"/api/v2/account"', "no constant of the service holds /api/v2: make one"),
        ('"/api" "/v1/account"', "leaves no place for a constant"),
        ('"""/api/v1/account"""', "leaves no place for a constant"),
        ('r"/api/v1/account"', "leaves no place for a constant"),
    ],
)
def test_why_there_is_no_fix(path: str, reason: str) -> None:
    check.flags(f"{HEAD}@«router.get({path})»{BODY}", after=None, reason=reason)


def test_a_name_that_is_taken() -> None:
    head = HEAD.replace("from app import constants", "constants = 1")
    check.flags(
        f'{head}@«router.get("/api/v1")»{BODY}', after=None, reason="constants means something else"
    )


def test_what_is_free() -> None:
    for path in (
        'constants.API_VERSION_PREFIX + "/x"',
        '"/account/api/v1"',
        '"/api/v1beta"',
        '"/v1/x"',
    ):
        check.clean(f"{HEAD}@router.get({path}){BODY}")
    check.clean(f'{HEAD}@cache.get("/api/v1/x"){BODY}')
    check.clean(f'{HEAD}\n\nclient.get("/api/v1/x")\nthing(prefix="/api/v1")\n')
    check.with_(path="app/tests/test_accounts.py").clean(f'{HEAD}@router.get("/api/v1"){BODY}')


def test_a_function_that_makes_routers() -> None:
    made = {
        "app/core/routing.py": "from fastapi import APIRouter\n\n\n"
        "def make(prefix: str) -> APIRouter:\n    return APIRouter(prefix=prefix)\n\n\n"
        "def thing(prefix: str):\n    return prefix\n"
    }
    text = "from app import constants\nfrom app.core.routing import make, thing\n\n"
    there = check.with_(others=made)
    there.flags(
        f'{text}router = «make(prefix="/api/v1/account")»\n',
        after=f'{text}router = make(prefix=f"{{constants.API_VERSION_PREFIX}}/account")\n',
        unsafe=True,
    )
    there.clean(f'{text}value = thing(prefix="/api/v1/account")\n')
