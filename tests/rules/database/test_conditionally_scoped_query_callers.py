"""Who calls a function that lets the tenant be left out, and who may leave it out (TSL303)."""

from textwrap import dedent

from tests.harness import Check
from tests.rules.database.account_search import FIND, FOUND, check

PLAIN = FIND.format(parameter="company_id: int | None = None", guard="if company_id is not None:")


ENDPOINT = """
from fastapi import APIRouter, Depends
from app.api import deps
from app.api.utils.account_utils import find
router = APIRouter(prefix="{prefix}")
@router.get("/accounts")
async def get_accounts(session: deps.SessionDep, company: deps.Company = Depends(deps.get_company)):
    return await find(session, "x"{given})
"""
SCRIPT = """
from app.api.utils.account_utils import find
async def main(session):
    return await find(session, "x", company_id=None)
"""


def called(**callers: str) -> Check:
    paths = {
        "endpoint": "app/api/endpoints/accounts.py",
        "admin": "app/api/endpoints/admin/accounts.py",
        "script": "scripts/report.py",
    }
    return check.with_(others={paths[kind]: source for kind, source in callers.items()})


GIVES = ENDPOINT.format(prefix="", given=", company_id=company.id")
OMITS = ENDPOINT.format(prefix="", given="")
ADMIN = ENDPOINT.format(prefix="/admin", given="")


def help_of(service: Check) -> str:
    (finding,) = service.flags(
        PLAIN,
        after=FOUND.format(parameter="company_id: int"),
        unsafe=True,
    )
    return finding.help


def test_nobody_calls_it() -> None:
    assert "nobody calls it yet" in help_of(check)


def test_every_caller_gives_the_tenant() -> None:
    assert "every caller gives the company" in help_of(called(endpoint=GIVES))
    by_place = ENDPOINT.format(prefix="", given=", company.id")
    assert "every caller gives the company" in help_of(called(endpoint=by_place))


def left_out_by(service: Check, reason: str) -> str:
    (finding,) = service.flags(PLAIN, after=None, reason=reason)
    return finding.help


def test_an_endpoint_of_a_tenant_leaves_it_out() -> None:
    reason = "app.api.endpoints.accounts.get_accounts leaves the company out, or may give None"
    assert "get_accounts may leave the company out, reached by GET /accounts" in left_out_by(
        called(endpoint=OMITS), reason
    )
    none = ENDPOINT.format(prefix="", given=", company_id=None")
    assert "may leave the company out" in left_out_by(
        called(endpoint=none, admin=ADMIN),
        "app.api.endpoints.accounts.get_accounts and"
        " app.api.endpoints.admin.accounts.get_accounts leave the company out",
    )
    optional = GIVES.replace("session: deps", "company_id: int | None, session: deps")
    optional = optional.replace("=company.id", "=company_id")
    assert "may leave the company out" in left_out_by(called(endpoint=optional), reason)


def test_one_caller_of_several_leaves_it_out() -> None:
    other = "from app.api.utils.account_utils import find\n" + dedent(
        """
        async def count(session):
            return len(await find(session, "x"))
        """
    )
    service = called(endpoint=GIVES).with_(others={"app/api/utils/count_utils.py": other})
    endpoint = OMITS.replace(
        "import find", "import find\nfrom app.api.utils.count_utils import count"
    )
    endpoint = endpoint.replace('await find(session, "x")', "await count(session)")
    service = service.with_(others={"app/api/endpoints/counts.py": endpoint})
    left_out_by(service, "app.api.utils.count_utils.count leaves the company out")


def test_none_means_every_tenant_to_those_who_may_see_them() -> None:
    source = PLAIN.replace("«", "").replace("»", "")
    called(endpoint=GIVES, admin=ADMIN).clean(source)
    called(endpoint=GIVES, script=SCRIPT).clean(source)
    called(admin=ADMIN).clean(source)
    called(script=SCRIPT).clean(source)


def test_a_method_that_is_reached_through_an_attribute() -> None:
    source = """
    from sqlalchemy import select
    from app.models import Account


    class AccountManager:
        async def find_open(self, session, company_id: int | None = None):
            query = select(Account)
            if company_id is not None:
                query = query.where(Account.company_id == company_id)
            return await session.execute(query)
    """
    worker = "async def poll(server, session):\n    await server.accounts.find_open(session)\n"
    check.with_(others={"app/workers/polling.py": worker}).clean(source)


def test_an_endpoint_that_has_its_tenant_from_a_dependency() -> None:
    source = """
    from fastapi import APIRouter, Depends
    from sqlalchemy import select
    from app.api import deps
    from app.models import Account, User
    router = APIRouter()


    @router.get("/accounts")
    async def get_accounts(session: deps.SessionDep, user: User | None = Depends(deps.get_user)):
        query = select(Account)
        if user is not None:
            query = query.where(Account.company_id == user.company_id)
        return await «session.execute(query)»
    """
    check.with_(path="app/api/endpoints/accounts.py").flags(
        source, after=None, reason="a default of its own"
    )
