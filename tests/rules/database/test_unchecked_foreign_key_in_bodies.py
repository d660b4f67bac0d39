"""Ids in bodies that no schema describes, and in rows that are inserted together (TSL316)."""

from tests.rules.database.payment_endpoints import ENDPOINT, HEAD, check, endpoint

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
