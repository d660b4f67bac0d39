"""TSL101: say what a route answers."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.schema_writing import write_schema
from turnstay_lint.findings import Finding
from turnstay_lint.rules.endpoints.missing_response_model import SetResponseModel


def declare_response_model(finding: Finding, edits: Edits) -> None:
    """Give the route's call the ``response_model=`` of the plan, and import what it names."""
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or finding.fix is None or not isinstance(finding.fix.plan, SetResponseModel):
        raise CannotFix("the route is not where it was")
    plan = finding.fix.plan
    for module, name in plan.imports:
        edits.add_import(module, name)
    for local in plan.replaced:
        edits.drop_if_unused(local)
    set_keyword(edits, call, "response_model", plan.text)


CODEMOD = Codemod("TSL101", declare_response_model, write_schema)
