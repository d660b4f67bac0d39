"""TSL108: make the endpoint async def."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.signatures import signature_behind
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.endpoints.sync_endpoint import MakeAsync


def make_async(finding: Finding, edits: Edits) -> None:
    """Write ``async`` before the function, and its parameters on more lines if it gets too long."""
    if finding.fix is None or not isinstance(finding.fix.plan, MakeAsync):
        raise CannotFix("the function is not where it was")
    function = node_at(edits.tree, finding.fix.plan.function, ast.FunctionDef)
    width = edits.settings.line_length
    edits.replace_text(*signature_behind(edits.tree, function, width, "async "))


CODEMOD = Codemod("TSL108", make_async)
