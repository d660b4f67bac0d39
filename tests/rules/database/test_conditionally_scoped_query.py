"""Where TSL303 fires, what its fix writes, and what a person must say."""

import pytest

from tests.rules.database.account_search import FIND, FOUND, HEAD, check


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
