"""TSL801: put the calls that add middleware in order."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.replacement import Replacement


def arrange(finding: Finding, edits: Edits) -> None:
    """Put each call where the plan has it."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, tuple):
        raise CannotFix("the calls are not where they were")
    for part in plan:
        assert isinstance(part, Replacement)
        edits.replace_span(part.span, part.code)


CODEMOD = Codemod("TSL801", arrange)
