"""TSL303: make the tenant's condition unconditional, and its parameter required."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.dedent import unguarded
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.unconditional_plan import MakeUnconditional


def make_unconditional(finding: Finding, edits: Edits) -> None:
    """Put what the guard of the plan holds in its place, and require the parameter."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, MakeUnconditional):
        raise CannotFix("the fix has no condition to free")
    guard = node_at(edits.tree, plan.guard, ast.If)
    edits.replace_text(*unguarded(edits.tree, guard, edits.settings.line_length))
    if plan.function is not None:
        function = node_at(edits.tree, plan.function, ast.AST)
        added = NewParameter(plan.code, has_default=False)
        width = edits.settings.line_length
        changed = changed_signature(
            edits.tree, function, width, add=added, drop=(plan.parameter,), beside=""
        )
        if changed is not None:
            edits.replace_text(*changed)


CODEMOD = Codemod("TSL303", make_unconditional)
