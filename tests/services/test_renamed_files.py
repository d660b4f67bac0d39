"""Files get their names back, with every import of them, and the service works as before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.services.service_copy import SERVICES, ServiceCopy
from tests.services.test_fixture_services import DRIVER

pytestmark = pytest.mark.slow

MISNAMED = {
    "app/api/utils/currency_utils.py": "currency_helpers",
    "app/api/utils/company_scoped_records_utils.py": "company_scoped_records",
    "app/core/middleware/logging_middleware.py": "logging",
    "app/tests/fixtures/mocks/auth_mocks.py": "mock_auth",
    "app/tests/fixtures/account_fixtures.py": "account",
}


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((folder / "app").rglob("*.py"))
    }


def misname(folder: Path) -> None:
    for path, wrong in MISNAMED.items():
        file = folder / path
        dotted = path.removesuffix(".py").replace("/", ".")
        package = dotted.rpartition(".")[0]
        for other in (folder / "app").rglob("*.py"):
            text = other.read_text(encoding="utf-8")
            changed = re.sub(rf"\b{re.escape(dotted)}\b", f"{package}.{wrong}", text)
            other.write_text(changed, encoding="utf-8")
        file.rename(file.with_name(f"{wrong}.py"))


def test_files_get_their_names_and_the_service_works(tmp_path: Path) -> None:
    service = ServiceCopy("guesthouse", tmp_path)
    misname(service.folder)
    right = contents(SERVICES / "guesthouse")
    assert contents(service.folder) != right

    fixing = ("-m", "turnstay_lint", "--no-cache", "--select", "TSL002", "--fix")
    service.succeeds(*fixing, "--unsafe-fixes", ".")

    assert contents(service.folder).keys() == right.keys()
    done = service.runs_tests()
    assert done.returncode == 0, done.stdout + done.stderr
    service.succeeds("-m", "alembic", "upgrade", "head")
    assert '"status": "ok"' in service.succeeds(DRIVER)
