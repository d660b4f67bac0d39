from textwrap import dedent, indent

import pytest

from tests.harness import Check
from tests.tenant_service import DEPS, SERVICE

SCHEMAS = """
from pydantic import BaseModel, Field


class Line(BaseModel):
    account_id: int
    amount: int = 0


class PaymentRequest(BaseModel):
    account_id: int
    currency_id: int = 1
    status: str = ""
    parent_id: int | None = None
    lines: list[Line] = []
    line: Line
    account_ids: list[int] = []


class PatchPaymentRequest(BaseModel):
    id: int
    account_id: int | None = Field(None)
    status: str | None = None


class RefundRequest(BaseModel):
    payment_id: int
"""
# A getter of payments that refuses, beside the one that gives None.
GETTER = """
    async def get_payment(self, payment_id: int) -> Payment:
        raise HTTPException(status_code=404)

    async def get_accounts(self):"""
OTHERS = {
    **SERVICE,
    "app/api/deps.py": DEPS.replace("\n    async def get_accounts(self):", GETTER).replace(
        "import Depends, Request", "import Depends, HTTPException, Request"
    ),
    "app/schemas/requests.py": SCHEMAS,
}
PATH = "app/api/endpoints/payments.py"
check = Check("TSL316", path=PATH, others=OTHERS)

HEAD = """from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.encoders import jsonable_encoder
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.api import deps
from app.api.utils.check_utils import verify_account, write_down

from app.models import Account, Payment, Refund, User
from app.schemas.requests import PatchPaymentRequest, PaymentRequest, RefundRequest

router = APIRouter()


"""
ENDPOINT = """@router.post("/payment")
async def create_payment(
    request_data: {schema},
    company_access: deps.CompanyAccess = Depends(deps.get_company_access),
    session: AsyncSession = Depends(deps.get_session),
):
"""


def endpoint(body: str, schema: str = "PaymentRequest") -> str:
    return HEAD + ENDPOINT.format(schema=schema) + indent(dedent(body).strip("\n"), "    ") + "\n"


ASKED = "await company_access.get_account(request_data.account_id)\n"

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


def test_the_loop_of_a_patch() -> None:
    before = """
        payment = await company_access.get_payment(request_data.id)
        update_data = request_data.model_dump(exclude_unset=True)

        for field, value in update_data.items():
            if field != "id":
                «setattr(payment, field, value)»
        return payment
    """
    after = """
        payment = await company_access.get_payment(request_data.id)
        if request_data.account_id is not None:
            await company_access.get_account(request_data.account_id)
        update_data = request_data.model_dump(exclude_unset=True)

        for field, value in update_data.items():
            if field != "id":
                setattr(payment, field, value)
        return payment
    """
    schema = "PatchPaymentRequest"
    check.flags(endpoint(before, schema), after=endpoint(after, schema))


def test_the_loop_of_a_patch_in_one_expression() -> None:
    before = """
        payment = await company_access.get_payment(request_data.id)
        for field, value in request_data.model_dump(exclude_unset=True).items():
            «setattr(payment, field, value)»
    """
    after = """
        payment = await company_access.get_payment(request_data.id)
        if request_data.account_id is not None:
            await company_access.get_account(request_data.account_id)
        for field, value in request_data.model_dump(exclude_unset=True).items():
            setattr(payment, field, value)
    """
    schema = "PatchPaymentRequest"
    check.flags(endpoint(before, schema), after=endpoint(after, schema))


OTHER_LOOPS = {
    "over the keys": (
        "for field in update_data:\n    «setattr(payment, field, update_data[field])»"
    ),
    "over the object's columns": (
        "for field in columns:\n    if field in update_data:\n"
        "        «setattr(payment, field, update_data[field])»"
    ),
}


@pytest.mark.parametrize("form", OTHER_LOOPS)
def test_other_loops_of_a_patch(form: str) -> None:
    before = (
        "columns = [column.name for column in Payment.__table__.columns]\n"
        "payment = await company_access.get_payment(request_data.id)\n"
        "update_data = request_data.model_dump(exclude_unset=True)\n"
        f"{OTHER_LOOPS[form]}"
    )
    after = before.replace("«", "").replace("»", "")
    line = "update_data = " if form == "over the keys" else "for field in columns"
    asked = (
        "if request_data.account_id is not None:\n"
        "    await company_access.get_account(request_data.account_id)\n"
    )
    schema = "PatchPaymentRequest"
    after = after.replace(line, asked + line)
    check.flags(endpoint(before, schema), after=endpoint(after, schema))


def test_a_loop_over_what_the_client_set() -> None:
    before = """
        payment = await company_access.get_payment(request_data.id)
        for field in request_data.model_fields_set:
            «setattr(payment, field, getattr(request_data, field))»
    """
    after = """
        payment = await company_access.get_payment(request_data.id)
        if request_data.account_id is not None:
            await company_access.get_account(request_data.account_id)
        for field in request_data.model_fields_set:
            setattr(payment, field, getattr(request_data, field))
    """
    schema = "PatchPaymentRequest"
    check.flags(endpoint(before, schema), after=endpoint(after, schema))


LOOPS = {
    "the field left out": 'if field not in ("id", "account_id"):\n        setattr(payment, field, value)',
    "the field skipped": (
        'if field == "account_id":\n        continue\n    setattr(payment, field, value)'
    ),
    "only named fields": 'if field in {"status"}:\n        setattr(payment, field, value)',
    "fields named elsewhere": "if field in EDITABLE:\n        setattr(payment, field, value)",
}


@pytest.mark.parametrize("form", LOOPS)
def test_loops_that_leave_the_field_alone(form: str) -> None:
    body = (
        "payment = await company_access.get_payment(request_data.id)\n"
        "update_data = request_data.model_dump(exclude_unset=True)\n"
        f"for field, value in update_data.items():\n    {LOOPS[form]}"
    )
    check.clean(endpoint(body, "PatchPaymentRequest"))


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


SILENT = {
    "another key of a row that was asked for": (
        "payment = await company_access.get_payment(request_data.parent_id)\n"
        "moved = Payment(account_id=payment.account_id)"
    ),
    "the getter was asked": (
        "await company_access.get_account(request_data.account_id)\n"
        "return Payment(account_id=request_data.account_id)"
    ),
    "the getter was asked afterwards": (
        "payment = Payment(**request_data.model_dump())\n"
        "await company_access.get_account(request_data.account_id)"
    ),
    "the getter was asked for the key of the dump": (
        "data = request_data.model_dump()\n"
        'await company_access.get_account(data["account_id"])\n'
        "return Payment(**data)"
    ),
    "the id of what the getter gave": (
        "account = await company_access.get_account(request_data.account_id)\n"
        "return Payment(account_id=account.id)"
    ),
    "a scoped query was asked": (
        "account = await session.scalar(\n    select(Account).where(\n"
        "        Account.id == request_data.account_id,\n"
        "        Account.company_id == company_access.company_id,\n    )\n)\n"
        "return Payment(account_id=request_data.account_id)"
    ),
    "a helper took the id": (
        "await verify_account(session, request_data.account_id)\n"
        "return Payment(account_id=request_data.account_id)"
    ),
    "a helper took the schema": (
        "await verify_account(session, request_data)\nreturn Payment(**request_data.model_dump())"
    ),
    "an unknown object took the id": (
        "await request_data.unknown.service.verify(request_data.account_id)\n"
        "return Payment(account_id=request_data.account_id)"
    ),
    "compared with the accounts that the user may see": (
        "if request_data.account_id not in company_access.allowed_account_ids:\n"
        "    raise ValueError\n"
        "return Payment(account_id=request_data.account_id)"
    ),
    "a foreign key to what belongs to nobody": (
        "return Account(currency_id=request_data.currency_id)"
    ),
    "the tenant is another rule's": "return Account(company_id=request_data.company_id)",
    "the field is left out": 'return Payment(**request_data.model_dump(exclude={"account_id"}))',
    "others are left out": 'return Payment(**request_data.model_dump(include={"status"}))',
    "what is left out is named elsewhere": (
        "return Payment(**request_data.model_dump(exclude=HIDDEN))"
    ),
    "the field was popped": (
        "data = request_data.model_dump()\ndata.pop('account_id')\nreturn Payment(**data)"
    ),
    "the field was deleted": (
        "data = request_data.model_dump()\ndel data['account_id']\nreturn Payment(**data)"
    ),
    "the field was replaced": (
        "account = await company_access.get_account(1)\ndata = request_data.model_dump()\n"
        "data['account_id'] = account.id\nreturn Payment(**data)"
    ),
    "the field is replaced in the dict": (
        "account = await company_access.get_account(1)\n"
        "return Payment(**{**request_data.model_dump(), 'account_id': account.id})"
    ),
    "the schema was given another id before": (
        "account = await company_access.get_account(1)\nrequest_data.account_id = account.id\n"
        "return Payment(**request_data.model_dump())"
    ),
    "the column is put right afterwards": (
        "account = await company_access.get_account(1)\n"
        "payment = Payment(**request_data.model_dump())\n"
        "payment.account_id = account.id\nreturn payment"
    ),
    "a constant": "return Payment(account_id=1)",
    "a model that is none": "return User(account_id=request_data.account_id)",
    "other fields": "return Payment(status=request_data.status)",
}


@pytest.mark.parametrize("form", SILENT)
def test_what_is_verified_or_nobody_can_know(form: str) -> None:
    check.clean(endpoint(SILENT[form]))


def test_a_getter_of_another_model_verifies_nothing() -> None:
    asked = "payment = await company_access.get_payment(request_data.account_id)\n"
    check.flags(
        endpoint(f"{asked}return «Payment(account_id=request_data.account_id)»"),
        after=endpoint(f"{asked}{ASKED}return Payment(account_id=request_data.account_id)"),
    )


def test_an_id_is_put_right_on_one_path_only() -> None:
    body = """
        account = await company_access.get_account(1)
        payment = «Payment(account_id=request_data.account_id)»
        if request_data.status:
            payment.account_id = account.id
        return payment
    """
    before, marked = "        payment = «", f"        {ASKED}        payment = "
    after = body.replace(before, marked).replace("»", "")
    check.flags(endpoint(body), after=endpoint(after))


def test_telling_somebody_of_the_id_verifies_nothing() -> None:
    body = """
        logger.info("for %s", request_data.account_id)
        write_down(request_data.account_id)
        return «Payment(account_id=request_data.account_id)»
    """
    others = {
        "app/api/utils/check_utils.py": """
        def write_down(account_id: int) -> None:
            print(account_id)
        """
    }
    found = check.with_(others=others).findings(endpoint(body).replace("«", "").replace("»", ""))
    assert [finding.fix is not None for finding in found] == [True]


def test_a_dependency_that_takes_the_same_parameter() -> None:
    others = {
        "app/api/access.py": """
        from fastapi import Depends

        async def own_account(account_id: int): ...

        Own = Depends(own_account)
        """
    }
    check.with_(others=others).clean(
        HEAD
        + """@router.post("/account/{account_id}/payment")
async def create_payment(account_id: int, access: deps.CompanyAccessDep):
    return Payment(account_id=account_id)
"""
    )


def test_admin_endpoints_see_every_tenant() -> None:
    body = "return Payment(account_id=request_data.account_id)"
    check.clean(endpoint(body).replace('"/payment"', '"/admin/payment"'))


UTILITY = """
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Payment
from app.schemas.requests import PaymentRequest


async def create_payment_util(
    session: AsyncSession, company_id: int, request_data: PaymentRequest
) -> Payment:
    payment = «Payment(**request_data.model_dump(), company_id=company_id)»
    session.add(payment)
    return payment
"""
CALLER = """
from fastapi import APIRouter, Depends

from app.api import deps
from app.api.utils.check_utils import verify_everything
from app.api.utils.payment_utils import create_payment_util
from app.schemas.requests import PaymentRequest

router = APIRouter()


@router.post("/payment")
async def create_payment(
    request_data: PaymentRequest,
    company_access: deps.CompanyAccessDep,
    session: deps.SessionDep,
):
    {body}
    return await create_payment_util(session, company_access.company_id, request_data)
"""
utility = check.with_(path="app/api/utils/payment_utils.py")


def test_a_utility_that_stores_the_schema() -> None:
    found = utility.with_(others={PATH: CALLER.format(body="pass")}).flags(
        UTILITY, after=None, reason="no endpoint"
    )
    assert "reached by POST /payment" in found[0].help


def test_a_utility_that_takes_the_fields() -> None:
    fields = UTILITY.replace("request_data: PaymentRequest", "account_id: int").replace(
        "**request_data.model_dump()", "account_id=account_id"
    )
    caller = CALLER.format(body="pass").replace(
        "company_id, request_data)", "company_id, **request_data.model_dump())"
    )
    utility.with_(others={PATH: caller}).flags(fields, after=None, reason="no endpoint")


def test_a_utility_that_is_given_the_access_object() -> None:
    given = UTILITY.replace("company_id: int", "company_access: CompanyAccess").replace(
        "from app.models", "from app.api.deps import CompanyAccess\nfrom app.models"
    )
    given = given.replace(", company_id=company_id", "")
    after = given.replace(
        "    payment = «",
        "    await company_access.get_account(request_data.account_id)\n    payment = ",
    )
    others = {PATH: CALLER.format(body="pass")}
    utility.with_(others=others).flags(given, after=after.replace("»", ""))


@pytest.mark.parametrize(
    "body",
    [
        "await company_access.get_account(request_data.account_id)",
        "await verify_everything(request_data)",
    ],
)
def test_a_caller_that_verifies(body: str) -> None:
    others = {PATH: CALLER.format(body=body)}
    utility.with_(others=others).clean(UTILITY.replace("«", "").replace("»", ""))


SERVICES = """
from app.models import Account
from app.schemas import responses


class Accounts:
    async def find_one(self, account_id: int, user) -> {gives}: ...
"""


@pytest.mark.parametrize(
    ("gives", "verified"), [("Account", True), ("responses.Account", True), ("int", False)]
)
def test_a_caller_that_asks_a_service_of_which_nobody_says_what_it_is(
    gives: str, verified: bool
) -> None:
    body = "await session.services.accounts.find_one(request_data.account_id, session.user)"
    others = {
        PATH: CALLER.format(body=body),
        "app/services.py": SERVICES.format(gives=gives),
        "app/schemas/responses.py": "from pydantic import BaseModel\n\n\nclass Account(BaseModel): ...\n",
    }
    service = utility.with_(others=others)
    if verified:
        service.clean(UTILITY.replace("«", "").replace("»", ""))
    else:
        service.flags(UTILITY, after=None, reason="no endpoint")


def test_a_utility_that_no_endpoint_hands_a_client_s_schema() -> None:
    utility.clean(UTILITY.replace("«", "").replace("»", ""))


def test_tests_and_scripts_store_what_they_like() -> None:
    plain = UTILITY.replace("«", "").replace("»", "")
    check.with_(path="scripts/pay.py", others={PATH: CALLER}).clean(plain)


BODY = HEAD.replace("Depends\n", "Depends, Request\n", 1) + ENDPOINT.replace(
    "request_data: {schema}", "request: Request"
)


def test_an_id_from_a_body_that_no_schema_describes() -> None:
    check.flags(
        BODY
        + '    body = await request.json()\n    payment = «Payment(account_id=body["account_id"])»\n',
        after=BODY
        + "    body = await request.json()\n"
        + '    await company_access.get_account(body["account_id"])\n'
        + '    payment = Payment(account_id=body["account_id"])\n',
    )
    check.flags(
        BODY + "    payment = «Payment(**await request.json())»\n",
        after=None,
        reason="the id is not written where it could be asked for",
    )


def test_an_id_from_a_body_that_is_asked_for() -> None:
    check.clean(
        BODY
        + "    body = await request.json()\n"
        + '    account = await company_access.get_account(body["account_id"])\n'
        + "    payment = Payment(account_id=account.id)\n"
    )
    check.clean(
        BODY
        + "    body = await request.json()\n"
        + '    payment = Payment(status=body.get("status"))\n'
    )


def test_rows_that_are_inserted_together() -> None:
    check.flags(
        endpoint(
            "await «session.execute(\n"
            "    insert(Payment), [line.model_dump() for line in request_data.lines]\n)»"
        ),
        after=None,
        reason="the id is not written where it could be asked for",
    )
    check.clean(
        endpoint(
            "for line in request_data.lines:\n"
            "    await company_access.get_account(line.account_id)\n"
            "await session.execute(\n"
            "    insert(Payment), [line.model_dump() for line in request_data.lines]\n)"
        )
    )


def test_the_fields_of_a_schema_one_by_one() -> None:
    check.flags(
        endpoint(
            "payment = await company_access.get_payment(1)\n"
            "for field, value in request_data:\n"
            "    «setattr(payment, field, value)»",
            "PatchPaymentRequest",
        ),
        after=endpoint(
            "payment = await company_access.get_payment(1)\n"
            "if request_data.account_id is not None:\n"
            "    await company_access.get_account(request_data.account_id)\n"
            "for field, value in request_data:\n"
            "    setattr(payment, field, value)",
            "PatchPaymentRequest",
        ),
    )


SERVICE_CLASS = """
from app.api.deps import CompanyAccess
from app.models import Payment
from app.schemas.requests import RefundRequest, PaymentRequest


class Intake:
    def __init__(self, company_access: CompanyAccess):
        self.company_access = company_access

    async def take(self, data: PaymentRequest) -> Payment:
        payment = «Payment(account_id=data.account_id)»
        self.company_access.session.add(payment)
        return payment
"""
TAKES = """
@router.post("/payment")
async def create_payment(data: PaymentRequest, company_access: deps.CompanyAccessDep):
    return await Intake(company_access).take(data)
"""
ASKS = """
@router.post("/payment/other")
async def create_other(data: PaymentRequest, company_access: deps.CompanyAccessDep):
    await company_access.get_account(data.account_id)
    return None
"""


def test_another_endpoint_that_takes_the_schema_verifies_nothing_here() -> None:
    head = HEAD.replace("\nrouter =", "\nfrom app.api.intake import Intake\nrouter =")
    service = check.with_(path="app/api/intake.py", others={PATH: head + TAKES + ASKS})
    after = SERVICE_CLASS.replace("»", "").replace(
        "        payment = «",
        "        await self.company_access.get_account(data.account_id)\n        payment = ",
    )
    service.flags(SERVICE_CLASS, after=after)
    asking = TAKES.replace(
        "    return", "    await company_access.get_account(data.account_id)\n    return"
    )
    asked = check.with_(path="app/api/intake.py", others={PATH: head + asking})
    asked.clean(SERVICE_CLASS.replace("«", "").replace("»", ""))


def test_a_parameter_of_an_endpoint_that_is_handed_on() -> None:
    utility = """
    async def move(session, payment: Payment, account_id: int) -> None:
        «payment.account_id» = account_id
        await session.commit()
    """
    head = "from app.models import Payment\n\n\n"
    moving = """
@router.patch("/payment/moved")
async def move_payment(id: int, account_id: int, company_access: deps.CompanyAccessDep):
    payment = await company_access.get_payment(id)
    {}await move(company_access.session, payment, account_id)
"""
    endpoint_head = HEAD.replace("\nrouter =", "\nfrom app.api.moving import move\nrouter =")
    service = check.with_(
        path="app/api/moving.py", others={PATH: endpoint_head + moving.format("")}
    )
    service.flags(head + dedent(utility), after=None, reason="no endpoint")
    asks = moving.format("await company_access.get_account(account_id)\n    ")
    asked = check.with_(path="app/api/moving.py", others={PATH: endpoint_head + asks})
    asked.clean(head + dedent(utility).replace("«", "").replace("»", ""))
