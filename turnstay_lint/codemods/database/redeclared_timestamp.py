"""TSL312: leave a timestamp to the base class."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.redeclared_timestamp import RemoveColumn


def remove_column(finding: Finding, edits: Edits) -> None:
    """Remove the statement, and the imports that nothing else uses."""
    plan = finding.fix.plan if finding.fix is not None else None
    statement = edits.tree.starting_at(finding.span, cst.SimpleStatementLine)
    if statement is None or not isinstance(plan, RemoveColumn):
        raise CannotFix("the declaration is not where it was")
    edits.remove_lines(statement)
    for name in plan.names:
        edits.drop_if_unused(name)


CODEMOD = Codemod("TSL312", remove_column)
