"""A finding with two fixes: the bolder is made where it is asked for and can be, else the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.services import write
from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.repairing.repair import repair
from turnstay_lint.engine.services.service import Services
from turnstay_lint.findings import Applicability
from turnstay_lint.reporters.view import remedy

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{}"
down_revision = {}


def upgrade():
    {}
"""
ADDS = 'op.add_column("t", sa.Column("n", sa.Integer(), nullable=False, default=1))'
VERSIONS = Path("alembic", "versions")


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "pyproject.toml": "",
            "alembic/versions/a.py": REVISION.format("a", None, ADDS),
            "alembic/versions/z.py": REVISION.format("z", '"a"', "pass"),
        },
    )


def run(*paths: Path, unsafe: bool, dry: bool = False) -> Report:
    options = Options(Services(select=("TSL901",)), jobs=1)
    return repair(paths, options, unsafe_too=unsafe, dry=dry)


def made(report: Report) -> set[str]:
    return {Path(change.file).name for change in report.changes}


def test_the_safe_one_is_made_unless_unsafe_ones_are_asked_for(service: Path) -> None:
    assert made(run(service, unsafe=False)) == {"a.py"}


def test_the_bolder_one_is_made_where_unsafe_ones_are(service: Path) -> None:
    report = run(service, unsafe=True)
    assert made(report) == {"a.py", "z.py", "a_backfill.py", "a_require.py"}
    assert report.findings == ()


def test_the_safe_one_is_made_where_the_run_does_not_look_at_the_other_files(
    service: Path,
) -> None:
    report = run(service / VERSIONS / "a.py", unsafe=True)
    assert made(report) == {"a.py"}
    assert report.findings == ()
    assert not (service / VERSIONS / "a_backfill.py").exists()


def test_a_run_that_writes_nothing_shows_what_it_would_make(service: Path) -> None:
    (finding,) = run(service, unsafe=True, dry=True).findings
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE
    (finding,) = run(service, unsafe=False, dry=True).findings
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SAFE


def test_both_are_named(service: Path) -> None:
    (finding,) = run(service, unsafe=False, dry=True).findings
    said = remedy(finding)
    assert said.startswith("fix: Add the column with nullable=True (--fix); with --unsafe-fixes: ")
    assert "backfill in a new revision a_backfill" in said
    assert "rows that are there get a value that a person should confirm (t.n 1)" in said
