"""TSL315: ask the access object."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.database.raw_session_query import use_getter
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.getter_plan import UseGetter


def ask_getter(finding: Finding, edits: Edits) -> None:
    """Put the getter of the plan in place of the scoped query."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, UseGetter):
        raise CannotFix("the fix has no getter to ask")
    use_getter(plan, edits)


CODEMOD = Codemod("TSL315", ask_getter)
