import pytest

from tests.harness import Check
from tests.tenant_service import SERVICE

check = Check("TSL302", path="app/api/utils/account_utils.py", others=SERVICE)

HEAD = """
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Payment


"""


def test_a_tenant_that_is_taken_and_not_used() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int, name: str):
    return await «session.scalars(select(Account).where(Account.name == name))»
""",
        after=HEAD
        + """
async def find(session: AsyncSession, company_id: int, name: str):
    return await session.scalars(
        select(Account).where(Account.name == name, Account.company_id == company_id)
    )
""",
        unsafe=True,
        message="find queries Account without company_id, which it has",
        scope="find",
    )


def test_no_tenant_is_taken() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, account_id: int):
    return await «session.get(Account, account_id)»
""",
        after=None,
        reason="no name of the company is in scope",
        message="find queries Account without the company",
    )


def test_two_names_of_the_tenant() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int, company: "Company"):
    return await «session.scalars(select(Account))»
""",
        after=None,
        reason="several names",
    )


def test_a_fragment_with_names_that_nothing_binds() -> None:
    check.flags(
        """
account = await «session.get(Account, 1)»
print(account.company.name)
""",
        after=None,
        message="query of Account",
    )
    check.clean(
        """
query = (
    select(Payment)
    .options(selectinload(Payment.account))
    .join(Payment.account)
    .where(Account.company_id == company_id)
)
await session.execute(query)
"""
    )


FINDER = (
    HEAD
    + """
async def find(session: AsyncSession, account_id: int):
    return await session.get(Account, account_id)
"""
)

CALLERS = {
    "nobody": ({}, True),
    "a test alone": (
        {
            "app/tests/utils/test_account_utils.py": """
            from app.api.utils.account_utils import find
            async def test_it(session): assert await find(session, 1)
            """
        },
        False,
    ),
    "a test that calls another function of that name": (
        {
            "app/tests/utils/test_account_utils.py": """
            from app.tests.finding import find
            async def test_it(session): assert await find(session, 1)
            """
        },
        True,
    ),
    "an endpoint": (
        {
            "app/api/endpoints/accounts.py": """
            from fastapi import APIRouter
            from app.api.utils.account_utils import find
            router = APIRouter()
            @router.get("/account")
            async def get_account(id: int, session): return await find(session, id)
            """
        },
        True,
    ),
    "an endpoint through another function": (
        {
            "app/api/endpoints/accounts.py": """
            from fastapi import APIRouter
            from app.services import load
            router = APIRouter()
            @router.get("/account")
            async def get_account(id: int, session): return await load(session, id)
            """,
            "app/services.py": """
            from app.api.utils import account_utils
            async def load(session, id): return await account_utils.find(session, id)
            """,
        },
        True,
    ),
    "only an admin endpoint": (
        {
            "app/api/endpoints/accounts.py": """
            from fastapi import APIRouter
            from app.api.utils.account_utils import find
            router = APIRouter(prefix="/admin")
            @router.get("/account")
            async def get_account(id: int, session): return await find(session, id)
            """
        },
        False,
    ),
    "only a dependency": (
        {
            "app/api/more_deps.py": """
            from fastapi import Depends
            from app.api.utils.account_utils import find
            async def current(session): return await find(session, 1)
            async def other(account = Depends(current)): ...
            """
        },
        False,
    ),
    "only middleware": (
        {
            "app/core/middleware.py": """
            from starlette.middleware.base import BaseHTTPMiddleware
            from app.api.utils.account_utils import find
            class Tenants(BaseHTTPMiddleware):
                async def dispatch(self, request, call_next):
                    await self.prepare(request)
                async def prepare(self, request):
                    await find(request.state.db, 1)
            """
        },
        False,
    ),
    "only a script": (
        {
            "scripts/repair.py": """
            from app.api.utils.account_utils import find
            async def main(session): await find(session, 1)
            """
        },
        False,
    ),
    "a script and a function that nobody calls": (
        {
            "scripts/repair.py": """
            from app.api.utils.account_utils import find
            async def main(session): await find(session, 1)
            """,
            "app/services.py": """
            from app.api.utils.account_utils import find
            async def load(session): await find(session, 1)
            """,
        },
        True,
    ),
    "only the metrics of the whole process": (
        {
            "app/metrics.py": """
            from fastapi import APIRouter
            from app.api.utils.account_utils import find
            router = APIRouter()
            @router.get("/metrics")
            async def get_metrics(session): return await find(session, 1)
            """,
            "app/main.py": """
            from fastapi import FastAPI
            from app.metrics import router
            app = FastAPI()
            app.include_router(router, prefix="/api/v1")
            """,
        },
        False,
    ),
    "a route for the metrics of an account": (
        {
            "app/metrics.py": """
            from fastapi import APIRouter
            from app.api.utils.account_utils import find
            router = APIRouter()
            @router.get("/metrics")
            async def get_metrics(session, id: int): return await find(session, id)
            """,
            "app/main.py": """
            from fastapi import FastAPI
            from app.metrics import router
            app = FastAPI()
            app.include_router(router, prefix="/{account_id}")
            """,
        },
        True,
    ),
    "only the readiness of the process": (
        {
            "app/health.py": """
            from fastapi import FastAPI
            from app.api.utils.account_utils import find
            app = FastAPI()
            @app.get("/readyz")
            async def ready(session): return await find(session, 1)
            """
        },
        False,
    ),
    "only those who look after every tenant": (
        {
            "app/api/endpoints/support.py": """
            from fastapi import APIRouter, Depends
            from app.api.utils.account_utils import find
            from app.guards import require_superuser
            router = APIRouter()
            @router.get("/support")
            async def get_account(id: int, session, user=Depends(require_superuser)):
                return await find(session, id)
            """
        },
        False,
    ),
    "the administrator of one company": (
        {
            "app/api/endpoints/support.py": """
            from fastapi import APIRouter, Depends
            from app.api.utils.account_utils import find
            from app.guards import require_company_admin
            router = APIRouter()
            @router.get("/support")
            async def get_account(id: int, session, user=Depends(require_company_admin)):
                return await find(session, id)
            """
        },
        True,
    ),
    "a task of a queue that fills its parameters": (
        {
            "app/late.py": """
            from docket import Depends, Perpetual
            from app.api.utils.account_utils import find
            async def mark_late(session, perpetual: Perpetual = Perpetual(automatic=True)):
                await find(session, 1)
            """
        },
        False,
    ),
    "the ORM itself": (
        {
            "app/numbering.py": """
            from sqlalchemy import event
            from sqlalchemy.orm import Session
            from app.api.utils.account_utils import find
            @event.listens_for(Session, "before_flush")
            def number(session, context, instances): find(session, 1)
            """
        },
        False,
    ),
    "only what cleans up for everybody": (
        {
            "app/upkeep.py": """
            from app.api.utils.account_utils import find
            async def cleanup_expired_accounts(session): await find(session, 1)
            """
        },
        False,
    ),
    "functions that only call each other": (
        {
            "app/services.py": """
            from app.api.utils.account_utils import find
            async def load(session): await again(session)
            async def again(session): await load(session) or await find(session, 1)
            """
        },
        True,
    ),
    "a task": (
        {
            "app/background.py": """
            from celery import shared_task
            from app.api.utils.account_utils import find
            @shared_task
            async def refresh(session): await find(session, 1)
            """
        },
        False,
    ),
}


@pytest.mark.parametrize("case", CALLERS)
def test_who_calls(case: str) -> None:
    others, fires = CALLERS[case]
    found = check.with_(others=others).findings(FINDER)
    assert bool(found) is fires
    if "an endpoint" in case and fires:
        assert "reached by GET /account" in found[0].help


@pytest.mark.parametrize(
    "path",
    [
        "scripts/repair.py",
        "app/tests/test_accounts.py",
        "tests/conftest.py",
        "alembic/versions/0001_first.py",
        "app/scripts/repair.py",
        "app/workers/nightly.py",
    ],
)
def test_what_is_no_part_of_the_app(path: str) -> None:
    check.with_(path=path).clean(FINDER)


def test_a_method_of_the_access_class_is_a_utility_too() -> None:
    check.with_(path="app/api/more.py").flags(
        HEAD
        + """
class Accounts:
    def __init__(self, session: AsyncSession):
        self.session = session

    async def find(self, account_id: int):
        return await «self.session.get(Account, account_id)»
""",
        after=None,
        message="Accounts.find queries Account",
    )


def test_what_only_looks_like_it() -> None:
    check.clean(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int, name: str, *conditions):
    cache.get(Account, name)
    await session.scalars(select(Account).where(*conditions))
    await session.scalars(select(Account).where(Account.company_id == company_id))
    return {}.get(name)
"""
    )
    check.clean('query = "select(Account)"\nsession.execute(query)\n')


def test_the_condition_on_a_table_that_no_class_maps() -> None:
    others = {
        **SERVICE,
        "app/tables.py": """
        from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table
        invoices = Table(
            "invoices",
            MetaData(),
            Column("id", Integer, primary_key=True),
            Column("company_id", ForeignKey("companies.id")),
        )
        """,
    }
    code = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.tables import invoices


async def find(session: AsyncSession, company_id: int, invoice_id: int):
    return await {}
"""
    check.with_(others=others).flags(
        code.format("«session.execute(select(invoices).where(invoices.c.id == invoice_id))»"),
        after=code.format(
            "session.execute(\n        select(invoices).where(\n            "
            "invoices.c.id == invoice_id, invoices.c.company_id == company_id\n        )\n    )"
        ),
        unsafe=True,
        message="find queries invoices without company_id",
    )
