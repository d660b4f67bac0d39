import pytest

from tests.harness import Check
from tests.rules.access.guarded_service import SERVICE
from turnstay_lint.project.settings import Settings

CHECK = "deps.check_permissions_admin()"
check = Check("TSL202", path="app/api/endpoints/reports.py", others=SERVICE)

HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException

from app import guarding
from app.api import deps

router = APIRouter({router})


"""


def text(parameters: str, *, route: str = '"/admin/report"', router: str = "") -> str:
    marked = f"@«router.get({route})»\nasync def get_report({parameters}):\n    return {{}}\n"
    return HEAD.format(router=router) + marked


def _plain(marked: str) -> str:
    return marked.replace("«", "").replace("»", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"_: list[str] = Depends({CHECK})"),
        ("id: int", f"id: int, _: list[str] = Depends({CHECK})"),
        (
            "company=Depends(deps.get_company)",
            f"\n    company=Depends(deps.get_company),\n    _: list[str] = Depends({CHECK}),\n",
        ),
        (
            "company: Annotated[str, Depends(deps.get_company)]",
            "\n    company: Annotated[str, Depends(deps.get_company)],\n"
            f"    _: Annotated[list[str], Depends({CHECK})],\n",
        ),
        (
            '_=Depends(deps.check_permissions(["Reports"]))',
            '\n    _=Depends(deps.check_permissions(["Reports"])),\n'
            f"    _admin: list[str] = Depends({CHECK}),\n",
        ),
    ],
)
def test_a_route_of_administrators_that_asks_for_none(before: str, after: str) -> None:
    marked = text(before)
    check.flags(
        marked,
        after=_plain(marked).replace(f"get_report({before})", f"get_report({after})"),
        message="nobody asks for an administrator before `GET /api/v1/admin/report`",
        scope="get_report",
    )


@pytest.mark.parametrize(("route", "router"), [('"/report"', 'prefix="/admin"')])
def test_the_prefix_of_a_router(route: str, router: str) -> None:
    marked = text("", route=route, router=router)
    after = _plain(marked).replace("get_report()", f"get_report(_: list[str] = Depends({CHECK}))")
    check.flags(marked, after=after)


def test_the_prefix_of_an_inclusion() -> None:
    main = SERVICE["app/main.py"].replace('prefix="/api/v1"', 'prefix="/api/v1/admin"')
    marked = text("", route='"/report"')
    after = _plain(marked).replace("get_report()", f"get_report(_: list[str] = Depends({CHECK}))")
    check.with_(others={"app/main.py": main}).flags(marked, after=after)


def test_a_function_with_a_route_for_others_too() -> None:
    before = text("company=Depends(deps.get_company)").replace(
        "@«", '@router.get("/report")\n@«', 1
    )
    after = _plain(before).replace(
        '@router.get("/admin/report")',
        f'@router.get("/admin/report", dependencies=[Depends({CHECK})])',
    )
    check.flags(before, after=after)


@pytest.mark.parametrize(
    "parameters",
    [
        f"_: list[str] = Depends({CHECK})",
        f"_: Annotated[list[str], Depends({CHECK})]",
        "user=Depends(guarding.current_superuser)",
        "user=Depends(guarding.staff)",
        'user=Depends(guarding.need("PLATFORM_ADMIN"))',
        "user: guarding.Administrator",
        "user=Depends(elsewhere.current_user)",
    ],
)
def test_a_check_by_any_name(parameters: str) -> None:
    guarding = """
        from typing import Annotated
        from fastapi import Depends, HTTPException
        from app.api import deps

        def current_user(token=Depends(deps.get_token)):
            return token

        def current_superuser(user=Depends(current_user)):
            return user

        def staff(user=Depends(current_user)):
            if not user.is_staff:
                raise HTTPException(status_code=403)

        def need(permission):
            def check(user=Depends(current_user)):
                if permission not in user.permissions:
                    raise HTTPException(status_code=403)
            return check

        Administrator = Annotated[str, Depends(current_superuser)]
        """
    made = "import elsewhere\n" + _plain(text(parameters))
    check.with_(others={"app/guarding.py": guarding}).clean(made)


@pytest.mark.parametrize(
    "router", [f"dependencies=[Depends({CHECK})]", "dependencies=guarding.unknown()"]
)
def test_a_check_of_the_router(router: str) -> None:
    check.clean(_plain(text("", router=router)))


@pytest.mark.parametrize("path", ["/report", "/reports/admin", "/administrators"])
def test_other_paths(path: str) -> None:
    check.clean(_plain(text("company=Depends(deps.get_company)", route=f'"{path}"')))


def test_an_endpoint_that_asks_for_itself() -> None:
    check.clean(
        HEAD.format(router="")
        + """
@router.get("/admin/report")
async def get_report(user=Depends(deps.get_company)):
    if not user.is_admin:
        raise HTTPException(status_code=403)
    return {}
"""
    )


def test_a_service_without_such_a_check() -> None:
    settings = Settings(admin_guards=("require_operator",))
    check.with_(settings=settings).flags(
        text(""), after=None, reason="the service has no check for administrators"
    )


def test_a_check_that_is_no_factory_and_gives_a_user() -> None:
    deps = SERVICE["app/api/deps.py"] + (
        "\n\n        def require_operator(token=Depends(get_token)) -> str:\n"
        "            return token\n"
    )
    settings = Settings(admin_guards=("require_operator",))
    marked = text("")
    after = _plain(marked).replace(
        '"/admin/report")', '"/admin/report", dependencies=[Depends(deps.require_operator)])'
    )
    check.with_(settings=settings, others={"app/api/deps.py": deps}).flags(marked, after=after)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("pass", True),
        ('"""Routes of the service."""', True),
        ("redirect_slashes = False", False),
        ("def add_api_route(self, *args): ...", False),
    ],
)
def test_a_router_of_a_class_of_the_service(body: str, seen: bool) -> None:
    others = {
        "app/core/routing.py": "from fastapi import APIRouter as Base\n\n\n"
        f"class Router(Base):\n    {body}\n"
    }
    marked = text("").replace("import APIRouter, Depends", "import Depends")
    marked = marked.replace("router = APIRouter", "router = Router")
    marked = marked.replace(
        "from app.api import deps", "from app.api import deps\nfrom app.core.routing import Router"
    )
    found = check.with_(others=others).findings(_plain(marked))
    assert bool(found) is seen


def test_a_route_that_only_leads_on() -> None:
    lead = "from fastapi.responses import RedirectResponse\n\n" + _plain(text(""))
    check.clean(lead.replace("return {}", 'return RedirectResponse("/admin/")'))
    asked = lead.replace("get_report()", "get_report(url: str)")
    assert check.findings(asked.replace("return {}", "return RedirectResponse(url)"))
