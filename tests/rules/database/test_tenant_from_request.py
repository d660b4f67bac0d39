import pytest

from tests.harness import Check
from tests.tenant_service import SERVICE
from turnstay_lint.project.settings import Settings

REQUESTS = """
from pydantic import BaseModel, Field


class BaseRequest(BaseModel):
    pass


class AccountCreateRequest(BaseRequest):
    name: str
    company_id: int | None = None


class PatchAccountRequest(BaseModel):
    id: int
    name: str | None = None
    company_id: int | None = None


class PlainRequest(BaseRequest):
    name: str


class HiddenRequest(BaseRequest):
    name: str
    company_id: int = Field(0, exclude=True)


class BatchRequest(BaseRequest):
    accounts: list[AccountCreateRequest]
"""

check = Check(
    "TSL304",
    path="app/api/endpoints/accounts.py",
    others={**SERVICE, "app/schemas/requests.py": REQUESTS},
)

HEAD = """
from fastapi import APIRouter, Body, Depends, Header, HTTPException, Request
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.models import Account, Company
from app.schemas.requests import (
    AccountCreateRequest,
    BatchRequest,
    HiddenRequest,
    PatchAccountRequest,
    PlainRequest,
)

router = APIRouter()


"""

POST = (
    HEAD
    + """
@router.post("/account")
async def create_account(
    request_data: AccountCreateRequest,
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
"""
)
PATCH = (
    HEAD
    + """
@router.patch("/account")
async def patch_account(
    request_data: PatchAccountRequest,
    access: deps.CompanyAccess = Depends(deps.get_company_access),
):
"""
)


def flags(before: str, after: str, head: str = POST) -> None:
    check.flags(head + before, after=head + after)


def test_a_keyword_of_the_constructor() -> None:
    flags(
        """\
    account = Account(name=request_data.name, company_id=«request_data.company_id»)
    session.add(account)
""",
        """\
    account = Account(name=request_data.name, company_id=company.id)
    session.add(account)
""",
    )


def test_what_the_client_may_choose_the_client_chooses() -> None:
    flags(
        """\
    account = Account(
        name=request_data.name,  # as it was asked for
        company_id=«request_data.company_id or company.id»,
    )
    session.add(account)
""",
        """\
    account = Account(
        name=request_data.name,  # as it was asked for
        company_id=company.id,
    )
    session.add(account)
""",
    )


def test_a_schema_that_is_spread() -> None:
    flags(
        """\
    account = Account(**«request_data.model_dump()»)
    session.add(account)
""",
        """\
    account = Account(
        **request_data.model_dump(exclude={"company_id"}), company_id=company.id
    )
    session.add(account)
""",
    )


def test_a_schema_that_leaves_something_else_out() -> None:
    flags(
        """\
    session.add(Account(**«request_data.model_dump(exclude={"name"})», name="x"))
""",
        """\
    session.add(
        Account(
            **request_data.model_dump(exclude={"name", "company_id"}),
            name="x",
            company_id=company.id,
        )
    )
""",
    )


def test_a_dict_that_is_spread_later() -> None:
    flags(
        """\
    values = request_data.dict()
    values["name"] = "x"
    session.add(Account(**«values»))
""",
        """\
    values = request_data.dict()
    values["name"] = "x"
    session.add(Account(**{**values, "company_id": company.id}))
""",
    )


def test_an_attribute() -> None:
    flags(
        """\
    account = Account(name=request_data.name)
    account.company_id = «request_data.company_id»
    session.add(account)
""",
        """\
    account = Account(name=request_data.name)
    account.company_id = company.id
    session.add(account)
""",
    )


def test_the_tenant_where_the_client_names_none() -> None:
    flags(
        """\
    account = Account(**«request_data.model_dump()»)
    if account.company_id is None:
        account.company_id = company.id
    session.add(account)
""",
        """\
    account = Account(
        **request_data.model_dump(exclude={"company_id"}), company_id=company.id
    )
    if account.company_id is None:
        account.company_id = company.id
    session.add(account)
""",
    )


def test_an_insert_and_an_update() -> None:
    flags(
        """\
    await session.execute(insert(Account).values(company_id=«request_data.company_id»))
""",
        """\
    await session.execute(insert(Account).values(company_id=company.id))
""",
    )
    flags(
        """\
    values = request_data.model_dump()
    await session.execute(insert(Account).values(«values»))
""",
        """\
    values = request_data.model_dump()
    await session.execute(insert(Account).values({**values, "company_id": company.id}))
""",
    )


def test_a_patch_loop() -> None:
    flags(
        """\
    account = await access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True)
    for field, value in update_data.items():
        if field != "id":
            «setattr(account, field, value)»
""",
        """\
    account = await access.get_account(request_data.id)
    update_data = request_data.model_dump(exclude_unset=True, exclude={"company_id"})
    for field, value in update_data.items():
        if field != "id":
            setattr(account, field, value)
""",
        PATCH,
    )


def test_setattr_by_name() -> None:
    flags(
        """\
    account = Account(name=request_data.name)
    setattr(account, "company_id", «request_data.company_id»)
""",
        """\
    account = Account(name=request_data.name)
    setattr(account, "company_id", company.id)
""",
    )


def test_the_dict_of_a_schema_that_is_spread() -> None:
    flags(
        """\
    session.add(Account(**«dict(request_data)»))
""",
        """\
    session.add(Account(**{**dict(request_data), "company_id": company.id}))
""",
    )


def test_a_patch_loop_over_what_a_schema_leaves_in_its_dict() -> None:
    check.flags(
        PATCH
        + """\
    account = await access.get_account(request_data.id)
    for field in request_data.model_dump(exclude={"id"}):
        «setattr(account, field, getattr(request_data, field))»
""",
        after=None,
        reason="made elsewhere",
    )


def test_a_patch_loop_over_the_dump_itself() -> None:
    flags(
        """\
    account = await access.get_account(request_data.id)
    for field, value in request_data.model_dump(exclude={"id"}).items():
        «setattr(account, field, value)»
""",
        """\
    account = await access.get_account(request_data.id)
    for field, value in request_data.model_dump(exclude={"id", "company_id"}).items():
        setattr(account, field, value)
""",
        PATCH,
    )


def test_a_filter() -> None:
    flags(
        """\
    query = select(Account).where(Account.company_id == «request_data.company_id»)
    return await session.scalars(query)
""",
        """\
    query = select(Account).where(Account.company_id == company.id)
    return await session.scalars(query)
""",
    )


def test_a_filter_by_several() -> None:
    head = """
@router.get("/accounts")
async def get_accounts(
    company_ids: list[int] = Body(...),
    company: Company = Depends(deps.get_company),
    session: AsyncSession = Depends(deps.get_session),
):
"""
    flags(
        """\
    query = select(Account).where(Account.company_id.in_(«company_ids»))
    return await session.scalars(query)
""",
        """\
    query = select(Account).where(Account.company_id.in_([company.id]))
    return await session.scalars(query)
""",
        HEAD + head,
    )


def test_an_endpoint_without_a_tenant_gets_the_access_object() -> None:
    check.flags(
        HEAD
        + """
@router.get("/accounts")
async def get_accounts(company_id: int, session: AsyncSession = Depends(deps.get_session)):
    query = select(Account).where(Account.company_id == «company_id»)
    return (await session.scalars(query)).all()
""",
        after=HEAD
        + """
@router.get("/accounts")
async def get_accounts(
    company_id: int,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    query = select(Account).where(Account.company_id == company_access.company_id)
    return (await session.scalars(query)).all()
""",
    )


def test_a_query_of_the_request() -> None:
    check.flags(
        HEAD
        + """
@router.get("/accounts")
async def get_accounts(request: Request, access: deps.CompanyAccessDep, session: deps.SessionDep):
    asked = request.query_params["company"]
    return await session.scalars(select(Account).where(Account.company_id == «asked»))
""",
        after=HEAD
        + """
@router.get("/accounts")
async def get_accounts(request: Request, access: deps.CompanyAccessDep, session: deps.SessionDep):
    asked = request.query_params["company"]
    return await session.scalars(
        select(Account).where(Account.company_id == access.company_id)
    )
""",
    )


def test_an_item_of_a_list() -> None:
    head = POST.replace("AccountCreateRequest,\n    company", "BatchRequest,\n    company")
    flags(
        """\
    for item in request_data.accounts:
        session.add(Account(name=item.name, company_id=«item.company_id»))
""",
        """\
    for item in request_data.accounts:
        session.add(Account(name=item.name, company_id=company.id))
""",
        head,
    )


UTILITY = """
from app.models import Account
from app.schemas.requests import AccountCreateRequest


async def create_account_util(session, request_data: AccountCreateRequest):
    account = Account(**«request_data.model_dump()»)
    session.add(account)
    return account
"""
CALLER = """
from fastapi import APIRouter
from app.api.utils.account_utils import create_account_util
from app.schemas.requests import AccountCreateRequest
router = APIRouter(prefix="{prefix}")
@router.post("/account")
async def create_account(request_data: {schema}, session):
    return await create_account_util(session, {given})
"""


def utility(
    prefix: str = "", schema: str = "AccountCreateRequest", given: str = "request_data"
) -> Check:
    caller = CALLER.format(prefix=prefix, schema=schema, given=given)
    return check.with_(
        path="app/api/utils/account_utils.py", others={"app/api/endpoints/calling.py": caller}
    )


def test_a_utility_that_an_endpoint_hands_its_request() -> None:
    utility().flags(
        UTILITY,
        after=None,
        reason="no name of the company is in scope",
        message="Account.company_id is written from AccountCreateRequest, which the client fills",
    )


def test_a_utility_of_admin_endpoints() -> None:
    utility(prefix="/admin").clean(UTILITY.replace("«", "").replace("»", ""))


def test_a_schema_that_no_request_fills() -> None:
    source = UTILITY.replace("«", "").replace("»", "")
    utility(schema="int", given="made(request_data)").clean(source)
    check.with_(path="app/api/utils/account_utils.py").clean(source)


def test_a_model_that_validates_the_schema() -> None:
    flags(
        """\
    account = Account.model_validate(«request_data»)
    session.add(account)
""",
        """\
    account = Account.model_validate(request_data, update={"company_id": company.id})
    session.add(account)
""",
    )
    flags(
        """\
    account = Account.model_validate(«request_data», update={"name": "x"})
    session.add(account)
""",
        """\
    account = Account.model_validate(
        request_data, update={"name": "x", "company_id": company.id}
    )
    session.add(account)
""",
    )
    check.clean(
        POST + "    a = Account.model_validate(request_data, update={'company_id': company.id})\n"
    )
    check.clean(POST + "    a = Account.model_validate(request_data, update=unknown)\n")
    check.flags(
        POST
        + """\
    more = {"name": "x"}
    account = Account.model_validate(«request_data», update=more)
""",
        after=None,
        reason="named elsewhere",
    )


def test_several_names_of_the_tenant() -> None:
    check.flags(
        POST.replace(
            "    company:", "    other: Company = Depends(deps.get_company),\n    company:"
        )
        + "    session.add(Account(company_id=«request_data.company_id»))\n",
        after=None,
        reason="several names of the company are in scope",
    )


def test_what_is_left_out_is_named_elsewhere() -> None:
    check.flags(
        POST
        + """\
    left_out = {"name"}
    session.add(Account(**«request_data.model_dump(exclude=left_out)»))
""",
        after=None,
        reason="named elsewhere",
    )


FINE = [
    "account = Account(name=request_data.name, company_id=company.id)",
    "account = Account(**request_data.model_dump(exclude={'company_id'}), company_id=company.id)",
    "account = Account(**request_data.model_dump(exclude={'company_id': True}))",
    "account = Account(**request_data.model_dump(include={'name'}))",
    "account = Account(**{**request_data.model_dump(), 'company_id': company.id})",
    "account = Account(**(request_data.model_dump() | {'company_id': company.id}))",
    "account = Account(**dict(request_data.model_dump(), company_id=company.id))",
    "data = request_data.model_dump()\n    data['company_id'] = company.id\n"
    "    account = Account(**data)",
    "data = request_data.model_dump()\n    data.update(company_id=company.id)\n"
    "    account = Account(**data)",
    "data = request_data.model_dump()\n    data.update({'company_id': company.id})\n"
    "    account = Account(**data)",
    "data = request_data.model_dump()\n    data.pop('company_id', None)\n    account = Account(**data)",
    "data = request_data.model_dump()\n    del data['company_id']\n    account = Account(**data)",
    "request_data.company_id = company.id\n    account = Account(**request_data.model_dump())",
    "account = Account(**request_data.model_dump())\n    account.company_id = company.id",
    "account = Account(**request_data.model_dump())\n    raise ValueError",
    "account = Account(**request_data.model_dump())\n"
    "    setattr(account, 'company_id', company.id)",
    "account = Account(**request_data.model_dump())\n"
    "    if account.company_id != company.id:\n        raise HTTPException(403)",
    "account = Account(**unknown(request_data))",
    "query = select(Account).where(Account.company_id == company.id)\n"
    "    await session.execute(query)",
    "owner = Company(**request_data.model_dump())",
]


@pytest.mark.parametrize("body", FINE)
def test_code_that_sees_to_the_tenant(body: str) -> None:
    check.clean(f"{POST}    {body}\n")


VERIFIED = [
    "if request_data.company_id != company.id:\n        raise HTTPException(403)",
    "if request_data.company_id not in user.company_ids:\n        raise HTTPException(403)",
    "assert request_data.company_id == company.id",
    "await ensure_member(session, request_data.company_id)",
    "await memberships.of(user, request_data.company_id)",
    "permitted = await check_access(session, request_data.company_id)",
    "if not await is_member(session, request_data.company_id):\n        raise HTTPException(403)",
]


@pytest.mark.parametrize("check_", VERIFIED)
def test_a_tenant_that_is_verified_before(check_: str) -> None:
    write = "session.add(Account(company_id=request_data.company_id))"
    check.clean(f"{POST}    {check_}\n    {write}\n")
    check.clean(f"{POST}    {check_}\n    session.add(Account(**request_data.model_dump()))\n")
    query = "select(Account).where(Account.company_id == request_data.company_id)"
    check.clean(f"{POST}    {check_}\n    await session.execute({query})\n")


UNVERIFIED = [
    "if request_data.company_id is not None:\n        pass",
    "if request_data.company_id == 0:\n        pass",
    "logger.info('creating', request_data.company_id)",
    "other = Other(company_id=request_data.company_id, user=user)",
]


@pytest.mark.parametrize("statement", UNVERIFIED)
def test_what_verifies_nothing(statement: str) -> None:
    flags(
        f"    {statement}\n    session.add(Account(company_id=«request_data.company_id»))\n",
        f"    {statement}\n    session.add(Account(company_id=company.id))\n",
    )


LOOPS = [
    "        if field not in ('id', 'company_id'):\n            setattr(account, field, value)",
    "        if field == 'company_id':\n            continue\n        setattr(account, field, value)",
    "        if field in ALLOWED:\n            setattr(account, field, value)",
    "        if field not in PROTECTED_FIELDS:\n            setattr(account, field, value)",
    "        if field in {'name'}:\n            setattr(account, field, value)",
]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_patch_loop_that_keeps_the_tenant(loop: str) -> None:
    check.clean(
        PATCH
        + "    account = await access.get_account(request_data.id)\n"
        + "    for field, value in request_data.model_dump().items():\n"
        + loop
        + "\n"
    )


def test_schemas_without_the_tenant_column() -> None:
    for schema in ("PlainRequest", "HiddenRequest"):
        head = POST.replace("request_data: AccountCreateRequest", f"request_data: {schema}")
        check.clean(head + "    session.add(Account(**request_data.model_dump()))\n")


def test_a_header_may_come_from_a_gateway() -> None:
    check.clean(
        HEAD
        + """
@router.get("/accounts")
async def get_accounts(session: deps.SessionDep, company_id: int = Header()):
    return await session.scalars(select(Account).where(Account.company_id == company_id))
"""
    )


def test_a_path_parameter_that_a_dependency_verifies() -> None:
    endpoint = """
@router.get("/companies/{company_id}/accounts"%s)
async def get_accounts(company_id: int, session: deps.SessionDep%s):
    return await session.scalars(select(Account).where(Account.company_id == company_id))
"""
    member = "async def member(company_id: int, user=Depends(deps.get_user)): ...\n\n"
    check.clean(HEAD + member + endpoint % ("", ", member=Depends(member)"))
    check.clean(HEAD + member + endpoint % (", dependencies=[Depends(member)]", ""))
    router = HEAD.replace("router = APIRouter()", "")
    router += member + "router = APIRouter(dependencies=[Depends(member)])\n"
    check.clean(router + endpoint % ("", ""))
    checker = "class Member:\n    async def __call__(self, company_id: int): ...\n\n"
    check.clean(HEAD + checker + endpoint % ("", ", member=Depends(Member())"))


@pytest.mark.parametrize(
    "dependency",
    ["deps.require_superuser", 'deps.require_role("admin")', 'deps.check_permissions(["Admin"])'],
)
def test_an_endpoint_of_those_who_may_choose(dependency: str) -> None:
    guarded = f'@router.post("/account", dependencies=[Depends({dependency})])'
    source = POST.replace('@router.post("/account")', guarded)
    check.clean(source + "    session.add(Account(**request_data.model_dump()))\n")
    named = POST.replace("    company:", f"    _=Depends({dependency}),\n    company:")
    check.clean(named + "    session.add(Account(**request_data.model_dump()))\n")


@pytest.mark.parametrize("prefix", ["/admin", "/public", "/webhooks"])
def test_endpoints_that_may_choose_a_tenant(prefix: str) -> None:
    source = POST.replace("APIRouter()", f'APIRouter(prefix="{prefix}")')
    check.clean(source + "    session.add(Account(**request_data.model_dump()))\n")


def test_a_foreign_key_to_the_tenant_of_another_name() -> None:
    models = SERVICE["app/models.py"].replace(
        'class Payment(Base):\n    __tablename__ = "payments"\n',
        'class Payment(Base):\n    __tablename__ = "payments"\n'
        '    payer_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))\n',
    )
    check.with_(others={"app/models.py": models}).flags(
        POST.replace("Account, Company", "Company, Payment")
        + "    session.add(Payment(payer_id=«request_data.company_id»))\n",
        after=POST.replace("Account, Company", "Company, Payment")
        + "    session.add(Payment(payer_id=company.id))\n",
    )


def test_a_service_with_names_of_its_own() -> None:
    renamed = {
        path: text.replace("company_id", "org_id").replace("Company", "Org")
        for path, text in check.others.items()
    }
    settings = Settings(
        tenant_model="Org",
        tenant_column="org_id",
        access_class="OrgAccess",
    )
    service = Check("TSL304", check.path, renamed, settings)
    source = POST.replace("Company", "Org")
    service.flags(
        source + "    session.add(Account(org_id=«request_data.org_id»))\n",
        after=source + "    session.add(Account(org_id=company.id))\n",
    )


def test_positions_behind_what_is_no_ascii() -> None:
    flags(
        '    session.add(Account(name="Grüße", company_id=«request_data.company_id»))\n',
        '    session.add(Account(name="Grüße", company_id=company.id))\n',
    )


UTILS = {
    "app/api/utils/account_utils.py": """
    from sqlalchemy import func, select
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.models import Account, Company, User


    async def count_accounts(session: AsyncSession, company_id: int, name: str = "") -> int:
        return await session.scalar(
            select(func.count()).select_from(Account).where(Account.company_id == company_id)
        )


    async def count_twice(session: AsyncSession, *, company_id: int) -> int:
        return 2 * await count_accounts(session, company_id)


    async def find_company(session: AsyncSession, company_id: int) -> Company:
        return await session.scalar(select(Company).where(Company.id == company_id))


    async def ensure_member(session: AsyncSession, company_id: int) -> None:
        await session.scalar(select(User).where(User.company_id == company_id))


    async def accounts_of(session: AsyncSession, user: User, company_id: int) -> int:
        return await session.scalar(select(Account).where(Account.company_id == company_id))


    def say(session: AsyncSession, company_id: int) -> str:
        return f"company {company_id}"


    class AccountRepository:
        def __init__(self, session: AsyncSession):
            self.session = session

        def _select(self, company_id: int):
            return select(Account).where(Account.company_id == company_id)

        async def count(self, company_id: int) -> int:
            return await self.session.scalar(self._select(company_id))
    """
}
IMPORTS = """
from app.api.utils import account_utils
from app.api.utils.account_utils import AccountRepository, count_accounts, count_twice
"""
HANDED = HEAD.replace("\nrouter =", f"{IMPORTS}\nrouter =") + POST.removeprefix(HEAD)


@pytest.mark.parametrize(
    "call",
    [
        "count_accounts(session, {})",
        "count_accounts(session, company_id={}, name='x')",
        "count_twice(session, company_id={})",
        "account_utils.count_accounts(session, {})",
        "AccountRepository(session).count({})",
    ],
)
def test_a_tenant_that_is_handed_on(call: str) -> None:
    check.with_(others=UTILS).flags(
        HANDED + f"    return await {call.format('«request_data.company_id»')}\n",
        after=HANDED + f"    return await {call.format('company.id')}\n",
        message="is told the company that the client says",
    )


@pytest.mark.parametrize(
    "body",
    [
        "return await count_accounts(session, company.id)",
        "if request_data.company_id != company.id:\n"
        "        raise HTTPException(status_code=403)\n"
        "    return await count_accounts(session, request_data.company_id)",
        "found = await account_utils.find_company(session, request_data.company_id)",
        "await account_utils.ensure_member(session, request_data.company_id)",
        "return await account_utils.accounts_of(session, user, request_data.company_id)",
        "return account_utils.say(session, request_data.company_id)",
        "return await count_accounts(session, company.id, request_data.company_id)",
    ],
)
def test_a_tenant_that_is_handed_to_what_verifies_or_does_not_query(body: str) -> None:
    head = HANDED.replace(
        "    session: AsyncSession",
        "    user: deps.User = Depends(deps.get_user),\n    session: AsyncSession",
        1,
    )
    check.with_(others=UTILS).clean(head + f"    {body}\n")


def test_rows_that_are_inserted_together() -> None:
    head = POST.replace("request_data: AccountC", "request_data: list[AccountC").replace(
        "Request,\n    company", "Request],\n    company"
    )
    plain = "«[row.model_dump() for row in request_data]»"
    fixed = '[{**row.model_dump(), "company_id": company.id} for row in request_data]'
    after = f"    await session.execute(\n        insert(Account),\n        {fixed},\n    )\n"
    flags(f"    await session.execute(insert(Account), {plain})\n", after, head)
    check.clean(head + after)
    after = f"    query = insert(Account).values(\n        {fixed}\n    )\n"
    flags(f"    query = insert(Account).values({plain})\n", after, head)
    check.clean(head + after)


RAW = POST.replace("request_data: AccountCreateRequest", "request: Request")


def test_a_body_that_no_schema_describes() -> None:
    flags(
        "    body = await request.json()\n    account = Account(**«body»)\n",
        '    body = await request.json()\n    account = Account(**{**body, "company_id": company.id})\n',
        RAW,
    )
    flags(
        "    account = Account(**«await request.json()»)\n",
        '    account = Account(**{**await request.json(), "company_id": company.id})\n',
        RAW,
    )


@pytest.mark.parametrize(
    "body",
    [
        'body = await request.json()\n    body["company_id"] = company.id\n'
        "    account = Account(**body)",
        'body = await request.json()\n    body.pop("company_id", None)\n    account = Account(**body)',
        'account = Account(**{**await request.json(), "company_id": company.id})',
        'account = Account(name=(await request.json())["name"], company_id=company.id)',
        'body = await request.json()\n    if body["company_id"] != company.id:\n'
        "        raise HTTPException(status_code=403)\n"
        '    account = Account(company_id=body["company_id"])',
    ],
)
def test_a_body_whose_tenant_is_put_right(body: str) -> None:
    check.clean(RAW + f"    {body}\n")


def test_an_endpoint_that_a_function_defines() -> None:
    head = HEAD.replace("\n\nrouter = APIRouter()\n", "")
    before = """
def build() -> APIRouter:
    router = APIRouter()

    @router.get("/one")
    async def get_one(company_id: int, session: deps.SessionDep, company: deps.Company = Depends(deps.get_company)):
        if company_id != company.id:
            raise HTTPException(status_code=403)
        return await session.scalar(select(Account).where(Account.company_id == company_id))

    @router.get("/other")
    async def get_other(company_id: int, session: deps.SessionDep, company: deps.Company = Depends(deps.get_company)):
        return await session.scalar(select(Account).where(Account.company_id == {}))

    return router
"""
    check.flags(head + before.format("«company_id»"), after=head + before.format("company.id"))


def test_a_filter_that_joins_in_a_branch_only() -> None:
    body = """\
    query = select(Account)
    if request_data.company_id is not None:
        query = query.where(Account.company_id == «request_data.company_id»)
    return await session.scalars(query)
"""
    after = body.replace("== «request_data.company_id»", "== company.id")
    check.flags(POST + body, after=POST + after, unsafe=True)


def test_a_filter_in_the_branch_that_sends() -> None:
    body = """\
    if request_data.name:
        query = select(Account).where(Account.company_id == {})
        return await session.scalars(query)
    return []
"""
    flags(body.format("«request_data.company_id»"), body.format("company.id"))


def test_annotations_that_depend_on_nothing_say_no_style() -> None:
    head = HEAD.replace("from fastapi", "from typing import Annotated\n\nfrom fastapi", 1)
    body = """
@router.get("/accounts")
async def get_accounts(session: deps.SessionDep): ...


@router.get("/account")
async def get_account({}):
    query = select(Account).where(Account.company_id == {})
    return await session.scalar(query)
"""
    given = "company_id: Annotated[int, Body(embed=True)], session: deps.SessionDep"
    after = (
        "\n    company_id: Annotated[int, Body(embed=True)],"
        "\n    company_access: deps.CompanyAccessDep,\n    session: deps.SessionDep,\n"
    )
    check.flags(
        head + body.format(given, "«company_id»"),
        after=head + body.format(after, "company_access.company_id"),
    )


def test_a_choice_between_the_client_and_the_tenant() -> None:
    flags(
        """\
    account = Account(
        company_id=«request_data.company_id if request_data.name else company.id»
    )
""",
        """\
    account = Account(company_id=company.id)
""",
    )


def test_a_dict_of_what_the_client_set() -> None:
    flags(
        """\
    values = {k: v for k, v in request_data.model_dump().items() if v is not None}
    account = Account(**«values»)
""",
        """\
    values = {k: v for k, v in request_data.model_dump().items() if v is not None}
    account = Account(**{**values, "company_id": company.id})
""",
    )


@pytest.mark.parametrize(
    "body",
    [
        'values = {k: v for k, v in request_data.model_dump().items() if k != "company_id"}',
        "values = {k: str(v) for k, v in request_data.model_dump().items()}",
        'values = {k: v for k, v in request_data.model_dump(exclude={"company_id"}).items()}',
    ],
)
def test_a_dict_that_may_leave_the_tenant_out(body: str) -> None:
    check.clean(POST + f"    {body}\n    account = Account(**values)\n")


ROLES = {
    "app/api/roles.py": """
    from typing import Annotated

    from fastapi import Depends
    from pydantic import BaseModel


    class Role(BaseModel):
        company_id: int


    def get_role(minimum: str):
        def dependency() -> Role:
            return Role(company_id=1)

        return Depends(dependency)


    AnyRole = Annotated[Role, get_role("any")]
    """
}


@pytest.mark.parametrize("annotation", ["AnyRole", 'Annotated[Role, get_role("any")]'])
def test_a_function_of_the_service_that_gives_a_dependency(annotation: str) -> None:
    head = HANDED.replace("from fastapi", "from typing import Annotated\n\nfrom fastapi", 1)
    head = head.replace(
        "\nrouter =", "\nfrom app.api.roles import AnyRole, Role, get_role\nrouter ="
    )
    head = head.replace("request_data: AccountCreateRequest", f"role: {annotation}")
    service = check.with_(others={**UTILS, **ROLES})
    service.clean(head + "    return await count_accounts(session, role.company_id)\n")
    service.clean(head + "    account = Account(company_id=role.company_id)\n")


def test_what_is_made_with_who_asks_may_ask() -> None:
    head = HANDED.replace(
        "    session: AsyncSession",
        "    user: deps.User = Depends(deps.get_user),\n    session: AsyncSession",
        1,
    )
    body = """\
    repository = AccountRepository({})
    return await repository.count({})
"""
    service = check.with_(others=UTILS)
    service.clean(head + body.format("session, user", "request_data.company_id"))
    service.flags(
        head + body.format("session", "«request_data.company_id»"),
        after=head + body.format("session", "company.id"),
    )
