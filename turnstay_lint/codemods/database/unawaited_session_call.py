"""TSL308: await what a session gives."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.unawaited_session_call import AwaitCall


def await_call(finding: Finding, edits: Edits) -> None:
    """Put ``await`` before the call, in parentheses where something of it is taken."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, AwaitCall):
        raise CannotFix("the call is not where it was")
    replace_parts(edits, plan.parts)


CODEMOD = Codemod("TSL308", await_call)
