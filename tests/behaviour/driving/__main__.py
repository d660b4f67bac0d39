"""Makes every call of ``calls.toml`` as every party, and prints what came of each as JSON.

Run in the folder of a service; each call has a database of its own, with the world it is made in.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from app.core.database import session_factory
from app.main import app
from app.models import Base
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import NullPool, event
from sqlalchemy.ext.asyncio import create_async_engine

from tests.behaviour.driving.lazy_loads import Watch
from tests.behaviour.driving.ownership import References, Rows, changes
from tests.behaviour.driving.parties import Party, World, parties
from tests.behaviour.driving.seeding import Records, seed

CALLS = Path(__file__).parents[1] / "calls.toml"
# What is new with every request: references that are made up, and times.
PASSING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)?"
)


class Drive:
    """Calls a service in worlds that are made once each, in a folder."""

    def __init__(self, folder: Path, client: AsyncClient) -> None:
        self._folder = folder
        self._client = client
        self._watch = Watch()
        self._references = References(Base.metadata)
        self._worlds: dict[str, Path] = {}
        self._database = folder / "called.db"
        engine = create_async_engine(f"sqlite+aiosqlite:///{self._database}", poolclass=NullPool)
        event.listen(engine.sync_engine, "connect", _need_not_last)
        session_factory.configure(bind=engine)

    async def call(self, party: Party, world: World, endpoint: str, given: Any) -> dict[str, Any]:
        """Make one call, and return what it was and what came of it."""
        shutil.copy(self._seeded(world), self._database)
        before = Rows(self._database, self._references)
        self._watch.taken()
        response = await self._send(party, endpoint, given)
        after = Rows(self._database, self._references)
        return {
            "endpoint": endpoint,
            "given": given,
            "party": party.name,
            "world": world.name,
            "status": response.status_code,
            "body": PASSING.sub("…", response.text),
            **_trespasses(party, before, after),
            **self._watch.taken(),
        }

    async def _send(self, party: Party, endpoint: str, given: Any) -> Response:
        method, path = endpoint.split()
        return await self._client.request(
            method,
            path.format(**_meant(given.get("path", {}), party)),
            params=_meant(given.get("query", {}), party),
            json=_meant(given["body"], party) if "body" in given else None,
            headers=party.headers,
        )

    def _seeded(self, world: World) -> Path:
        if world.name not in self._worlds:
            database = self._folder / f"{world.name}.db"
            seed(database, world.accounts)
            self._worlds[world.name] = database
        return self._worlds[world.name]


def _need_not_last(connection: Any, record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _meant(given: dict[str, Any], party: Party) -> dict[str, Any]:
    return {name: _value(value, party) for name, value in given.items()}


def _value(value: Any, party: Party) -> Any:
    """Return what a value of a call stands for: ``their.account``, ``own.account.name``."""
    records: dict[str, Records] = {"own": party.own, "their": party.their}
    whose, _, which = value.partition(".") if isinstance(value, str) else ("", "", "")
    if whose not in records:
        return value
    name, _, attribute = which.partition(".")
    return getattr(records[whose][name], attribute or "id")


def _trespasses(party: Party, before: Rows, after: Rows) -> dict[str, list[str]]:
    """Say which rows of others a call changed, and which rows it made refer to them."""
    if party.theirs is None:
        return {"changed": [], "referring": []}
    theirs_before = before.of(party.apart_by, party.theirs)
    theirs_after = after.of(party.apart_by, party.theirs)
    return {
        "changed": [*changes(theirs_before, theirs_after)],
        "referring": sorted(after.referring(theirs_after) - before.referring(theirs_before)),
    }


def _endpoints() -> list[str]:
    """Return every endpoint that the running application has, as its own schema lists them."""
    return sorted(
        f"{method.upper()} {path}"
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    )


async def _drive(folder: Path, names: Collection[str]) -> list[dict[str, Any]]:
    calls = tomllib.loads(CALLS.read_text(encoding="utf-8"))
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://service") as client:
        drive = Drive(folder, client)
        return [
            await drive.call(party, world, endpoint, given)
            for party, endpoint in itertools.product(parties(), _endpoints())
            if party.name in names and party.below in endpoint
            for given in calls.get(endpoint, {"calls": []})["calls"]
            if party.name in given.get("only", [party.name])
            for world in party.worlds
        ]


def main() -> None:
    """Print the endpoints of the service, its schema, and what came of every call.

    Who calls is named on the command line.
    """
    with tempfile.TemporaryDirectory() as folder:
        called = asyncio.run(_drive(Path(folder), sys.argv[1:]))
    print(json.dumps({"endpoints": _endpoints(), "schema": app.openapi(), "called": called}))


if __name__ == "__main__":
    main()
