"""Loops that write what the client sent over a row, foreign keys among it (TSL316)."""

import pytest

from tests.rules.database.payment_endpoints import check, endpoint


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
