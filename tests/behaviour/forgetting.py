"""Guards that the clean service has, taken out: what it then leaks must be reported."""

from __future__ import annotations

from pathlib import Path

_UTILITIES = "app/api/utils/company_scoped_records_utils.py"
_ACCESS = "app/api/deps.py"
_BOOKINGS = "app/api/endpoints/bookings.py"

FORGOTTEN = (
    # TSL302: a getter of one payment intent asks for nobody's in particular.
    (_UTILITIES, "        PaymentIntent.company_id == company_id,\n", ""),
    # TSL303: one of refunds does so when it is not told whose, and is not told.
    (
        _UTILITIES,
        """\
async def get_company_refunds(
    session: AsyncSession,
    company_id: int,
""",
        """\
async def get_company_refunds(
    session: AsyncSession,
    company_id: int | None = None,
""",
    ),
    (
        _UTILITIES,
        """\
    query = (
        select(Refund)
        .join(PaymentIntent, Refund.payment_intent_id == PaymentIntent.id)
        .where(PaymentIntent.company_id == company_id)
    )
""",
        """\
    query = select(Refund).join(
        PaymentIntent, Refund.payment_intent_id == PaymentIntent.id
    )
    if company_id is not None:
        query = query.where(PaymentIntent.company_id == company_id)
""",
    ),
    (
        _ACCESS,
        """\
        return await get_company_refunds(
            self.session,
            self.company_id,
""",
        """\
        return await get_company_refunds(
            self.session,
""",
    ),
    # TSL316: a booking is given to whatever guest the client names.
    (
        _BOOKINGS,
        """\
    if request_data.guest_id is not None:
        await company_access.get_guest(request_data.guest_id)
""",
        "",
    ),
)
"""File, text of it, and what stands there instead."""

LEAKING = {
    "TSL302": {
        "GET /api/v1/payment_intent",
        "PATCH /api/v1/payment_intent",
        "POST /api/v1/payment_intent/cancel",
        "POST /api/v1/refund",
    },
    "TSL303": {"GET /api/v1/refunds"},
    "TSL316": {"PATCH /api/v1/booking"},
}
"""The endpoints that then leak, by the rule that must say so."""


def forget(folder: Path) -> None:
    """Take the guards out of the service in a folder."""
    for path, before, after in FORGOTTEN:
        file = folder / path
        source = file.read_text(encoding="utf-8")
        assert source.count(before) == 1, before
        file.write_text(source.replace(before, after), encoding="utf-8")
