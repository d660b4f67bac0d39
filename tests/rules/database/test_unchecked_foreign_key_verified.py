"""What verifies a client's id before it is stored, and what does not (TSL316)."""

import pytest

from tests.rules.database.payment_endpoints import ASKED, HEAD, check, endpoint

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
