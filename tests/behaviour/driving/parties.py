"""Who calls, for whose records, and in which worlds.

What is not theirs to see must not matter to a party: with and without it, the same request has
the same answer. So each party calls in a world that holds what others have, and in one that does
not.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.behaviour.driving.seeding import (
    HILL_TOP,
    SEA_VIEW,
    Identity,
    Records,
    account_records,
    company_records,
)
from tests.services.tokens import Headers, access_key, admin_token, session_token


class World(NamedTuple):
    """The companies that there are, each with those of its accounts that there are."""

    name: str
    accounts: dict[Identity, tuple[int, ...]]


class Party(NamedTuple):
    """Who calls, and from whom they are kept apart: the row ``theirs`` of the table ``apart_by``.

    ``own`` and ``their`` are the records that calls name, ``below`` the paths that are called.
    """

    name: str
    headers: Headers
    own: Records
    their: Records
    apart_by: str
    theirs: int | None
    worlds: tuple[World, ...]
    below: str = "/"


ALL = World(
    "all",
    {
        SEA_VIEW: (SEA_VIEW.account, SEA_VIEW.annex),
        HILL_TOP: (HILL_TOP.account, HILL_TOP.annex),
    },
)
WITHOUT_SEA_VIEW = World(
    "without the other company", {HILL_TOP: (HILL_TOP.account, HILL_TOP.annex)}
)
WITHOUT_ANNEX = World(
    "without the other account",
    {SEA_VIEW: (SEA_VIEW.account,), HILL_TOP: (HILL_TOP.account, HILL_TOP.annex)},
)
ALONE = World("alone", {SEA_VIEW: (SEA_VIEW.account, SEA_VIEW.annex)})


def parties() -> tuple[Party, ...]:
    """Return everybody who calls."""
    sea_view, hill_top = _of(SEA_VIEW, SEA_VIEW.account), _of(HILL_TOP, HILL_TOP.account)
    annex = _of(SEA_VIEW, SEA_VIEW.annex)
    return (
        Party(
            "stranger",
            access_key(HILL_TOP.tenant_id),
            own=hill_top,
            their=sea_view,
            apart_by="companies",
            theirs=SEA_VIEW.number,
            worlds=(ALL, WITHOUT_SEA_VIEW),
        ),
        Party(
            "limited user",
            session_token(SEA_VIEW.tenant_id, SEA_VIEW.user_id),
            own=sea_view,
            their=annex,
            apart_by="accounts",
            theirs=SEA_VIEW.annex,
            worlds=(ALL, WITHOUT_ANNEX),
        ),
        Party(
            "owner",
            access_key(SEA_VIEW.tenant_id),
            own=sea_view,
            their=sea_view,
            apart_by="companies",
            theirs=None,
            worlds=(ALONE,),
        ),
        Party(
            "administrator",
            admin_token(),
            own=sea_view,
            their=sea_view,
            apart_by="companies",
            theirs=None,
            worlds=(ALL,),
            below="/api/v1/admin/",
        ),
    )


def _of(company: Identity, account_id: int) -> Records:
    annex = account_records(company, company.annex)["account"]
    return {**company_records(company), "annex": annex, **account_records(company, account_id)}
