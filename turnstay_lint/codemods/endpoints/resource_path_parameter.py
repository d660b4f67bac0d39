"""TSL103: take the parameter from the query."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import replace_argument
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.endpoints.resource_path_parameter import TakeFromQuery


def take_from_query(finding: Finding, edits: Edits) -> None:
    """Write the path without the parameter, and call that ``id``."""
    plan = finding.fix.plan if finding.fix is not None else None
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or not isinstance(plan, TakeFromQuery):
        raise CannotFix("the path is not where it was")
    replace_argument(edits, call, plan.path.path, plan.path.code)
    for name in plan.names:
        edits.replace_span(name, "id")


CODEMOD = Codemod("TSL103", take_from_query)
