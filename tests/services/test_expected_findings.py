"""The clean service is clean, and the drifted one has exactly the findings written beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.expected import expected_findings
from tests.services.service_copy import SERVICES
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.configuring.registry import all_rules
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.findings import Finding

EXPECTED = expected_findings()


def findings_of(service: str) -> tuple[Finding, ...]:
    report = check([SERVICES / service], Options(jobs=1))
    assert not report.crashes
    assert not report.unreadable
    return report.findings


def test_the_service_that_follows_the_handbook_is_clean() -> None:
    assert findings_of("guesthouse") == ()


@pytest.mark.parametrize("code", sorted(rule.code for rule in all_rules() if rule.default))
def test_the_drifted_service_has_what_is_expected(code: str) -> None:
    found = {
        (
            Path(f.path).resolve().relative_to(SERVICES / "drifted").as_posix(),
            f.span.line,
            f.fix.applicability.value if f.fix else "none",
        )
        for f in findings_of("drifted")
        if f.code == code
    }
    expected = {
        (row["path"], row["line"], row["applicability"]) for row in EXPECTED if row["code"] == code
    }
    assert found == expected


def test_every_rule_is_broken_at_least_three_ways() -> None:
    for rule in (rule for rule in all_rules() if rule.default):
        rows = [row for row in EXPECTED if row["code"] == rule.code]
        assert len(rows) >= 3 or rule.code == "TSL000", rule.code
