"""TSL903: part a revision where changes of rows and changes of the schema meet."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.migrations.revision_writing import take_out, write_revision
from turnstay_lint.findings import Finding
from turnstay_lint.rules.migrations.moved_revisions import TakeOut


def part_revision(finding: Finding, edits: Edits) -> None:
    """Take out of the revision what the new ones get."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, TakeOut):
        raise CannotFix("the statements are not where they were")
    take_out(plan, edits)


CODEMOD = Codemod("TSL903", part_revision, write_revision)
