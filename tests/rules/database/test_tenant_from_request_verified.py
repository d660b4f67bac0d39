"""What the client says is verified before, or the client may say it (TSL304)."""

import pytest

from tests.rules.database.account_endpoints import HEAD, POST, check, flags

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
