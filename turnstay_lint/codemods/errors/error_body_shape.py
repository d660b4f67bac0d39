"""TSL603: say an error's message as its detail."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.errors.error_body_shape import SayDetail


def say_detail(finding: Finding, edits: Edits) -> None:
    """Replace the key, or the string, as the plan says."""
    if finding.fix is None or not isinstance(finding.fix.plan, SayDetail):
        raise CannotFix("the body is not where it was")
    replace_parts(edits, finding.fix.plan.parts)


CODEMOD = Codemod("TSL603", say_detail)
