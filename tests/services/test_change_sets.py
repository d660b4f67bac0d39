"""A service that lacks a getter and a schema: it leaks before the change sets, and not after them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.service_copy import ServiceCopy
from tests.services.test_fixture_services import DRIVER, ISOLATION_TESTS

pytestmark = pytest.mark.slow

RAW = {
    "    return await company_access.get_refund(id)\n": """\
    refund = await session.get(Refund, id)
    if refund is None:
        raise HTTPException(status_code=404, detail="Refund not found")
    return refund
""",
    "    return await company_access.get_refunds()\n": """\
    return (await session.scalars(select(Refund))).all()
""",
    "    refund = await company_access.get_refund(id)\n": """\
    result = await session.execute(select(Refund).where(Refund.id == id))
    refund = result.scalar_one()
""",
    "(\n    id: int,\n    company_access: deps.CompanyAccess = Depends(deps.get_company_access),\n)": (
        "(id: int, session: AsyncSession = Depends(deps.get_session))"
    ),
    "(\n    company_access: deps.CompanyAccess = Depends(deps.get_company_access),\n)": (
        "(session: AsyncSession = Depends(deps.get_session))"
    ),
    ", response_model=RefundResponse)": ")",
    ", response_model=list[RefundResponse])": ")",
    "    response_model=RefundResponse,\n": "",
    "import RefundReceiptResponse, RefundResponse\n": "import RefundReceiptResponse\n",
    "from fastapi import APIRouter, Depends\n": (
        "from fastapi import APIRouter, Depends, HTTPException\nfrom sqlalchemy import select\n"
    ),
    "\nfrom app.schemas.requests": "\nfrom app.models import Refund\nfrom app.schemas.requests",
}
UTILITY = '''
async def get_company_refund(
    session: AsyncSession,
    company_id: int,
    refund_id: int,
    allowed_account_ids: set[int] | None = None,
) -> Refund:
    """Fetch refund with company validation."""
    query = (
        select(Refund)
        .join(PaymentIntent, Refund.payment_intent_id == PaymentIntent.id)
        .where(Refund.id == refund_id, PaymentIntent.company_id == company_id)
    )

    if allowed_account_ids is not None:
        query = query.where(PaymentIntent.account_id.in_(allowed_account_ids))

    result = await session.execute(query)
    refund = result.scalar_one_or_none()

    if refund is None:
        raise HTTPException(status_code=404, detail="Refund not found")

    return refund
'''
SCHEMA = """
class RefundResponse(BaseResponse):
    id: int
    payment_intent_id: int
    amount: int
    reason: str | None = None
    reference: str
    status: str
    created_at: datetime.datetime
"""


def without(file: Path, *names: str) -> None:
    """Take definitions, and what is imported by those names, out of a file."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    spans = [
        (node.lineno - 1, node.end_lineno)
        for node in ast.walk(ast.parse(text))
        if getattr(node, "name", None) in names and getattr(node, "end_lineno", None)
    ]
    for start, end in sorted(spans, reverse=True):
        del lines[start:end]
        while 0 < start < len(lines) and not lines[start - 1].strip() and not lines[start].strip():
            del lines[start]
    file.write_text("".join(lines).rstrip() + "\n", encoding="utf-8")


@pytest.fixture
def lacking(tmp_path: Path) -> ServiceCopy:
    """Return a guesthouse without getters and schema of refunds, its endpoints asking outright."""
    service = ServiceCopy("guesthouse", tmp_path)
    app = service.folder / "app"
    endpoints = app / "api" / "endpoints" / "refunds.py"
    text = endpoints.read_text(encoding="utf-8")
    for old, new in RAW.items():
        assert old in text, old
        text = text.replace(old, new)
    endpoints.write_text(text, encoding="utf-8")
    utilities = "get_company_refund", "get_company_refunds"
    without(app / "api" / "deps.py", "get_refund", "get_refunds", *utilities)
    without(app / "api" / "utils" / "company_scoped_records_utils.py", *utilities)
    without(app / "schemas" / "responses.py", "RefundResponse")
    return service


def test_what_is_lacking_is_written_and_the_service_works(lacking: ServiceCopy) -> None:
    lacking.succeeds("-m", "alembic", "upgrade", "head")
    leaking = lacking.runs_tests(ISOLATION_TESTS, "-k", "refund")
    assert leaking.returncode == 1, leaking.stdout + leaking.stderr

    command = [sys.executable, "-m", "turnstay_lint", "--fix", "--unsafe-fixes", "."]
    done = subprocess.run(command, cwd=lacking.folder, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "fixed 6 in 4 files, 0 findings left" in done.stdout
    app = lacking.folder / "app"
    utilities = app / "api" / "utils" / "company_scoped_records_utils.py"
    assert UTILITY in utilities.read_text(encoding="utf-8")
    assert SCHEMA in (app / "schemas" / "responses.py").read_text(encoding="utf-8")
    passed = lacking.runs_tests()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    answer = json.loads(lacking.succeeds(DRIVER))
    assert answer["statuses"]["refund"] == 200
    assert answer["statuses"]["refunds"] == 200
    assert lacking.run("-m", "black", "--check", "app/api", "app/schemas").returncode == 0


def test_routers_that_nobody_included_answer_and_the_service_works(tmp_path: Path) -> None:
    service = ServiceCopy("drifted", tmp_path)
    selected = ["--select", "TSL109", "--fix", "--unsafe-fixes", "--output-format=concise", "."]
    done = service.run("-m", "turnstay_lint", "--no-cache", *selected)

    assert done.returncode == 1, done.stdout + done.stderr
    [left] = [line for line in done.stdout.splitlines() if ": TSL" in line]
    assert left.startswith("app/api/reports.py:12:2: TSL109 ")
    api = service.folder / "app" / "api" / "api.py"
    text = api.read_text(encoding="utf-8")
    assert 'api_router.include_router(statements.router, tags=["statements"])\n' in text
    assert "admin_router.include_router(plans.router)\n" in text
    assert '(offers.router, prefix="/public", tags=["public"])\n' in text
    passed = service.runs_tests()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    service.succeeds("-m", "alembic", "upgrade", "head")
    answer = json.loads(service.succeeds(DRIVER))
    new = {"/api/v1/statement", "/api/v1/admin/plan", "/api/v1/public/offer"}
    assert new <= set(answer["paths"])
    assert service.run("-m", "black", "--check", "app/api/api.py").returncode == 0
