"""TSL003: use the constant that there is for a status."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.named_values import put_name
from turnstay_lint.findings import Finding
from turnstay_lint.rules.organization.status_literal import UseConstant


def use_constant(finding: Finding, edits: Edits) -> None:
    """Put the constant in place of the string."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, UseConstant):
        raise CannotFix("the string is not where it was")
    put_name(edits, finding.span, plan.constant)


CODEMOD = Codemod("TSL003", use_constant)
