"""Two companies with the same kinds of records, made with the service's own models.

Every company has two accounts with bookings and payments of their own: one that bears its name,
and an annex, which both companies call so. Its guests, who belong to no account, have stayed at
both. Identifiers are fixed, and those of the second company are the highest, so that what the
database numbers next does not depend on the first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from app import constants
from app.models import (
    Account,
    Base,
    Booking,
    Company,
    CompanyStatus,
    Currency,
    Guest,
    PaymentIntent,
    Refund,
    User,
    UserAccount,
)
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

Records = dict[str, Base]
"""Records by the name that a call has for them: ``account``, ``merged_guest``."""

BEFORE = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
ANNEX = "Annex"


class Identity(NamedTuple):
    """A company, and the numbers from which its records are counted."""

    number: int
    name: str
    tenant_id: str
    user_id: str

    @property
    def account(self) -> int:
        return self.number * 10 + 1

    @property
    def annex(self) -> int:
        return self.number * 10 + 2


SEA_VIEW = Identity(1, "Sea View", "sea_view", "reception of sea_view")
HILL_TOP = Identity(2, "Hill Top", "hill_top", "reception of hill_top")


def seed(database: Path, companies: Mapping[Identity, Iterable[int]]) -> None:
    """Make a database with the tables of the service, and in it companies with these accounts."""
    engine = create_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for record in _records(companies):
            record.created_at = record.updated_at = BEFORE
            session.merge(record)
        session.commit()
    engine.dispose()


def _records(companies: Mapping[Identity, Iterable[int]]) -> Iterator[Base]:
    yield from shared_records()
    for company, accounts in companies.items():
        yield from company_records(company).values()
        for account in accounts:
            yield from account_records(company, account).values()


def shared_records() -> Iterator[Base]:
    """Yield what belongs to no company."""
    yield Currency(id=1, code="ZAR", name="South African Rand", symbol="R")
    yield CompanyStatus(id=1, name=constants.COMPANY_TRADING_STATUS)


def company_records(company: Identity) -> Records:
    """Return a company with its guests and a user, who may see its first account only."""
    number, name = company.number, company.name
    first = number * 10
    owned = {"company_id": number}
    return {
        "company": Company(id=number, name=name, tenant_id=company.tenant_id, status_id=1),
        "user": User(
            id=number,
            descope_user_id=company.user_id,
            email=f"reception@{company.tenant_id}.example",
            **owned,
        ),
        "allowed": UserAccount(id=number, user_id=number, account_id=company.account),
        "guest": _guest(first + 1, f"Thandi of {name}", **owned),
        "merged_guest": _guest(first + 2, f"T. of {name}", merged_into_id=first + 1, **owned),
        "new_guest": _guest(first + 3, f"Lerato of {name}", **owned),
    }


def account_records(company: Identity, account_id: int) -> Records:
    """Return an account with bookings, payments and a refund of its own."""
    first = account_id * 10
    name = ANNEX if account_id == company.annex else company.name
    owned = {"company_id": company.number, "account_id": account_id}
    payment = {"currency_id": 1, "billing_amount": 1000 + account_id, **owned}
    place = f"{company.tenant_id} {account_id}"
    return {
        "account": Account(
            id=account_id,
            company_id=company.number,
            currency_id=1,
            name=name,
            display_name=f"{name} of {company.name}",
            country_name="South Africa",
        ),
        "booking": _booking(first + 1, company, **owned),
        "moved_booking": _booking(first + 2, company, moved_from_id=first + 1, **owned),
        "payment_intent": PaymentIntent(
            id=first + 1, booking_id=first + 1, reference=f"open {place}", **payment
        ),
        "paid_payment_intent": PaymentIntent(
            id=first + 2,
            booking_id=first + 2,
            reference=f"paid {place}",
            status=constants.PAYMENT_INTENT_PROCESSED_STATUS,
            **payment,
        ),
        "refund": Refund(
            id=first + 1, payment_intent_id=first + 2, amount=10, reference=f"refund {place}"
        ),
    }


def _guest(id: int, full_name: str, **values: int) -> Guest:
    return Guest(id=id, full_name=full_name, email=f"guest{id}@example.com", **values)


def _booking(id: int, company: Identity, **values: int) -> Booking:
    return Booking(
        id=id,
        guest_id=company.number * 10 + 1,
        check_in=datetime.date(2024, 5, 1),
        check_out=datetime.date(2024, 5, 4),
        **values,
    )
