"""Real Alembic on tables with rows: what is reported fails, and after the fixes it works."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import Struct

from tests.behaviour.migrated import Walk, walk
from tests.behaviour.postgresql import MARKER, Server
from tests.behaviour.reported import Reported
from tests.services.service_copy import ServiceCopy

DATABASES = (
    pytest.param("sqlite", marks=pytest.mark.xdist_group("migrations")),
    pytest.param(
        "postgresql", marks=[getattr(pytest.mark, MARKER), pytest.mark.xdist_group(MARKER)]
    ),
)
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", DATABASES, indirect=True)]

FAILING_UP = ("TSL901", "TSL902")
FAILING_DOWN = ("TSL905",)
NO_FIX = {
    ("TSL901", "0010"): "SQL is not rewritten",
    ("TSL902", "0015"): "neither the migration nor the model gives `refunds.reference` a literal",
}
SPLIT = {
    "0009": [("guests", "country_name", ""), ("guests", "marketing_opt_in", False)],
    "0017": [("bookings", "updated_by", "system"), ("payment_intents", "updated_by", "system")],
    "0018": [("accounts", "timezone", "Africa/Johannesburg"), ("guests", "locale", "en")],
}
"""The columns that three revisions add, and what rows that are there get."""
MOVED = {
    "0008": ("accounts", "display_name", ["0008", "0008b"]),
    "0011": ("payment_intents", "channel", ["0011", "0011b", "0011c"]),
    "0019": ("accounts", "terms_and_conditions_url", ["0018c", "0018c_backfill", "0019"]),
}
"""Columns that one revision added and filled, or required unfilled, and the steps there are now."""
LEAP_FROM = "0016"


class Migrated(Struct, frozen=True):
    """A service's revisions, walked and read."""

    walk: Walk
    reported: Reported


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def services(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Migrated]]:
    """Each service is copied, perhaps fixed, and walked, two at a time."""
    folder = tmp_path_factory.mktemp(database)
    server: Server | None = None
    if database == "postgresql":
        server = request.getfixturevalue("postgresql")
    with ThreadPoolExecutor(2) as pool:
        begun = {
            name: pool.submit(
                _migrated, folder / name, server.database() if server else "", fixed, original
            )
            for name, original, fixed in (
                ("guesthouse", "guesthouse", False),
                ("drifted", "drifted", False),
                ("fixed", "drifted", True),
            )
        }
        yield {name: future.result() for name, future in begun.items()}


def _migrated(folder: Path, address: str, fixed: bool, original: str) -> Migrated:
    service = ServiceCopy(original, folder, address)
    if fixed:
        fixing = ("--no-cache", "--fix", "--unsafe-fixes", "--select=TSL9", ".")
        done = service.run("-m", "turnstay_lint", *fixing)
        assert done.returncode == 1, done.stdout + done.stderr
    return Migrated(walk(service, LEAP_FROM), Reported(service.folder))


def _revisions(reported: Reported, *codes: str) -> set[str]:
    return {Path(place.path).name.partition("_")[0] for place in reported.of(*codes)}


def test_the_clean_service_goes_up_and_down_with_rows(services: dict[str, Migrated]) -> None:
    assert services["guesthouse"].walk.failing_up == set()
    assert services["guesthouse"].walk.failing_down == set()


def test_upgrades_that_fail_on_rows_are_those_that_are_reported(
    services: dict[str, Migrated],
) -> None:
    drifted = services["drifted"]
    # What the batch of one revision hides is reported too; TSL902 may have it in any of them.
    reported = _revisions(drifted.reported, *FAILING_UP)
    adding = _revisions(drifted.reported, "TSL901")
    assert adding <= drifted.walk.failing_up <= reported


def test_downgrades_that_fail_on_rows_are_those_that_are_reported(
    services: dict[str, Migrated],
) -> None:
    drifted = services["drifted"]
    assert drifted.walk.failing_down == _revisions(drifted.reported, *FAILING_DOWN)


def test_after_the_fixes_nothing_fails_but_what_says_why(services: dict[str, Migrated]) -> None:
    fixed = services["fixed"]
    left = {
        (place.code, Path(place.path).name.partition("_")[0]): place.unfixable
        for place in fixed.reported.of("TSL901", "TSL902", "TSL903", "TSL905")
    }
    assert left.keys() == NO_FIX.keys()
    assert all(NO_FIX[key] in reason for key, reason in left.items()), left
    assert fixed.walk.failing_up == {revision for _, revision in NO_FIX}
    assert fixed.walk.failing_down == set()


@pytest.mark.parametrize("revision", sorted(SPLIT))
def test_the_chain_is_split_and_the_data_is_right_after_each_step(
    services: dict[str, Migrated], revision: str, database: str
) -> None:
    up = services["fixed"].walk.after
    for table, column, value in SPLIT[revision]:
        steps = [up(revision), up(f"{revision}b"), up(f"{revision}c")]
        added, filled, required = [step.values(table, column) for step in steps]
        # The upgrade that adds `updated_by` fills one of its tables itself.
        assert {*added} <= {None, value}, (table, column)
        assert None in added or (revision, table) == ("0017", "bookings")
        assert {*filled} == {value} == {*required}, (table, column)
        assert [column in step.tables[table].required for step in steps] == [False, False, True]


@pytest.mark.parametrize("revision", sorted(MOVED))
def test_what_moved_comes_a_step_at_a_time(services: dict[str, Migrated], revision: str) -> None:
    table, column, names = MOVED[revision]
    steps = [services["fixed"].walk.after(name) for name in names]
    assert None in steps[0].values(table, column)
    assert None not in steps[1].values(table, column)
    required = [column in step.tables[table].required for step in steps]
    assert required == [False, False, True][: len(steps)]


def test_several_revisions_at_once(services: dict[str, Migrated]) -> None:
    """Alembic has one transaction for all of them where the database can take changes back."""
    assert "NULL" in services["drifted"].walk.leap.error.upper()
    leap = services["fixed"].walk.leap
    assert not leap.error
    assert {*leap.values("guests", "locale")} == {"en"}


@pytest.mark.parametrize("revision", sorted(SPLIT))
def test_the_way_back_keeps_the_values_until_the_column_goes(
    services: dict[str, Migrated], revision: str
) -> None:
    walked = services["fixed"].walk
    for table, column, _ in SPLIT[revision]:
        there = walked.after(f"{revision}c").values(table, column)
        nullable = walked.after(f"{revision}b", up=False)
        kept = walked.after(revision, up=False)
        assert column not in nullable.tables[table].required
        assert len(nullable.values(table, column)) == len(there)
        assert None not in nullable.values(table, column)
        assert kept.values(table, column) == nullable.values(table, column)
