"""TSL902: move what requires a column to a revision of its own, and fill the column before."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.migrations.revision_writing import repoint, take_out, write_revision
from turnstay_lint.findings import Finding
from turnstay_lint.rules.migrations.moved_revisions import Repoint, TakeOut


def require_in_its_own_revision(finding: Finding, edits: Edits) -> None:
    """Take the operation out of the revision, or let that follow the one that fills the column."""
    plan = finding.fix.plan if finding.fix is not None else None
    if isinstance(plan, TakeOut):
        take_out(plan, edits)
    elif isinstance(plan, Repoint):
        repoint(plan, edits)
    else:
        raise CannotFix("the operation is not where it was")


CODEMOD = Codemod("TSL902", require_in_its_own_revision, write_revision)
