"""TSL005: use the settings that the service shares."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.named_values import put_name
from turnstay_lint.findings import Finding
from turnstay_lint.rules.organization.settings_instance import UseInstance


def use_instance(finding: Finding, edits: Edits) -> None:
    """Put the shared instance in place of the call."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, UseInstance):
        raise CannotFix("the call is not where it was")
    put_name(edits, finding.span, plan.instance)
    for name in plan.unused:
        edits.drop_if_unused(name)


CODEMOD = Codemod("TSL005", use_instance)
