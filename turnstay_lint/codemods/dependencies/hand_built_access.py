"""TSL502: take the access object from its dependency."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.access.route_dependency import add_parameter
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.statements import Rewriting, node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.access.route_dependency import AddParameter
from turnstay_lint.rules.dependencies.hand_built_access import AskForAccess
from turnstay_lint.rules.replacement import Replacement


def ask_for_access(finding: Finding, edits: Edits) -> None:
    """Add the parameter of the plan, and let it stand for what was built."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, AskForAccess):
        raise CannotFix("the access object is not where it was")
    if plan.parameter is not None:
        add_parameter(AddParameter(plan.line, plan.parameter), edits)
    if plan.statement is None:
        replace_parts(edits, [Replacement(plan.place, plan.name)])
        return
    rewriting = Rewriting(edits.tree, edits.settings.line_length)
    statement = node_at(edits.tree, plan.statement, ast.stmt)
    if rewriting.remove(statement, with_blanks_before=False):
        raise CannotFix("a comment stands beside what would go")
    rewriting.hand_over(edits)


CODEMOD = Codemod("TSL502", ask_for_access)
