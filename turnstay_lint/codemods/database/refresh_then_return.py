"""TSL310: return what ``refresh_and_return`` gives."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.refresh_then_return import CallRefreshAndReturn


def call_refresh_and_return(finding: Finding, edits: Edits) -> None:
    """Put one statement in place of the two."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, CallRefreshAndReturn):
        raise CannotFix("the statements are not where they were")
    function = plan.function.text
    if plan.function.module:
        function = edits.add_import(plan.function.module, plan.function.name)
    code = f"return await {function}{plan.arguments}"
    indent = edits.tree.indent_of(plan.statements.line)
    laid_out = laid_out_query(code, indent, edits.settings.line_length)
    edits.replace_span(plan.statements, laid_out or code)


CODEMOD = Codemod("TSL310", call_refresh_and_return)
