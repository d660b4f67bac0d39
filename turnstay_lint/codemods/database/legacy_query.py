"""TSL309: build a legacy query with ``select()``, and await it."""

from __future__ import annotations

from msgspec.structs import replace

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.modern_query_plan import FUNC, SELECT, ModernQuery


def build_with_select(finding: Finding, edits: Edits) -> None:
    """Make the pieces of the plan, with what the file calls ``select``."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, ModernQuery):
        raise CannotFix("the query is not where it was")
    select, func = SELECT, FUNC
    if any(SELECT in part.code for part in plan.parts):
        select = edits.add_import("sqlalchemy", "select")
    if plan.counts:
        func = edits.add_import("sqlalchemy", "func")
    replace_parts(
        edits,
        [
            replace(part, code=part.code.replace(SELECT, select).replace(FUNC, func))
            for part in plan.parts
        ],
    )


CODEMOD = Codemod("TSL309", build_with_select)
