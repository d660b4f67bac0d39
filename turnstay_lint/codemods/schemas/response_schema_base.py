"""TSL401: derive from the service's own base class."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.schema_bases import DeriveFrom


def derive_from_base(finding: Finding, edits: Edits) -> None:
    """Name the base class of the plan, and import it; Pydantic's goes where nothing uses it."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, DeriveFrom):
        raise CannotFix("the fix has no base class to name")
    start, end = edits.tree.lines.offsets(finding.span)
    for module, name in plan.imports:
        edits.add_import(module, name)
    edits.drop_if_unused(edits.tree.text[start:end].partition(".")[0])
    edits.replace_span(finding.span, plan.text)


CODEMOD = Codemod("TSL401", derive_from_base)
