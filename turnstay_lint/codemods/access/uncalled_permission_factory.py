"""TSL203: call the factory, so that its check is depended on."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.access.uncalled_permission_factory import CallFactory
from turnstay_lint.rules.replacement import Replacement


def call_factory(finding: Finding, edits: Edits) -> None:
    """Put brackets behind what the finding points at."""
    if finding.fix is None or not isinstance(finding.fix.plan, CallFactory):
        raise CannotFix("the dependency is not where it was")
    start, end = edits.tree.lines.offsets(finding.span)
    replace_parts(edits, [Replacement(finding.span, f"{edits.tree.text[start:end]}()")])


CODEMOD = Codemod("TSL203", call_factory)
