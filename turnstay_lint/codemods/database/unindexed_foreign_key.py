"""TSL311: index a foreign key."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.unindexed_foreign_key import AddIndex


def add_index(finding: Finding, edits: Edits) -> None:
    """Give the column ``index=True``."""
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or finding.fix is None or not isinstance(finding.fix.plan, AddIndex):
        raise CannotFix("the column is not where it was")
    set_keyword(edits, call, "index", "True")


CODEMOD = Codemod("TSL311", add_index)
