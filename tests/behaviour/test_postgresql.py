"""The fixture services on PostgreSQL: they migrate, agree with their models, and answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.behaviour.conftest import fixed_copy
from tests.behaviour.postgresql import MARKER, Server
from tests.services.service_copy import ServiceCopy
from tests.services.test_fixture_services import DRIVER

pytestmark = [
    pytest.mark.slow,
    getattr(pytest.mark, MARKER),
    pytest.mark.xdist_group(MARKER),
]


@pytest.mark.parametrize("name", ["guesthouse", "drifted", "fixed"])
def test_a_service_migrates_and_answers(name: str, postgresql: Server, tmp_path: Path) -> None:
    address = postgresql.database()
    if name == "fixed":
        service = fixed_copy(tmp_path, database=address)
    else:
        service = ServiceCopy(name, tmp_path, address)

    service.succeeds("-m", "alembic", "upgrade", "head")
    service.succeeds("-m", "alembic", "check")
    statuses = json.loads(service.succeeds(DRIVER))["statuses"]

    leaked = statuses.pop("account of another") == 200
    assert leaked is (name == "drifted")
    seen_by_companies = statuses.pop("companies as a company") == 200
    assert seen_by_companies is (name == "drifted")
    assert statuses.pop("forged token") == 401
    assert statuses.pop("no token") in (400, 401)
    assert set(statuses.values()) == {200}, statuses
