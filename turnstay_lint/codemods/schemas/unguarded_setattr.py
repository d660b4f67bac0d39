"""TSL412: leave the identifier and the tenant out of what a loop sets."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.guarding import guard_statement
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.unguarded_setattr import GuardKeys


def guard_keys(finding: Finding, edits: Edits) -> None:
    """Write the guard of the plan, or name further keys in the one that is there."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, GuardKeys):
        raise CannotFix("the fix has no keys to leave out")
    if plan.dump is not None:
        edits.hold(plan.dump)
    if plan.instead_of is not None:
        edits.replace_span(plan.instead_of, plan.test)
        return
    guard_statement(edits, node_at(edits.tree, finding.span, ast.Expr), plan.test)


CODEMOD = Codemod("TSL412", guard_keys)
