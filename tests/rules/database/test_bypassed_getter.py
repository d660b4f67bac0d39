import pytest

from tests.harness import Check
from tests.tenant_service import DEPS, SERVICE
from turnstay_lint.project.settings import Settings

# The service of the other tests, its access class with getters of further kinds.
MORE = """
    async def get_payments(
        self, account_id: int | None = None, status: str | None = None
    ) -> list[Payment]:
        return []

    async def get_payment(self, payment_id: int) -> Payment:
        raise HTTPException(status_code=404)

    async def get_accounts(self):"""
OTHERS = {
    **SERVICE,
    "app/api/deps.py": DEPS.replace("\n    async def get_accounts(self):", MORE).replace(
        "import Depends, Request", "import Depends, HTTPException, Request"
    ),
}
check = Check("TSL315", path="app/api/endpoints/accounts.py", others=OTHERS)

HEAD = """
from fastapi import APIRouter, Depends, HTTPException, status
from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app import constants
from app.api import deps

from app.models import Account, Company, Payment

router = APIRouter()


@router.get("/account")
"""
KEPT = """KEPT = (Account, Company, Payment, AsyncSession, Depends, HTTPException)
KEPT += (and_, constants, delete, deps, func, select, selectinload, status, update)
"""

BEFORE = """
async def get_account(
    id: int,
    company: Company = Depends(deps.get_company),
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
GUARD = """    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
"""


def module(function: str) -> str:
    return f"{HEAD.lstrip()}{function.strip()}\n\n\n{KEPT}"


def sent(statement: str) -> str:
    return f"    account = await «session.scalar(\n        {statement}\n    )»\n{GUARD}    return account"


ONE = {
    "two conditions": ("select(Account).where(Account.id == id, Account.company_id == company.id)"),
    "the tenant first": (
        "select(Account).where(Account.company_id == company.id, Account.id == id)"
    ),
    "two wheres": (
        "select(Account).where(Account.id == id).where(Account.company_id == company.id)"
    ),
    "and_": ("select(Account).where(and_(Account.id == id, Account.company_id == company.id))"),
    "an ampersand": (
        "select(Account).where((Account.id == id) & (Account.company_id == company.id))"
    ),
    "filter_by": "select(Account).filter_by(id=id, company_id=company.id)",
    "the company itself": ("select(Account).where(Account.id == id, Account.company == company)"),
    "the other way round": (
        "select(Account).where(id == Account.id, company.id == Account.company_id)"
    ),
}


@pytest.mark.parametrize("form", ONE)
def test_one_row_by_its_id_and_the_tenant(form: str) -> None:
    after = "    account = await company_access.get_account(id)\n    return account"
    check.flags(
        module(BEFORE.format(body=sent(ONE[form]))),
        after=module(AFTER.format(body=after)),
        message="CompanyAccess.get_account",
    )


def test_a_query_in_steps_and_its_result_in_a_variable() -> None:
    body = """
    query = select(Account).where(Account.id == id)
    query = query.where(Account.company_id == company.id)
    result = await «session.execute(query)»
    account = result.scalar_one_or_none()
    if not account:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return account
"""
    after = "    account = await company_access.get_account(id)\n    return account"
    before = module(BEFORE.format(body=body.strip("\n")))
    check.flags(before, after=module(AFTER.format(body=after)))


@pytest.mark.parametrize(
    "condition",
    ["Payment.account.has(company_id=company.id)", "Payment.account.has(Account.id == 1)"],
)
def test_the_tenant_over_a_relationship(condition: str) -> None:
    body = f"""    payment = await «session.scalar(
        select(Payment).where(Payment.id == id, {condition})
    )»
    if payment is None:
        raise HTTPException(status_code=404, detail="Payment not found")
    return payment"""
    after = "    payment = await company_access.get_payment(id)\n    return payment"
    if "company_id" in condition:
        check.flags(module(BEFORE.format(body=body)), after=module(AFTER.format(body=after)))
    else:
        check.clean(module(BEFORE.format(body=body)).replace("«", "").replace("»", ""))


def test_the_tenant_over_a_join() -> None:
    body = """    result = await «session.execute(
        select(Payment)
        .join(Payment.account)
        .where(Payment.id == id, Account.company_id == company.id)
    )»
    return result.scalar_one()"""
    after = "    return await company_access.get_payment(id)"
    check.flags(module(BEFORE.format(body=body)), after=module(AFTER.format(body=after)))


def test_a_getter_that_gives_none_where_the_code_raises() -> None:
    body = """    result = await «session.execute(
        select(Payment).filter_by(id=id).where(Payment.account.has(company_id=company.id))
    )»
    return result.scalar_one()"""
    before = module(BEFORE.format(body=body))
    reason = "find_payment gives None"
    check.with_(others=SERVICE).flags(before, after=None, reason=reason)


def test_all_rows_of_the_tenant() -> None:
    body = """    accounts = (
        await «session.scalars(select(Account).where(Account.company_id == company.id))»
    ).all()
    return accounts"""
    after = "    accounts = await company_access.get_accounts()\n    return accounts"
    check.flags(module(BEFORE.format(body=body)), after=module(AFTER.format(body=after)))


def test_a_filter_that_the_getter_takes() -> None:
    body = """    query = select(Payment).join(Payment.account)
    query = query.where(Account.company_id == company.id)
    query = query.where(Payment.status == constants.OPEN)
    return (await «session.scalars(query)»).all()"""
    after = "    return await company_access.get_payments(status=constants.OPEN)"
    check.flags(module(BEFORE.format(body=body)), after=module(AFTER.format(body=after)))


def test_a_filter_that_may_be_none_is_no_filter_for_the_getter() -> None:
    body = """    query = select(Payment).join(Payment.account)
    query = query.where(Account.company_id == company.id, Payment.account_id == id)
    return (await «session.scalars(query)»).all()"""
    after = "    return await company_access.get_payments(account_id=id)"
    check.flags(
        module(BEFORE.format(body=body)), after=module(AFTER.format(body=after)), unsafe=True
    )


def test_the_company_stays_where_it_is_needed() -> None:
    body = """    account = await «session.scalar(
        select(Account).where(Account.id == id, Account.company_id == company.id)
    )»
    return account, company.name"""
    after = """
async def get_account(
    id: int,
    company: Company = Depends(deps.get_company),
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    account = await company_access.get_account(id)
    return account, company.name
"""
    check.flags(module(BEFORE.format(body=body)), after=module(after))


def test_the_company_of_the_access_object() -> None:
    before = """
async def get_account(id: int, access: deps.CompanyAccessDep, session: deps.SessionDep):
    account = await «session.scalar(
        select(Account).where(Account.id == id, Account.company_id == access.company_id)
    )»
    return account
"""
    after = """
async def get_account(id: int, access: deps.CompanyAccessDep):
    account = await access.get_account(id)
    return account
"""
    check.flags(module(before), after=module(after))


def test_an_access_object_that_does_not_ask_for_the_company_leaves_it() -> None:
    others = {
        "app/api/deps.py": OTHERS["app/api/deps.py"].replace(
            "company: Company = Depends(get_company),\n    session", "session"
        )
    }
    after = """
async def get_account(
    id: int,
    company: Company = Depends(deps.get_company),
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
):
    account = await company_access.get_account(id)
    return account
"""
    check.with_(others=others).flags(
        module(BEFORE.format(body=sent(ONE["two conditions"]))), after=module(after)
    )


def test_two_queries_of_one_function() -> None:
    body = """    account = await «session.scalar(
        select(Account).where(Account.id == id, Account.company_id == company.id)
    )»
    accounts = await «session.scalars(
        select(Account).where(Account.company_id == company.id)
    )»
    return account, accounts.all()"""
    after = """    account = await company_access.get_account(id)
    return account, await company_access.get_accounts()"""
    check.flags(module(BEFORE.format(body=body)), after=module(AFTER.format(body=after)))


REFUSED = {
    "another filter": (
        "account = await «session.scalar(\n        select(Account).filter_by("
        'id=id, company_id=company.id, status="")\n    )»',
        "filters by status",
    ),
    "a comparison": (
        "account = await «session.scalar(\n        select(Account).where(Account.id == id,"
        ' Account.company_id == company.id, Account.name != "")\n    )»',
        "filters otherwise",
    ),
    "a lock": (
        "account = await «session.scalar(\n        select(Account).filter_by("
        "id=id, company_id=company.id).with_for_update()\n    )»",
        "locks",
    ),
    "loader options": (
        "account = await «session.scalar(\n        select(Account).options("
        "selectinload(Account.payments)).filter_by(id=id, company_id=company.id)\n    )»",
        "loader options, which get_account does not",
    ),
    "an order": (
        "account = (await «session.scalars(\n        select(Account).filter_by("
        "company_id=company.id).order_by(Account.name)\n    )»).all()",
        "orders its rows, which get_accounts does not",
    ),
    "another answer": (
        "account = await «session.scalar(\n        select(Account).filter_by("
        "id=id, company_id=company.id)\n    )»\n    if account is None:\n"
        "        raise HTTPException(400)",
        "answered with 400",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_the_getter_does_not_do(form: str) -> None:
    body, reason = REFUSED[form]
    before = module(BEFORE.format(body=f"    {body}\n    return account"))
    check.flags(before, after=None, reason=reason)


CHANGING = {
    "a delete": "delete(Account).where(Account.id == id, Account.company_id == company.id)",
    "a delete by keywords": "delete(Account).filter_by(id=id, company_id=company.id)",
    "an update": (
        "update(Account).where(Account.id == id).where(Account.company_id == company.id)"
        '.values(name="x").returning(Account.id)'
    ),
}


@pytest.mark.parametrize("form", CHANGING)
def test_one_row_changed_in_one_statement(form: str) -> None:
    kind = CHANGING[form].partition("(")[0]
    before = module(
        BEFORE.format(body=f"    await «session.execute(\n        {CHANGING[form]}\n    )»")
    )
    check.flags(before, after=None, reason=f"ask get_account for the row, and {kind} that")


def test_a_change_of_all_rows_or_where_no_accounts_are_kept_to() -> None:
    of_all = "    await session.execute(delete(Account).where(Account.company_id == company.id))"
    check.clean(module(BEFORE.format(body=of_all)))
    loose = {path: text.replace("allowed_account_ids", "accounts") for path, text in OTHERS.items()}
    one = f"    await session.execute({CHANGING['a delete']})"
    Check("TSL315", path="app/api/endpoints/accounts.py", others=loose).clean(
        module(BEFORE.format(body=one))
    )


SILENT = {
    "another column": (
        "await session.scalar(select(Account).filter_by(name=id, company_id=company.id))"
    ),
    "no condition on the tenant": "await session.scalar(select(Account).filter_by(id=id))",
    "a page": (
        "(await session.scalars(select(Account).filter_by(company_id=company.id).limit(9))).all()"
    ),
    "a list that is filtered": (
        "(await session.scalars(select(Account).filter_by(company_id=company.id, name=id))).all()"
    ),
    "a count": (
        "await session.scalar(select(func.count(Account.id)).filter_by(company_id=company.id))"
    ),
    "some columns": (
        "await session.scalar(select(Account.name).filter_by(id=id, company_id=company.id))"
    ),
    "the rows of an account": (
        "(await session.scalars(select(Payment).filter_by(account=company.accounts[0]))).all()"
    ),
    "a model without a getter": (
        "await session.scalar(select(Company).where(Company.id == company.id))"
    ),
    "the accounts that the user may see": (
        "await session.scalar(select(Account).where(Account.id == id, Account.company_id =="
        " company.id, Account.id.in_(company.allowed_account_ids)))"
    ),
    "the getter itself": "await company_access.get_account(id)",
}


@pytest.mark.parametrize("form", SILENT)
def test_what_no_getter_stands_for(form: str) -> None:
    check.clean(module(BEFORE.format(body=f"    return {SILENT[form]}")))


def test_a_row_reached_from_one_of_the_tenants_own() -> None:
    check.clean(
        module(
            """
async def get_account(id: int, access: deps.CompanyAccessDep, session: deps.SessionDep):
    payment = await access.get_payment(id)
    return await session.get(Account, payment.account_id)
"""
        )
    )


def test_functions_beside_the_endpoints_are_utilities() -> None:
    check.clean(
        module(BEFORE.format(body="    return await find(session, company.id, id)"))
        + """

async def find(session: AsyncSession, company_id: int, id: int):
    return await session.scalar(select(Account).filter_by(id=id, company_id=company_id))
"""
    )


def test_admin_endpoints_see_every_tenant() -> None:
    plain = sent(ONE["filter_by"]).replace("«", "").replace("»", "")
    before = module(BEFORE.format(body=plain))
    check.clean(before.replace('"/account"', '"/admin/account"'))


def test_a_service_without_an_access_class() -> None:
    plain = sent(ONE["filter_by"]).replace("«", "").replace("»", "")
    settings = Settings(access_class="Nothing")
    check.with_(settings=settings).clean(module(BEFORE.format(body=plain)))


COMPARED = {
    "get": """    account = await «session.get(Account, id)»
    if account is None or account.company_id != company.id:
        raise HTTPException(status_code=404, detail="Account not found")
    return account""",
    "a walrus": """    if (
        account := await «session.get(Account, id)»
    ) is None or account.company_id != company.id:
        raise HTTPException(status_code=404, detail="Account not found")
    return account""",
    "two tests": """    result = await «session.execute(select(Account).where(Account.id == id))»
    account = result.scalars().one_or_none()
    if account is None:
        raise HTTPException(status_code=404, detail="Account not found")
    if company.id != account.company_id:
        raise HTTPException(status_code=404, detail="Account not found")
    return account""",
    "returned where it is the company's": """    account = await «session.get_one(Account, id)»
    if account.company_id == company.id:
        return account
    raise HTTPException(status_code=404, detail="Account not found")""",
}


@pytest.mark.parametrize("form", COMPARED)
def test_a_row_whose_company_is_compared_afterwards(form: str) -> None:
    check.flags(
        module(BEFORE.format(body=COMPARED[form])),
        after=None,
        reason="its owner is checked afterwards: ask get_account in place of both",
    )


def test_a_row_that_is_compared_and_that_no_getter_gives() -> None:
    body = COMPARED["get"].replace("«", "").replace("»", "")
    for instead in ("Currency", "User"):
        check.clean(module(BEFORE.format(body=body.replace("Account,", f"{instead},"))))
    check.clean(
        module(
            BEFORE.format(
                body=body.replace(
                    "session.get(Account, id)",
                    "session.scalar(select(Account).where(Account.name == str(id)))",
                )
            )
        )
    )
    unchecked = body.replace(" or account.company_id != company.id", "")
    check.clean(module(BEFORE.format(body=unchecked)))


def test_a_comparison_that_is_asked_for_by_its_name() -> None:
    body = """    account = await «session.get(Account, id)»
    allowed = account is not None and account.company_id == company.id
    if not allowed:
        raise HTTPException(status_code=404, detail="Account not found")
    return account"""
    check.flags(module(BEFORE.format(body=body)), after=None, reason="checked afterwards")
