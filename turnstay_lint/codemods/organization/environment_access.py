"""TSL004: read a variable of the environment from the settings."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.named_values import put_name
from turnstay_lint.findings import Finding
from turnstay_lint.rules.organization.environment_access import ReadSettings


def read_settings(finding: Finding, edits: Edits) -> None:
    """Put the field of the settings in place of what reads the environment."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, ReadSettings):
        raise CannotFix("what reads the environment is not where it was")
    put_name(edits, finding.span, plan.instance, f".{plan.field}")
    for name in plan.unused:
        edits.drop_if_unused(name)


CODEMOD = Codemod("TSL004", read_settings)
