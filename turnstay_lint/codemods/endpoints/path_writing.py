"""A path written anew among the arguments of the call that has it."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import replace_argument
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.endpoints.path_plan import WritePath


def write_path(finding: Finding, edits: Edits) -> None:
    """Write the path of the plan, and import what it names."""
    plan = finding.fix.plan if finding.fix is not None else None
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or not isinstance(plan, WritePath):
        raise CannotFix("the path is not where it was")
    for module, name in plan.imports:
        if edits.add_import(module, name) != name:
            raise CannotFix(f"the file has another name for {module}.{name}")
    replace_argument(edits, call, plan.path, plan.code)
