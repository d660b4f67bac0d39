"""TSL104: answer PATCH."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import replace_argument
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.endpoints.put_endpoint import PATCH, SayPatch


def say_patch(finding: Finding, edits: Edits) -> None:
    """Write PATCH in place of PUT, in the list of methods or as the decorator."""
    plan = finding.fix.plan if finding.fix is not None else None
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or not isinstance(plan, SayPatch):
        raise CannotFix("the route is not where it was")
    if plan.listed is not None:
        start, end = edits.tree.lines.offsets(plan.listed)
        quote = edits.tree.text[start]
        if edits.tree.text[end - 1] != quote:
            raise CannotFix("its method is spelled in an unusual way")
        replace_argument(edits, call, plan.listed, f"{quote}{PATCH}{quote}")
        return
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "put":
        raise CannotFix("the route is not where it was")
    replace_argument(edits, call, edits.tree.span(call.func.attr), PATCH.lower())


CODEMOD = Codemod("TSL104", say_patch)
