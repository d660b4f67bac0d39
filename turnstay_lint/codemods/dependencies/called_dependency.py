"""TSL505: hand the dependency over instead of calling it."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.replacement import Replacement


def hand_over(finding: Finding, edits: Edits) -> None:
    """Put the function's name where its call is."""
    if finding.fix is None or not isinstance(finding.fix.plan, Replacement):
        raise CannotFix("the dependency is not where it was")
    replace_parts(edits, [finding.fix.plan])


CODEMOD = Codemod("TSL505", hand_over)
