"""Who reaches a query: processes, threads, scripts, applications and permissions (TSL302)."""

import pytest

from tests.rules.database.account_queries import in_utils

LOOP = """
import threading

from app.api.utils.account_utils import find


def launch(session):
    threading.Thread(target=watch).start()


def watch():
    find(None, "x")


{entry}
"""

FIND = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account


async def find(session: AsyncSession, name: str):
    return await «session.scalars(select(Account).where(Account.name == name))»
"""


def test_what_a_process_starts_looks_after_every_tenant() -> None:
    entry = "def on_startup(session):\n    launch(session)"
    others = {"app/watching.py": LOOP.format(entry=entry)}
    in_utils.with_(others=others).clean(FIND.replace("«", "").replace("»", ""))


def test_what_an_endpoint_hands_to_a_thread_it_asks_itself() -> None:
    entry = (
        "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
        '@router.post("/watch")\ndef post_watch(session):\n    launch(session)'
    )
    others = {"app/watching.py": LOOP.format(entry=entry)}
    found = in_utils.with_(others=others).flags(FIND, after=None)
    assert "reached by POST /watch" in found[0].help


def test_what_stands_below_the_name_of_a_script() -> None:
    text = (
        "from sqlalchemy import select\nfrom sqlalchemy.orm import Session\n\n"
        "from app.models import Account, engine\n\n{test}\n    with Session(engine) as session:\n"
        "        {call}\n"
    )
    call = 'session.scalars(select(Account).where(Account.name == "x"))'
    in_utils.clean(text.format(test='if __name__ == "__main__":', call=call))
    in_utils.flags(text.format(test="if engine:", call=f"«{call}»"), after=None)


ADMIN = """
from fastapi import APIRouter, Depends, FastAPI

from app.api.deps import SessionDep
from app.api.utils.account_utils import find

router = APIRouter()


@router.get("/found")
async def get_found(name: str, session: SessionDep):
    return await find(session, name)


def {guard}(): ...


app = FastAPI(dependencies=[Depends({guard})])
app.include_router(router)
"""


def test_an_application_for_administrators() -> None:
    others = {"app/back_office.py": ADMIN.format(guard="get_admin")}
    in_utils.with_(others=others).clean(FIND.replace("«", "").replace("»", ""))


def test_an_application_for_whoever_has_a_token() -> None:
    others = {"app/back_office.py": ADMIN.format(guard="get_token")}
    found = in_utils.with_(others=others).flags(FIND, after=None)
    assert "reached by GET /found" in found[0].help


PERMISSION = """
from fastapi import APIRouter, Depends

from app.api.deps import SessionDep
from app.api.utils.account_utils import find
from app.core.permissions import Permission

router = APIRouter()


def require(permission): ...


@router.get("/found", dependencies=[Depends(require({permission}))])
async def get_found(name: str, session: SessionDep):
    return await find(session, name)
"""


@pytest.mark.parametrize("permission", ["Permission.FULL_ADMIN_PANEL_ACCESS", '["Super Admin"]'])
def test_a_permission_of_those_above_all_tenants(permission: str) -> None:
    others = {"app/api/endpoints/found.py": PERMISSION.format(permission=permission)}
    in_utils.with_(others=others).clean(FIND.replace("«", "").replace("»", ""))


@pytest.mark.parametrize("permission", ['["User Admin"]', "Permission.COMPANY_ADMIN", '"refund"'])
def test_a_permission_within_one_tenant(permission: str) -> None:
    others = {"app/api/endpoints/found.py": PERMISSION.format(permission=permission)}
    in_utils.with_(others=others).flags(FIND, after=None)


def test_a_call_that_another_system_signs() -> None:
    endpoint = PERMISSION.format(permission='"refund"').replace("name: str", "name: str, {}: str")
    path = "app/api/endpoints/found.py"
    signed = in_utils.with_(others={path: endpoint.replace("{}", "request_signature")})
    signed.clean(FIND.replace("«", "").replace("»", ""))
    plain = in_utils.with_(others={path: endpoint.replace("{}", "further")})
    plain.flags(FIND, after=None)


@pytest.mark.parametrize("path", ["app/background/files.py", "app/flow_scheduler.py"])
def test_what_workers_alone_call(path: str) -> None:
    body = "from app.api.utils.account_utils import find\n\n\ndef run(s):\n    find(s, 'x')\n"
    in_utils.with_(others={path: body}).clean(FIND.replace("«", "").replace("»", ""))
    in_utils.with_(others={"app/flows.py": body}).flags(FIND, after=None)


def test_a_name_that_says_that_it_clears_away() -> None:
    text = FIND.replace("find", "delete_expired")
    in_utils.clean(text.replace("«", "").replace("»", ""))
    in_utils.flags(text.replace("delete_expired", "delete_chosen"), after=None)


GLOBAL_ROLE = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company


async def find(session: AsyncSession, user, company_id: int, id: int):
    query = select(Account).where(Account.id == id)
    if {asked}:
        return await {all_of_them}
    return await session.scalars(query.where(Account.company_id == company_id))
"""


def test_a_permission_over_all_tenants_that_is_asked_for() -> None:
    asked = 'has_global_permission(user, "see")'
    in_utils.clean(GLOBAL_ROLE.format(asked=asked, all_of_them="session.scalars(query)"))
    asked = 'has_permission(user, "see")'
    text = GLOBAL_ROLE.format(asked=asked, all_of_them="session.scalars(query)")
    assert [finding.scope for finding in in_utils.findings(text)] == ["find"]
