"""Queries that are filtered by the client's tenant (TSL304)."""

from tests.rules.database.account_endpoints import HEAD, POST, check, flags


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
