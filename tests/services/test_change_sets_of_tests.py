"""What change sets do to the tests of a service: it starts, and all its tests pass, the new too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.service_copy import SERVICES, ServiceCopy

pytestmark = pytest.mark.slow

TESTS = Path("app", "tests")
WRITTEN = {
    "TSL701": {
        TESTS / "endpoints" / "admin" / "test_admin_plans.py",
        TESTS / "endpoints" / "public" / "test_offers.py",
        TESTS / "endpoints" / "test_statements.py",
    },
    "TSL705": set[Path](),
    "TSL706": {
        TESTS / "utils" / "test_account_utils.py",
        TESTS / "utils" / "test_company_scoped_records_utils.py",
        TESTS / "utils" / "test_company_utils.py",
        TESTS / "utils" / "test_db_utils.py",
        TESTS / "utils" / "test_payment_intent_utils.py",
    },
}
RENAMED = {
    TESTS / "fixtures" / "mocks" / "paystream_mocks.py",
    TESTS / "utils" / "test_paystream_events.py",
}


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.py")}


@pytest.mark.parametrize("code", sorted(WRITTEN))
def test_a_change_set_of_tests(code: str, tmp_path: Path) -> None:
    service = ServiceCopy("drifted", tmp_path)
    options = ("--no-cache", "--fix", "--unsafe-fixes", f"--select={code}")
    done = service.run("-m", "turnstay_lint", *options, ".")
    assert done.returncode in (0, 1), done.stdout + done.stderr

    before, after = contents(SERVICES / "drifted"), contents(service.folder)
    assert set(after) - set(before) >= WRITTEN[code]
    changed = {path for path in before if before[path] != after.get(path)}
    assert changed == (RENAMED if code == "TSL705" else set())
    service.succeeds("-c", "import app.main")
    passed = service.runs_tests()
    assert passed.returncode == 0, passed.stdout[-4000:] + passed.stderr
    new = service.runs_tests("--collect-only", *sorted(set(after) - set(before) or RENAMED))
    assert "::test_" in new.stdout
