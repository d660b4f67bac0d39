"""Findings made by hand, so that what a reporter writes does not hang on any rule's words."""

from __future__ import annotations

from typing import Any

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.findings import Finding, Fix, Related, Severity
from turnstay_lint.reporters.view import View
from turnstay_lint.source.positions import Span


def finding(
    span: tuple[int, int, int, int] = (1, 0, 1, 1),
    *,
    code: str = "TSL306",
    path: str = "app/models.py",
    message: str = "loads lazily",
    severity: Severity = Severity.ERROR,
    help: str = "",
    related: tuple[Related, ...] = (),
    scope: str = "",
    fix: Fix | None = None,
) -> Finding:
    """Return a finding; without a fix its reason is ``a person decides``."""
    return Finding(
        code=code,
        name="lazy-relationship",
        severity=severity,
        path=path,
        span=Span(*span),
        message=message,
        help=help,
        related=related,
        scope=scope,
        fix=fix,
        unfixable="" if fix else "a person decides",
    )


def view(*findings: Finding, source: str = "", path: str = "app/models.py", **more: Any) -> View:
    """Return a view of findings in one source."""
    contents = {path: source.encode()}
    return View(Report(findings, files=1), contents=contents, **more)
