import pytest

from tests.harness import Check
from tests.tenant_service import SERVICE
from turnstay_lint.project.settings import Settings

check = Check("TSL301", path="app/api/endpoints/accounts.py", others=SERVICE)

DEFAULT = """
from fastapi import APIRouter, Depends, HTTPException, status
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.api import deps

from app.models import Account, Company, Currency, Payment

router = APIRouter()


@router.get("/account")
"""


def module(function: str) -> str:
    return f"{DEFAULT.lstrip()}{function.strip()}\n\n\n{KEPT}"


# Everything that the head imports is used here, so that a fix leaves the head as it is.
KEPT = """KEPT = (Account, Company, Currency, Payment, AsyncSession, Depends, HTTPException)
KEPT += (delete, deps, select, selectinload, status, update)
"""

GUARD = """    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
"""

BEFORE = """
async def get_account(
    id: int,
    session: AsyncSession = Depends(deps.get_session),
):
{body}
"""

AFTER = """
async def get_account(
    id: int,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
{body}
"""

ONE = "    account = await company_access.get_account(id)\n    return account"

FORMS = {
    "get": f"    account = await «session.get(Account, id)»\n{GUARD}    return account",
    "get_one": "    account = await «session.get_one(Account, id)»\n    return account",
    "execute and scalar_one_or_none": (
        "    result = await «session.execute(select(Account).where(Account.id == id))»\n"
        f"    account = result.scalar_one_or_none()\n{GUARD}    return account"
    ),
    "filter_by": (
        "    result = await «session.execute(select(Account).filter_by(id=id))»\n"
        f"    account = result.scalar_one_or_none()\n{GUARD}    return account"
    ),
    "the other way round": (
        "    result = await «session.execute(select(Account).where(id == Account.id))»\n"
        f"    account = result.scalars().first()\n{GUARD}    return account"
    ),
    "scalars and first": (
        "    result = await «session.scalars(select(Account).where(Account.id == id))»\n"
        f"    account = result.first()\n{GUARD}    return account"
    ),
    "unique": (
        "    result = await «session.execute(select(Account).where(Account.id == id))»\n"
        f"    account = result.unique().scalar_one_or_none()\n{GUARD}    return account"
    ),
    "scalar_one": (
        "    result = await «session.execute(select(Account).where(Account.id == id))»\n"
        "    account = result.scalar_one()\n    return account"
    ),
    "scalar": (
        "    account = await «session.scalar(select(Account).where(Account.id == id))»\n"
        f"{GUARD}    return account"
    ),
    "in one expression": (
        "    account = (\n"
        "        await «session.execute(select(Account).where(Account.id == id))»\n"
        f"    ).scalar_one_or_none()\n{GUARD}    return account"
    ),
    "the query in a variable": (
        "    query = select(Account).where(Account.id == id)\n"
        "    result = await «session.execute(query)»\n"
        f"    account = result.scalar_one_or_none()\n{GUARD}    return account"
    ),
    "the query in two steps": (
        "    query = select(Account)\n"
        "    query = query.where(Account.id == id)\n"
        "    result = await «session.execute(query)»\n"
        f"    account = result.scalar_one_or_none()\n{GUARD}    return account"
    ),
    "scalars in a variable": (
        "    result = await «session.execute(select(Account).where(Account.id == id))»\n"
        "    accounts = result.scalars()\n"
        f"    account = accounts.one_or_none()\n{GUARD}    return account"
    ),
    "not there, said by not": (
        "    account = await «session.get(Account, id)»\n"
        "    if not account:\n"
        "        raise HTTPException(status.HTTP_404_NOT_FOUND)\n"
        "    return account"
    ),
    "blank lines around": (
        "    result = await «session.execute(select(Account).where(Account.id == id))»\n\n"
        f"    account = result.scalar_one_or_none()\n\n{GUARD}    return account"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_one_row_by_its_id(form: str) -> None:
    before = module(BEFORE.format(body=FORMS[form]))
    check.flags(before, after=module(AFTER.format(body=ONE)), message="Account")


ALL = {
    "execute": (
        "    result = await «session.execute(select(Account))»\n"
        "    accounts = result.scalars().all()"
    ),
    "scalars": "    accounts = (await «session.scalars(select(Account))»).all()",
    "in a variable": (
        "    query = select(Account)\n"
        "    result = await «session.scalars(query)»\n"
        "    accounts = result.all()"
    ),
}


@pytest.mark.parametrize("form", ALL)
def test_all_rows(form: str) -> None:
    before = module(BEFORE.format(body=f"{ALL[form]}\n    return accounts"))
    after = "    accounts = await company_access.get_accounts()\n    return accounts"
    check.flags(before, after=module(AFTER.format(body=after)))


def test_an_expression_inside_another() -> None:
    before = "    return list((await «session.scalars(select(Account))»).all())"
    after = "    return list(await company_access.get_accounts())"
    check.flags(module(BEFORE.format(body=before)), after=module(AFTER.format(body=after)))


def test_annotated_style() -> None:
    before = """
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.deps import get_session

from app.models import Account

router = APIRouter()


@router.get("/account")
async def get_account(id: int, session: Annotated[AsyncSession, Depends(get_session)]):
    account = await «session.get(Account, id)»
    return account
"""
    after = """
from typing import Annotated

from fastapi import APIRouter, Depends

from app.api.deps import CompanyAccess, get_company_access

router = APIRouter()


@router.get("/account")
async def get_account(
    id: int, company_access: Annotated[CompanyAccess, Depends(get_company_access)]
):
    account = await company_access.get_account(id)
    return account
"""
    check.flags(before, after=after)


def test_named_annotated_types() -> None:
    before = module(
        "async def get_account(id: int, session: deps.SessionDep, flag: bool = False):\n"
        "    account = await «session.get(Account, id)»\n"
        "    await session.refresh(account)\n"
        "    return account"
    )
    after = module(
        "async def get_account(\n"
        "    id: int,\n"
        "    company_access: deps.CompanyAccessDep,\n"
        "    session: deps.SessionDep,\n"
        "    flag: bool = False,\n"
        "):\n"
        "    account = await company_access.get_account(id)\n"
        "    await session.refresh(account)\n"
        "    return account"
    )
    check.flags(before, after=after)


def test_the_access_object_that_is_there_already() -> None:
    header = """
async def get_account(
    id: int,
    access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    account = await «session.get(Account, id)»
    return account
"""
    wanted = """
async def get_account(
    id: int,
    access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    account = await access.get_account(id)
    return account
"""
    check.flags(module(header), after=module(wanted))


def test_two_queries_of_one_function() -> None:
    before = module(
        BEFORE.format(
            body="    account = await «session.get(Account, id)»\n"
            "    accounts = (await «session.scalars(select(Account))»).all()\n"
            "    return account, accounts"
        )
    )
    after = module(
        AFTER.format(
            body="    account = await company_access.get_account(id)\n"
            "    accounts = await company_access.get_accounts()\n"
            "    return account, accounts"
        )
    )
    check.flags(before, after=after)


def test_comments_are_kept() -> None:
    before = module(
        BEFORE.format(
            body="    # first the account\n"
            "    result = await «session.execute(\n"
            "        select(Account).where(Account.id == id)  # by its id\n"
            "    )»\n"
            "    account = result.scalar_one_or_none()  # or nothing\n"
            "    # is it there?\n"
            "    if account is None:  # it is not\n"
            '        raise HTTPException(status_code=404, detail="x")\n'
            "    # done\n"
            "    return account"
        )
    )
    after = module(
        AFTER.format(
            body="    # first the account\n"
            "    # by its id\n"
            "    # it is not\n"
            "    account = await company_access.get_account(id)  # or nothing\n"
            "    # is it there?\n"
            "    # done\n"
            "    return account"
        )
    )
    check.flags(before, after=after)


def test_a_long_call_is_wrapped() -> None:
    before = module(
        BEFORE.replace("id: int", "request_data: Filters").format(
            body="    account_of_the_request = await «session.get(\n"
            "        Account, request_data.account_of_the_request_id_or_its_parent\n"
            "    )»\n"
            "    return account_of_the_request"
        )
    )
    after = module(
        AFTER.replace("id: int", "request_data: Filters").format(
            body="    account_of_the_request = await company_access.get_account(\n"
            "        request_data.account_of_the_request_id_or_its_parent\n"
            "    )\n"
            "    return account_of_the_request"
        )
    )
    check.flags(before, after=after)


REFUSED = {
    "with_for_update": (
        "    result = await «session.execute(\n"
        "        select(Account).where(Account.id == id).with_for_update()\n"
        "    )»\n"
        "    return result.scalar_one()",
        "with_for_update",
    ),
    "with_for_update in get": (
        "    return await «session.get(Account, id, with_for_update=True)»",
        "with_for_update",
    ),
    "options": (
        "    result = await «session.execute(\n"
        "        select(Account)\n"
        "        .options(selectinload(Account.currency))\n"
        "        .where(Account.id == id)\n"
        "    )»\n"
        "    return result.scalar_one()",
        "loader options",
    ),
    "another answer": (
        "    account = await «session.get(Account, id)»\n"
        "    if account is None:\n"
        "        raise HTTPException(status_code=400)\n"
        "    return account",
        "answered with 400",
    ),
    "no answer": (
        "    account = await «session.get(Account, id)»\n"
        "    if account is None:\n"
        "        return {}\n"
        "    return account",
        "answered in another way",
    ),
    "used where it may be missing": (
        "    account = await «session.get(Account, id)»\n"
        "    name = account.name if account else None\n"
        "    return name",
        "answered in another way",
    ),
    "no getter": (
        "    return await «session.get(Company, id)»",
        "no getter of one Company",
    ),
    "a getter that gives None": (
        "    return await «session.get(Payment, id)»",
        "handled where it is fetched",
    ),
    "more than an id": (
        "    result = await «session.execute(select(Account).where(Account.name == id))»\n"
        "    return result.scalar_one()",
        "more than select by id",
    ),
    "text": (
        "    from sqlalchemy import text\n\n"
        '    return await «session.execute(text("SELECT * FROM accounts"))»',
        "only a reader can tell",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_getter_does(case: str) -> None:
    body, reason = REFUSED[case]
    check.flags(module(BEFORE.format(body=body)), after=None, reason=reason)


def test_a_guard_stays_where_the_getter_gives_none() -> None:
    before = module(
        BEFORE.format(
            body="    payment = await «session.get(Payment, id)»\n"
            "    if payment is None:\n"
            "        raise HTTPException(status_code=404)\n"
            "    return payment"
        )
    )
    after = module(
        AFTER.format(
            body="    payment = await company_access.find_payment(id)\n"
            "    if payment is None:\n"
            "        raise HTTPException(status_code=404)\n"
            "    return payment"
        )
    )
    check.flags(before, after=after)


WITH_COMPANY = """
async def get_account(
    id: int,
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
{body}
"""

CONDITIONS = {
    "a where that fits": (
        "    await «session.execute(delete(Account).where(Account.id == id))»",
        "    await session.execute(\n"
        "        delete(Account).where(Account.id == id, Account.company_id == company.id)\n"
        "    )",
    ),
    "no where": (
        "    return (await «session.scalars(select(Account.id))»).all()",
        "    return (\n"
        "        await session.scalars(\n"
        "            select(Account.id).where(Account.company_id == company.id)\n"
        "        )\n"
        "    ).all()",
    ),
    "a variable, filtered in a branch": (
        "    query = select(Account)\n"
        "    if id:\n"
        "        query = query.where(Account.id == id)\n"
        "    return await «session.scalars(query)»",
        "    query = select(Account).where(Account.company_id == company.id)\n"
        "    if id:\n"
        "        query = query.where(Account.id == id)\n"
        "    return await session.scalars(query)",
    ),
    "over a foreign key": (
        "    return await «session.scalars(select(Payment).where(Payment.status == id))»",
        "    return await session.scalars(\n"
        "        select(Payment).where(\n"
        "            Payment.status == id, Payment.account.has(company_id=company.id)\n"
        "        )\n"
        "    )",
    ),
    "laid out by hand": (
        "    return await «session.scalars(select(Account)\n        .where(Account.name == id)) »",
        "    return await session.scalars(select(Account)\n"
        "        .where(Account.name == id, Account.company_id == company.id)) ",
    ),
}


@pytest.mark.parametrize("case", [c for c in CONDITIONS if c != "laid out by hand"])
def test_the_condition_of_the_one_tenant(case: str) -> None:
    before, after = CONDITIONS[case]
    check.flags(
        module(WITH_COMPANY.format(body=before)),
        after=module(WITH_COMPANY.format(body=after)),
        unsafe=True,
    )


OF_OTHERS = [
    "Account.company_id != company.id",
    "company.id != Account.company_id",
    "not_(Account.company_id == company.id)",
    "~(Account.company_id == company.id)",
    "Account.company_id.not_in([company.id])",
    "Account.company_id.is_distinct_from(company.id)",
    "not_(and_(Account.company_id == company.id, Account.name == id))",
]
OF_ANYBODY = [
    "Account.company_id != None",
    "Account.name != id",
    "not_(Account.name == id)",
    "or_(Account.company_id == company.id, Account.name == id)",
]
OPERATORS = "from sqlalchemy import and_, not_, or_\n"


@pytest.mark.parametrize("condition", OF_OTHERS)
@pytest.mark.parametrize("form", [".where({})", ".where(*[{}])"])
def test_no_condition_joins_one_that_leaves_the_tenant_out(condition: str, form: str) -> None:
    body = f"    return await «session.scalars(select(Account){form.format(condition)})»"
    check.flags(
        OPERATORS + module(WITH_COMPANY.format(body=body)),
        after=None,
        reason="it leaves a company out by company_id",
    )


@pytest.mark.parametrize("condition", OF_ANYBODY)
def test_a_condition_joins_one_that_leaves_something_else_out(condition: str) -> None:
    body = (
        f"    query = select(Account).where({condition})\n    return await session.scalars(query)"
    )
    before = OPERATORS + module(WITH_COMPANY.format(body=body))
    wanted = "Account.company_id == company.id"
    assert check.fixed(before, unsafe=True).count(wanted) == before.count(wanted) + 1


def test_admin_public_and_webhook_paths_see_every_tenant() -> None:
    for path in ("/admin/accounts", "/api/v1/admin/accounts", "/public/account", "/webhooks/x"):
        check.clean(
            module(BEFORE.format(body="    return await session.get(Account, id)")).replace(
                '"/account"', f'"{path}"'
            )
        )


def test_a_prefix_that_another_module_gives() -> None:
    api = """
        from fastapi import APIRouter
        from app.api.endpoints import accounts
        admin = APIRouter(prefix="/admin")
        admin.include_router(accounts.router)
        """
    text = module(BEFORE.format(body="    return await session.get(Account, id)"))
    check.with_(others={"app/api/api.py": api}).clean(text)
    elsewhere = api.replace("/admin", "/office")
    assert check.with_(others={"app/api/api.py": elsewhere}).findings(text)
    office = Settings(admin_paths=("/office",))
    check.with_(others={"app/api/api.py": elsewhere}, settings=office).clean(text)


def test_what_is_scoped_or_nobody_s() -> None:
    for body in (
        "    return await session.get(Currency, id)",
        "    return await session.scalar(select(Account).where(Account.company_id == SOME.company_id))",
    ):
        check.clean(module(BEFORE.format(body=body)))


def test_global_models_and_other_names() -> None:
    text = module(BEFORE.format(body="    return await session.get(Account, id)"))
    check.with_(settings=Settings(global_models=("Account", "Payment"))).clean(text)
    renamed = Settings(tenant_model="Tenant", tenant_column="tenant_id")
    check.with_(settings=renamed).clean(text)


def test_where_the_finding_lies_and_what_it_names() -> None:
    (found,) = check.flags(
        module(BEFORE.format(body="    return await «session.get(Account, id)»")),
        after=module(AFTER.format(body="    return await company_access.get_account(id)")),
        scope="get_account",
    )
    assert "Account.company_id" in found.help
    assert "GET /account" in found.help
    assert [place.path for place in found.related] == ["app/models.py", "app/api/deps.py"]


@pytest.mark.parametrize("ending", ["\r\n"])
def test_other_line_ends(ending: str) -> None:
    before = module(BEFORE.format(body=FORMS["get"])).replace("«", "").replace("»", "")
    after = module(AFTER.format(body=ONE))
    assert check.fixed(before.replace("\n", ending)) == after.replace("\n", ending)


SQLMODEL = """
from fastapi import APIRouter, Depends, HTTPException
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.api import deps
from app.models import Account

router = APIRouter()


@router.get("/account")
async def get_account(id: int, session: AsyncSession = Depends(deps.get_session)):
    {body}
    return account


KEPT = (AsyncSession, HTTPException, select, Account)
"""


def test_the_sessions_of_sqlmodel() -> None:
    check.flags(
        SQLMODEL.format(
            body="""account = (await «session.exec(select(Account).where(Account.id == id))»).first()
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")"""
        ),
        after=SQLMODEL.format(body="account = await company_access.get_account(id)").replace(
            "async def get_account(id: int, session: AsyncSession = Depends(deps.get_session)):",
            "async def get_account(\n"
            "    id: int, company_access: deps.CompanyAccess = Depends(deps.get_company_access)\n"
            "):",
        ),
    )


def test_a_tenant_that_the_client_picks_is_no_condition() -> None:
    check.with_(
        others={
            **SERVICE,
            "app/api/utils/company_utils.py": """
            from app.models import Company
            async def get_company_by_key(session, key: str) -> Company: ...
            """,
        }
    ).flags(
        module(
            """
async def move(key: str, ids: list[int], session: AsyncSession = Depends(deps.get_session)):
    company = await get_company_by_key(session, key)
    return await «session.scalars(select(Account).where(Account.id.in_(ids)))»
"""
        ).replace(
            "from app.models",
            "from app.api.utils.company_utils import get_company_by_key\nfrom app.models",
            1,
        ),
        after=None,
        reason="no name of the company is in scope",
    )
