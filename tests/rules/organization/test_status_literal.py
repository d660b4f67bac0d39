import pytest

from tests.harness import Check

CONSTANTS = """
PAYMENT_INTENT_PROCESSED_STATUS = "PROCESSED"
REFUND_DONE_STATUS = "DONE"
BOOKING_DONE_STATUS = "DONE"
WEB_CHANNEL = "WEB"
"""
check = Check(
    "TSL003",
    path="app/api/utils/payment_intent_utils.py",
    others={"app/__init__.py": "", "app/constants.py": CONSTANTS},
)
CONSTANT = "constants.PAYMENT_INTENT_PROCESSED_STATUS"


@pytest.mark.parametrize(
    "line",
    [
        "return payment.status == «'PROCESSED'»",
        "return «'PROCESSED'» != payment.status.name",
        "return payment_status in («'PROCESSED'», 'OTHER')",
        "return Payment.status.in_([«'PROCESSED'»])",
        "payment.status = «'PROCESSED'»",
        "payment_status: str = «'PROCESSED'»",
        "payment.status = «'PROCESSED'» if ok else 'OTHER'",
        "return Payment(status=«'PROCESSED'»)",
        "return query.filter_by(status=«'PROCESSED'»)",
        "payment.status = column(default=«'PROCESSED'»)",
        "print('é', payment.status == «'PROCESSED'»)",
    ],
)
def test_a_status_that_has_a_constant(line: str) -> None:
    before = f"from app import constants\n\n\ndef work(payment, ok):\n    {line}\n"
    start, _, rest = before.partition("«")
    after = f"{start}{CONSTANT}{rest.partition('»')[2]}"
    check.flags(before, after=after, message="there is PAYMENT_INTENT_PROCESSED_STATUS")


def test_the_import_is_written() -> None:
    check.flags(
        """\
        def work(payment, status=«"PROCESSED"»):
            return status
        """,
        after="""\
        from app import constants


        def work(payment, status=constants.PAYMENT_INTENT_PROCESSED_STATUS):
            return status
        """,
    )


@pytest.mark.parametrize(
    ("imported", "written"),
    [
        ("from app import constants as c", "c.PAYMENT_INTENT_PROCESSED_STATUS"),
        ("import app.constants as names", "names.PAYMENT_INTENT_PROCESSED_STATUS"),
        (
            "from app.constants import PAYMENT_INTENT_PROCESSED_STATUS as DONE",
            "DONE",
        ),
    ],
)
def test_how_the_file_names_the_constants(imported: str, written: str) -> None:
    check.flags(
        f"{imported}\n\nok = status == «'PROCESSED'»\n",
        after=f"{imported}\n\nok = status == {written}\n",
    )


def test_a_pattern() -> None:
    check.flags(
        """
        from app import constants

        match payment.status:
            case «"PROCESSED"» | "OTHER":
                pass
        """,
        after=f"""
        from app import constants

        match payment.status:
            case {CONSTANT} | "OTHER":
                pass
        """,
    )


def test_a_bare_name_would_catch_anything_in_a_pattern() -> None:
    check.flags(
        """
        from app.constants import PAYMENT_INTENT_PROCESSED_STATUS

        match payment.status:
            case «"PROCESSED"»:
                pass
        """,
        after=None,
        reason="catches anything",
    )


def test_two_constants_of_one_value() -> None:
    check.flags(
        "done = refund.status == «'DONE'»\n",
        after=None,
        reason="REFUND_DONE_STATUS, BOOKING_DONE_STATUS",
    )


def test_a_name_that_means_something_else() -> None:
    check.flags(
        "constants = PAYMENT_INTENT_PROCESSED_STATUS = 1\n\nok = status == «'PROCESSED'»\n",
        after=None,
        reason="means something else",
    )


@pytest.mark.parametrize(
    "line",
    [
        "response.status_code == 'PROCESSED'",
        "payment.status == 'UNKNOWN'",
        "payment.kind == 'PROCESSED'",
        "channel_status == 'WEB'",
        "answer = {'status': 'PROCESSED'}",
        "payment.status == constants.PAYMENT_INTENT_PROCESSED_STATUS  # 'PROCESSED'",
        "payment.status == f'PROCESSED{x}'",
        "send(payment.status, 'PROCESSED')",
    ],
)
def test_what_is_no_status_of_a_constant(line: str) -> None:
    check.clean(f"from app import constants\n\n{line}\n")


@pytest.mark.parametrize(
    "path", ["app/constants.py", "app/tests/test_payments.py", "other/utils.py"]
)
def test_where_literals_may_be(path: str) -> None:
    check.with_(path=path).clean("ok = payment.status == 'PROCESSED'\n")


def test_migrations_keep_what_they_were_written_with() -> None:
    text = "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    t.update().values(status='PROCESSED')\n"
    check.with_(path="app/alembic/versions/1_x.py").clean(text)
