"""TSL306: say how a relationship is loaded."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.lazy_relationship import SetLazy


def declare_loading(finding: Finding, edits: Edits) -> None:
    """Give the relationship call the ``lazy=`` of the plan."""
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or finding.fix is None or not isinstance(finding.fix.plan, SetLazy):
        raise CannotFix("the relationship call is not where it was")
    set_keyword(edits, call, "lazy", f'"{finding.fix.plan.value}"')


CODEMOD = Codemod("TSL306", declare_loading)
