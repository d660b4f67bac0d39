"""TSL601: give the arguments of an HTTPException their names."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.errors.positional_http_exception import NameArguments
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def name_arguments(finding: Finding, edits: Edits) -> None:
    """Write each name before its argument."""
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or finding.fix is None or not isinstance(finding.fix.plan, NameArguments):
        raise CannotFix("the call is not where it was")
    parts = []
    for name, argument in zip(finding.fix.plan.names, call.args, strict=False):
        place = edits.tree.span(argument).start
        parts.append(Replacement(Span(*place, *place), f"{name}="))
    replace_parts(edits, parts)


CODEMOD = Codemod("TSL601", name_arguments)
