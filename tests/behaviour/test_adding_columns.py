"""Each way to add a column: what TSL901 says, and what Alembic does on a table with rows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tests.behaviour.adding_columns import FAULTS, FILES, SPELLINGS, TABLES, TWINS, Spelling
from tests.behaviour.postgresql import MARKER
from tests.harness import Check

check = Check("TSL901", path="alembic/versions/0002_change.py")
DATABASES = (
    "sqlite",
    pytest.param(
        "postgresql", marks=[getattr(pytest.mark, MARKER), pytest.mark.xdist_group(MARKER)]
    ),
)
SCHEMAS = count()


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    address = "sqlite://"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql").database()
    engine = sa.create_engine(address, poolclass=sa.pool.StaticPool)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Two tables with rows: in a schema of their own, or in memory."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            schema = f"number_{next(SCHEMAS)}"
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            connection.exec_driver_sql(f"SET search_path TO {schema}")
        for statement in TABLES:
            connection.exec_driver_sql(statement)
        connection.commit()
        yield connection
        connection.rollback()
        if engine.dialect.name == "sqlite":
            for table in sa.inspect(connection).get_table_names():
                connection.exec_driver_sql(f'DROP TABLE "{table}"')
        connection.commit()


@pytest.fixture(autouse=True)
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The files that revisions import their steps from."""
    for path, text in FILES:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.startswith("shared_steps")]:
        del sys.modules[name]


def error_of(text: str, connection: sa.Connection) -> str:
    """Run a revision's upgrade, and return how it fails, empty where it does not."""
    names: dict[str, Callable[[], None]] = {}
    exec(compile(text, "revision", "exec"), names)
    context = MigrationContext.configure(connection)
    try:
        with context.begin_transaction(), Operations.context(context):
            names["upgrade"]()
    except (sa.exc.DBAPIError, NotImplementedError) as error:
        connection.rollback()
        return "\n".join(map(str, _chain(error)))
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__context__


def checked(spelling: Spelling) -> Check:
    return check.with_(others=dict(spelling.others))


def test_there_are_enough() -> None:
    assert len(FAULTS) >= 21
    assert len(SPELLINGS) >= 40
    assert len({spelling.text for spelling in SPELLINGS}) == len(SPELLINGS)
    assert {spelling.faulty for spelling in TWINS} == {False}


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("engine", DATABASES, indirect=True)
@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling.name)
def test_what_is_found_fails_and_what_is_not_does_not(
    spelling: Spelling, connection: sa.Connection
) -> None:
    found = checked(spelling).findings(spelling.text)
    assert bool(found) is spelling.faulty
    error = error_of(spelling.text, connection)
    differs = spelling.differs(connection.dialect.name)
    assert bool(error) is (spelling.faulty is not bool(differs)), error
    assert not error or differs or "NULL" in error.upper(), error


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("engine", DATABASES, indirect=True)
@pytest.mark.parametrize(
    "spelling", [s for s in SPELLINGS if s.faulty], ids=lambda spelling: spelling.name
)
def test_after_its_fix_it_does_not_fail(spelling: Spelling, connection: sa.Connection) -> None:
    fixed = checked(spelling).fixed(spelling.text)
    left = checked(spelling).findings(fixed)
    error = error_of(fixed, connection)
    assert (fixed == spelling.text) is bool(left)
    assert not error or all(finding.unfixable for finding in left), error
    assert left or not error
