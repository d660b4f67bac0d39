"""Where TSL316 fires, and where its fix asks for what an id names."""

import pytest

from tests.rules.database.payment_endpoints import ASKED, HEAD, check, endpoint
from tests.tenant_service import DEPS

STORED = {
    "a constructor": "payment = «Payment(account_id=request_data.account_id)»",
    "a constructor over lines": (
        "payment = «Payment(\n    account_id=request_data.account_id,\n)»"
    ),
    "the dump of the schema": "payment = «Payment(**request_data.model_dump())»",
    "the dump beside a keyword": (
        'payment = «Payment(**request_data.model_dump(exclude={"status"}), status="new")»'
    ),
    "the dump with another key": (
        'payment = «Payment(**{**request_data.model_dump(), "status": "new"})»'
    ),
    "the older dump": "payment = «Payment(**request_data.dict())»",
    "dict of the schema": "payment = «Payment(**dict(request_data))»",
    "the encoded schema": "payment = «Payment(**jsonable_encoder(request_data))»",
    "the schema validated": "payment = «Payment.model_validate(request_data)»",
    "returned": "return «Payment(account_id=request_data.account_id)»",
    "inside a call": "session.add(«Payment(account_id=request_data.account_id)»)",
    "an update": (
        "await session.execute(\n"
        '    «update(Payment).where(Payment.status == "").values(\n'
        "        account_id=request_data.account_id\n    )»\n)"
    ),
    "an insert of a dict": (
        "await session.execute(«insert(Payment).values(**request_data.model_dump())»)"
    ),
    "in a branch": (
        "if request_data.status:\n    payment = «Payment(account_id=request_data.account_id)»"
    ),
}


@pytest.mark.parametrize("form", STORED)
def test_where_a_foreign_key_is_stored(form: str) -> None:
    body = STORED[form]
    plain = body.replace("«", "").replace("»", "")
    after = ASKED + plain
    if form == "in a branch":
        after = plain.replace("    payment", f"    {ASKED}    payment")
    check.flags(endpoint(body), after=endpoint(after), message="Payment stores account_id")


VARIABLES = {
    "the dump in a variable": (
        "data = request_data.model_dump()\npayment = «Payment(**data)»",
        "data = request_data.model_dump()\n"
        "await company_access.get_account(request_data.account_id)\npayment = Payment(**data)",
    ),
    "the id in a variable": (
        "account_id = request_data.account_id\npayment = «Payment(account_id=account_id)»",
        "account_id = request_data.account_id\n"
        "await company_access.get_account(account_id)\npayment = Payment(account_id=account_id)",
    ),
    "a key of the dump": (
        'data = request_data.model_dump()\npayment = «Payment(account_id=data["account_id"])»',
        "data = request_data.model_dump()\n"
        'await company_access.get_account(data["account_id"])\n'
        'payment = Payment(account_id=data["account_id"])',
    ),
    "a nested schema": (
        "payment = «Payment(account_id=request_data.line.account_id)»",
        "await company_access.get_account(request_data.line.account_id)\n"
        "payment = Payment(account_id=request_data.line.account_id)",
    ),
    "the dump of a nested schema": (
        "payment = «Payment(**request_data.line.model_dump())»",
        "await company_access.get_account(request_data.line.account_id)\n"
        "payment = Payment(**request_data.line.model_dump())",
    ),
    "one of many": (
        "for line in request_data.lines:\n    session.add(«Payment(account_id=line.account_id)»)",
        "for line in request_data.lines:\n"
        "    await company_access.get_account(line.account_id)\n"
        "    session.add(Payment(account_id=line.account_id))",
    ),
    "an attribute": (
        "payment = await company_access.get_payment(1)\n"
        "«payment.account_id» = request_data.account_id",
        "payment = await company_access.get_payment(1)\n"
        "await company_access.get_account(request_data.account_id)\n"
        "payment.account_id = request_data.account_id",
    ),
    "an id that may be missing": (
        "account = «Account(parent_id=request_data.parent_id)»",
        "if request_data.parent_id is not None:\n"
        "    await company_access.get_account(request_data.parent_id)\n"
        "account = Account(parent_id=request_data.parent_id)",
    ),
    "comments above stay above": (
        "# the payment\npayment = «Payment(account_id=request_data.account_id)»  # now",
        f"{ASKED}# the payment\npayment = Payment(account_id=request_data.account_id)  # now",
    ),
}


@pytest.mark.parametrize("form", VARIABLES)
def test_how_the_id_gets_there(form: str) -> None:
    before, after = VARIABLES[form]
    check.flags(endpoint(before), after=endpoint(after))


def test_an_access_object_that_is_not_there_yet() -> None:
    before = (
        HEAD
        + """@router.post("/payment")
async def create_payment(
    request_data: PaymentRequest, session: AsyncSession = Depends(deps.get_session)
):
    session.add(«Payment(account_id=request_data.account_id)»)
"""
    )
    after = (
        HEAD
        + """@router.post("/payment")
async def create_payment(
    request_data: PaymentRequest,
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
    await company_access.get_account(request_data.account_id)
    session.add(Payment(account_id=request_data.account_id))
"""
    )
    check.flags(before, after=after)


def test_a_parameter_of_the_path() -> None:
    before = (
        HEAD
        + """@router.post("/account/{account_id}/payment")
async def create_payment(account_id: int, access: deps.CompanyAccessDep):
    return «Payment(account_id=account_id)»
"""
    )
    after = before.replace("    return «", "    await access.get_account(account_id)\n    return ")
    check.flags(before, after=after.replace("»", ""))


def test_two_constructors_ask_once() -> None:
    before = """
        one = «Payment(account_id=request_data.account_id)»
        other = «Payment(account_id=request_data.account_id)»
        return one, other
    """
    after = f"""
        {ASKED.strip()}
        one = Payment(account_id=request_data.account_id)
        other = Payment(account_id=request_data.account_id)
        return one, other
    """
    check.flags(endpoint(before), after=endpoint(after))


def test_a_long_call_is_wrapped() -> None:
    name = "request_data_of_the_payment_that_somebody_wants_to_make_today"
    header = endpoint("").replace("request_data", name)
    before = f"{header}    return «Payment(account_id={name}.account_id)»\n"
    after = (
        f"{header}    await company_access.get_account(\n        {name}.account_id\n    )\n"
        f"    return Payment(account_id={name}.account_id)\n"
    )
    check.flags(before, after=after)


def test_a_try_that_would_catch_the_refusal() -> None:
    before = """
        try:
            session.add(«Payment(account_id=request_data.account_id)»)
            await session.commit()
        except Exception:
            await session.rollback()
            raise
    """
    after = before.replace("\n        try:", f"\n        {ASKED.strip()}\n        try:")
    after = after.replace("«", "").replace("»", "")
    check.flags(endpoint(before), after=endpoint(after))


def test_a_try_that_catches_something_else() -> None:
    before = """
        try:
            session.add(«Payment(account_id=request_data.account_id)»)
        except ValueError:
            raise
    """
    after = before.replace("session.add(«", f"{ASKED.strip()}\n            session.add(")
    check.flags(endpoint(before), after=endpoint(after.replace("»", "")))


REFUSED = {
    "a local name inside a try": (
        "try:\n    for line in request_data.lines:\n"
        "        session.add(«Payment(account_id=line.account_id)»)\n"
        "except Exception:\n    raise",
        "not written where it could be asked for",
    ),
    "a comprehension": (
        "return [«Payment(account_id=line.account_id)» for line in request_data.lines]",
        "inside another expression",
    ),
    "a getter that does not refuse": (
        "return «Refund(payment_id=request_data.payment_id)»",
        "nothing says that find_payment refuses",
    ),
    "a statement behind another": (
        "status = 1; payment = «Payment(account_id=request_data.account_id)»",
        "another statement",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_has_no_fix(form: str) -> None:
    body, reason = REFUSED[form]
    schema = "RefundRequest" if "Refund(" in body else "PaymentRequest"
    others = {"app/api/deps.py": DEPS} if "Refund(" in body else {}
    check.with_(others=others).flags(endpoint(body, schema), after=None, reason=reason)


def test_a_service_without_an_access_class() -> None:
    others = {"app/api/deps.py": DEPS.replace("CompanyAccess", "Reading")}
    before = endpoint("return «Payment(account_id=request_data.account_id)»")
    reason = "the service has no CompanyAccess"
    check.with_(others=others).flags(before, after=None, reason=reason)
