"""TSL314: bind what is put into SQL as parameters."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.interpolated_sql import BindParameters
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def bind_parameters(finding: Finding, edits: Edits) -> None:
    """Put a plain string in place of the f-string, and ``.bindparams()`` behind the call."""
    call = edits.tree.at(finding.span, cst.Call)
    plan = finding.fix.plan if finding.fix is not None else None
    if call is None or not call.args or not isinstance(plan, BindParameters):
        raise CannotFix("the SQL is not where it was")
    given = ", ".join(f"{name}={value}" for name, value in plan.parameters)
    end = Span(*finding.span.end, *finding.span.end)
    replace_parts(
        edits,
        [
            Replacement(edits.tree.span(call.args[0].value), plan.text),
            Replacement(end, f".bindparams({given})"),
        ],
    )


CODEMOD = Codemod("TSL314", bind_parameters)
