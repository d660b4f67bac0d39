"""TSL304: take the tenant from company access."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.trusted_tenant import TakeTenant
from turnstay_lint.source.scopes import FunctionNode


def take_trusted_tenant(finding: Finding, edits: Edits) -> None:
    """Write the tenant of the plan where the client's value stood, or leave that value out."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, TakeTenant):
        raise CannotFix("the fix has no tenant to take")
    if plan.parameter is not None and plan.function is not None:
        function = node_at(edits.tree, plan.function, ast.AST)
        if not isinstance(function, FunctionNode):
            raise CannotFix("the function is not where it was")
        added = NewParameter(plan.parameter.code, plan.parameter.has_default)
        width = edits.settings.line_length
        changed = changed_signature(
            edits.tree, function, width, add=added, drop=(), beside=plan.beside
        )
        if changed is not None:
            edits.replace_text(*changed)
        for module, name in plan.parameter.imports:
            edits.add_import(module, name)
    replace_parts(edits, plan.parts)


CODEMOD = Codemod("TSL304", take_trusted_tenant)
