"""TSL313: say how deep a self-reference is loaded."""

from __future__ import annotations

from functools import partial

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.database.lazy_relationship import set_in_backref, set_option
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.steps import Step, change_in_steps
from turnstay_lint.findings import Finding
from turnstay_lint.frameworks.relationships import Form
from turnstay_lint.rules.database.self_referential_selectin import LimitDepth


def limit_depth(finding: Finding, edits: Edits) -> None:
    """Give the relationship, its backref or both ``join_depth=1``."""
    call = edits.tree.at(finding.span, cst.Call)
    plan = finding.fix.plan if finding.fix is not None else None
    if call is None or not isinstance(plan, LimitDepth):
        raise CannotFix("the relationship call is not where it was")
    steps: list[Step] = []
    if plan.reverse:
        steps.append(partial(set_in_backref, name="join_depth", value="1"))
    if plan.forward:
        say = set_option if plan.form is Form.SQLMODEL else set_keyword
        steps.append(partial(say, name="join_depth", value="1"))
    change_in_steps(edits, call, steps)


CODEMOD = Codemod("TSL313", limit_depth)
