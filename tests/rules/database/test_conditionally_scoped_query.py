from textwrap import dedent

import pytest

from tests.harness import Check
from tests.tenant_service import MODELS, SERVICE

check = Check("TSL303", path="app/api/utils/account_utils.py", others=SERVICE)

HEAD = """
from typing import Optional, Union

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Company, Payment


"""
FIND = (
    HEAD
    + """
async def find(session: AsyncSession, name: str, {parameter}):
    query = select(Account).where(Account.name == name)
    {guard}
        query = query.where(Account.company_id == company_id)
    return await «session.execute(query)»
"""
)
FOUND = (
    HEAD
    + """
async def find(session: AsyncSession, name: str, {parameter}):
    query = select(Account).where(Account.name == name)
    query = query.where(Account.company_id == company_id)
    return await session.execute(query)
"""
)
PLAIN = FIND.format(parameter="company_id: int | None = None", guard="if company_id is not None:")


@pytest.mark.parametrize(
    ("parameter", "required"),
    [
        ("company_id: int | None = None", "company_id: int"),
        ("company_id: None | int = None", "company_id: int"),
        ("company_id: Optional[int] = None", "company_id: int"),
        ("company_id: Union[int, None] = None", "company_id: int"),
        ("company_id: int = None", "company_id: int"),
        ("company_id=None", "company_id"),
        ("company_id: int | None", "company_id: int"),
        ("company_id: int | None = None, limit: int = 10", "company_id: int, limit: int = 10"),
        (
            "*, limit: int = 10, company_id: int | None = None",
            "*, limit: int = 10, company_id: int",
        ),
    ],
)
@pytest.mark.parametrize("guard", ["if company_id is not None:", "if company_id:"])
def test_a_parameter_that_may_be_left_out(parameter: str, required: str, guard: str) -> None:
    check.flags(
        FIND.format(parameter=parameter, guard=guard),
        after=FOUND.format(parameter=required),
        unsafe=True,
        message="find scopes its query of Account to the company only if company_id",
        scope="find",
    )


def test_a_condition_that_joins_a_list() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, name: str, company_id: int | None = None):
    conditions = [Account.name == name]
    if company_id:  # of one company
        # the tenant's own
        conditions.append(Account.company_id == company_id)
    return await «session.scalars(select(Account).where(*conditions))»
""",
        after=HEAD
        + """
async def find(session: AsyncSession, name: str, company_id: int):
    conditions = [Account.name == name]
    # of one company
    # the tenant's own
    conditions.append(Account.company_id == company_id)
    return await session.scalars(select(Account).where(*conditions))
""",
        unsafe=True,
    )


def test_a_body_that_fits_its_line_one_level_further_out() -> None:
    check.flags(
        HEAD
        + """
async def find_all(session: AsyncSession, company: Company | None = None):
    query = select(Payment)
    if company is not None:
        query = query.join(Payment.account).where(
            Account.company_id == company.id, Account.name != "x"
        )
        query = query.order_by(Payment.id)
    return await «session.execute(query)»
""",
        after=HEAD
        + """
async def find_all(session: AsyncSession, company: Company):
    query = select(Payment)
    query = query.join(Payment.account).where(
        Account.company_id == company.id, Account.name != "x"
    )
    query = query.order_by(Payment.id)
    return await session.execute(query)
""",
        unsafe=True,
    )


def test_a_signature_that_fits_its_line_then() -> None:
    check.flags(
        HEAD
        + """
async def find_account(
    session: AsyncSession, account_id: int, company_id: int | None = None
):
    query = select(Account).where(Account.id == account_id)
    if company_id is not None:
        query = query.filter_by(company_id=company_id)
    return await «session.scalar(query)»
""",
        after=HEAD
        + """
async def find_account(session: AsyncSession, account_id: int, company_id: int):
    query = select(Account).where(Account.id == account_id)
    query = query.filter_by(company_id=company_id)
    return await session.scalar(query)
""",
        unsafe=True,
    )


def test_a_body_on_the_line_of_its_guard() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int | None = None):
    query = select(Account)
    if company_id: query = query.where(Account.company_id == company_id)
    return await «session.execute(query)»
""",
        after=HEAD
        + """
async def find(session: AsyncSession, company_id: int):
    query = select(Account)
    query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
        unsafe=True,
    )


def test_a_condition_that_hangs_on_something_else() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int, mine: bool):
    query = select(Account)
    if mine:
        query = query.where(Account.company_id == company_id)
    return await «session.execute(query)»
""",
        after=HEAD
        + """
async def find(session: AsyncSession, company_id: int, mine: bool):
    query = select(Account)
    query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
        unsafe=True,
        message="only if mine",
    )


def test_two_queries_of_one_guard() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int | None = None):
    query, count = select(Account), select(Account.id)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
        count = count.where(Account.company_id == company_id)
    total = await «session.scalar(count)»
    return total, await «session.execute(query)»
""",
        after=HEAD
        + """
async def find(session: AsyncSession, company_id: int):
    query, count = select(Account), select(Account.id)
    query = query.where(Account.company_id == company_id)
    count = count.where(Account.company_id == company_id)
    total = await session.scalar(count)
    return total, await session.execute(query)
""",
        unsafe=True,
    )


def test_two_guards_of_one_parameter() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, company_id: int | None = None):
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    found = await «session.execute(query)»
    count = select(Account.id)
    if company_id is not None:
        count = count.where(Account.company_id == company_id)
    return found, await «session.execute(count)»
""",
        after=HEAD
        + """
async def find(session: AsyncSession, company_id: int):
    query = select(Account)
    query = query.where(Account.company_id == company_id)
    found = await session.execute(query)
    count = select(Account.id)
    count = count.where(Account.company_id == company_id)
    return found, await session.execute(count)
""",
        unsafe=True,
    )


def test_a_condition_in_a_match() -> None:
    check.flags(
        HEAD
        + """
async def find(session: AsyncSession, kind: str, company_id: int):
    query = select(Account)
    match kind:
        case "own":
            query = query.where(Account.company_id == company_id)
    return await «session.execute(query)»
""",
        after=None,
        reason="in a match",
        message="only on some paths",
    )


@pytest.mark.parametrize(
    "adding",
    [
        'filters["company_id"] = company_id',
        "filters.update(company_id=company_id)",
        'filters.update({"company_id": company_id})',
        'filters |= {"company_id": company_id}',
    ],
)
def test_a_dict_of_filters_that_gets_the_tenant_in_a_branch(adding: str) -> None:
    before = f"""
async def find(session: AsyncSession, company_id: int | None = None, name: str = ""):
    filters = {{"name": name}}
    if company_id is not None:
        {adding}
    return await «session.scalars(select(Account).filter_by(**filters))»
"""
    after = f"""
async def find(session: AsyncSession, company_id: int, name: str = ""):
    filters = {{"name": name}}
    {adding}
    return await session.scalars(select(Account).filter_by(**filters))
"""
    message = "find scopes its query of Account to the company only if company_id is not None"
    check.flags(HEAD + before, after=HEAD + after, unsafe=True, message=message)


ON_SOME_PATHS = {
    "a query in a conditional expression": """
    query = select(Account).where(Account.name == name)
    query = query.where(Account.company_id == company_id) if company_id else query
    return await «session.scalar(query)»
""",
    "a query that is sent as one": """
    query = select(Account)
    return await «session.scalar(
        query if company_id is None else query.where(Account.company_id == company_id)
    )»
""",
    "a condition that is true otherwise": """
    own = Account.company_id == company_id if company_id else true()
    return await «session.scalar(select(Account).where(Account.name == name, own))»
""",
    "a condition that is True otherwise": """
    return await «session.scalar(
        select(Account).where(Account.company_id == company_id if company_id else True)
    )»
""",
    "a list with one condition more": """
    where = [Account.name == name, *([Account.company_id == company_id] if company_id else [])]
    return await «session.scalar(select(Account).where(*where))»
""",
    "a list that a match adds to": """
    where = [Account.name == name]
    match company_id:
        case None:
            pass
        case _:
            where.append(Account.company_id == company_id)
    return await «session.scalars(select(Account).where(*where))»
""",
    "a dict with one key more": """
    filters = {"name": name, **({"company_id": company_id} if company_id else {})}
    return await «session.scalars(select(Account).filter_by(**filters))»
""",
    "a query that a match adds to": """
    query = select(Account)
    match company_id:
        case int():
            query = query.where(Account.company_id == company_id)
    return await «session.scalars(query)»
""",
}
ON_EVERY_PATH = {
    "a conditional expression beside the condition": """
    query = select(Account).where(Account.company_id == company_id)
    query = query.where(Account.name == name) if name else query
    return await session.scalar(query)
""",
    "a conditional expression that scopes either way": """
    query = select(Account)
    own = query.where(Account.company_id == company_id)
    query = own if name else query.filter_by(company_id=company_id)
    return await session.scalar(query)
""",
    "true beside the condition": """
    query = select(Account).where(Account.company_id == company_id, true())
    return await session.scalar(query)
""",
    "a match behind the condition": """
    where = [Account.company_id == company_id]
    match name:
        case "":
            pass
        case _:
            where.append(Account.name == name)
    return await session.scalars(select(Account).where(*where))
""",
    "a match that leaves without the tenant": """
    where = [Account.name == name]
    match company_id:
        case None:
            return None
        case _:
            where.append(Account.company_id == company_id)
    return await session.scalars(select(Account).where(*where))
""",
    "another key of a dict that has the tenant": """
    filters = {"company_id": company_id}
    if name:
        filters["name"] = name
    return await session.scalars(select(Account).filter_by(**filters))
""",
    "no row at all otherwise": """
    own = Account.company_id == company_id if company_id else false()
    return await session.scalar(select(Account).where(own))
""",
}
MAYBE = "from sqlalchemy import false, true\n" + HEAD
MAYBE += "async def find(session: AsyncSession, name: str, company_id: int | None = None):"


@pytest.mark.parametrize("body", ON_SOME_PATHS.values(), ids=list(ON_SOME_PATHS))
def test_what_leaves_the_tenant_out_without_an_if(body: str) -> None:
    check.flags(MAYBE + body, after=None, message="scopes its query of Account")


@pytest.mark.parametrize("body", ON_EVERY_PATH.values(), ids=list(ON_EVERY_PATH))
def test_what_looks_like_it_and_asks_for_the_tenant(body: str) -> None:
    check.clean(MAYBE + body)
    Check("TSL302", path=check.path, others=SERVICE).clean(MAYBE + body)


REFUSED = [
    (
        "company_id: int | None = None, account_id: int | None = None",
        """
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    else:
        query = query.where(Account.id == account_id)
""",
        "without the company the query asks otherwise",
    ),
    (
        "limit: int = 10, company_id: int | None = None",
        """
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
""",
        "comes behind parameters with defaults",
    ),
    (
        "company_id: int | None = None",
        """
    query = query if company_id is None else query.where(Account.company_id == company_id)
""",
        "in a conditional expression",
    ),
    (
        "company_id: int | None = None, status: str = ''",
        """
    if status and company_id:
        query = query.where(Account.company_id == company_id)
""",
        "only the caller knows",
    ),
    (
        "company_id: int, mine: bool",
        """
    if mine:
        query = query.where(Account.company_id == company_id)
        query = query.where(Account.status == "open")
""",
        "more than the condition",
    ),
    (
        "company_id: int | None = None, other: int | None = None",
        """
    if company_id:
        query = query.where(Account.company_id == company_id)
    if other:
        query = query.where(Account.company_id == other)
""",
        "several places",
    ),
]


@pytest.mark.parametrize(("parameters", "body", "reason"), REFUSED)
def test_what_a_person_must_say(parameters: str, body: str, reason: str) -> None:
    check.flags(
        HEAD
        + f"async def find(session: AsyncSession, {parameters}):\n    query = select(Account)"
        + body
        + "    return await «session.execute(query)»\n",
        after=None,
        reason=reason,
    )


SILENT = {
    "a required parameter is there": """
async def find(session: AsyncSession, company_id: int):
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "both branches ask": """
async def find(session: AsyncSession, company_id: int, name: str | None = None):
    query = select(Account).where(Account.company_id == company_id)
    if name is not None:
        query = query.where(Account.name == name)
    return await session.execute(query)
""",
    "without the tenant there is nothing": """
async def find(session: AsyncSession, company_id: int | None = None):
    if company_id is None:
        return []
    return await session.execute(select(Account).where(Account.company_id == company_id))
""",
    "a role decides": """
async def find(session: AsyncSession, company_id: int, user):
    query = select(Account)
    if not user.is_admin:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "a role of the caller's": """
async def find(session: AsyncSession, company_id: int, include_all_companies: bool):
    query = select(Account)
    if not include_all_companies:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "the tenant was refused before where it is missing": """
async def find(session: AsyncSession, name: str, company_id: int | None = None):
    if company_id is None and not name:
        raise ValueError
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "the tenant was asserted": """
async def find(session: AsyncSession, company_id: int | None = None):
    assert company_id
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "the tenant was filled in": """
async def find(session: AsyncSession, company_id: int | None = None):
    company_id = company_id or current_company()
    query = select(Account)
    if company_id is not None:
        query = query.where(Account.company_id == company_id)
    return await session.execute(query)
""",
    "a loop may run": """
async def find(session: AsyncSession, ids: list[int], company_id: int):
    conditions = []
    for one in ids:
        conditions.append(and_(Account.company_id == company_id, Account.id == one))
    if conditions:
        return await session.execute(select(Account).where(or_(*conditions)))
""",
    "the rows of nobody": """
async def find(session: AsyncSession, company_id: int | None = None):
    if company_id is not None:
        query = select(Account).where(Account.company_id == company_id)
    else:
        query = select(Account).where(Account.company_id.is_(None))
    return await session.execute(query)
""",
}


@pytest.mark.parametrize("source", SILENT.values(), ids=list(SILENT))
def test_a_condition_that_is_there_whenever_it_must_be(source: str) -> None:
    check.clean(HEAD + source)


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


OF_SOMEBODY = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Grant


async def find_grants(session: AsyncSession, kind: str, sub_id: int):
    query = select(Grant)
    if kind == "user":
        query = query.where(Grant.{column} == sub_id)
    else:
        query = query.where(Grant.company_id == sub_id)
    return await {call}
"""
GRANT = """

class Grant(Base):
    __tablename__ = "grants"
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    user_id: Mapped[int | None]
    number: Mapped[int]
"""


def test_the_other_way_asks_for_what_is_a_persons() -> None:
    grants = check.with_(others={"app/models.py": MODELS + GRANT})
    grants.clean(OF_SOMEBODY.format(column="user_id", call="session.scalars(query)"))
    grants.flags(OF_SOMEBODY.format(column="number", call="«session.scalars(query)»"), after=None)
