"""What TSL901 and TSL905 do about a column: let it be NULL, where it is written."""

from __future__ import annotations

from functools import partial

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.steps import change_in_steps
from turnstay_lint.findings import Finding
from turnstay_lint.rules.migrations.unfilled_columns import SetNullable


def make_columns_nullable(finding: Finding, edits: Edits) -> None:
    """Give every ``Column(...)`` of the plan ``nullable=True``."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, SetNullable):
        raise CannotFix("the column is not where it was")
    for place in plan.columns:
        column = edits.tree.at(place, cst.Call)
        if column is None:
            raise CannotFix("the column is not where it was")
        change_in_steps(edits, column, [partial(set_keyword, name="nullable", value="True")])
