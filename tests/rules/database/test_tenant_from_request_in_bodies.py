"""Bodies, dicts and rows that carry the client's tenant into a model as a whole (TSL304)."""

import pytest

from tests.rules.database.account_endpoints import POST, check, flags


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


def test_the_dict_of_a_schema_that_is_spread() -> None:
    flags(
        """\
    session.add(Account(**«dict(request_data)»))
""",
        """\
    session.add(Account(**{**dict(request_data), "company_id": company.id}))
""",
    )


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


def test_schemas_without_the_tenant_column() -> None:
    for schema in ("PlainRequest", "HiddenRequest"):
        head = POST.replace("request_data: AccountCreateRequest", f"request_data: {schema}")
        check.clean(head + "    session.add(Account(**request_data.model_dump()))\n")


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
