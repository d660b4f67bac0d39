"""Where TSL304 fires, what its fix writes, and services whose names are their own."""

from tests.harness import Check
from tests.rules.database.account_endpoints import POST, check, flags
from tests.tenant_service import SERVICE
from turnstay_lint.project.settings import Settings


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


def test_several_names_of_the_tenant() -> None:
    check.flags(
        POST.replace(
            "    company:", "    other: Company = Depends(deps.get_company),\n    company:"
        )
        + "    session.add(Account(company_id=«request_data.company_id»))\n",
        after=None,
        reason="several names of the company are in scope",
    )


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
