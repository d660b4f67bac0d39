"""TSL702: make a test async def, and let it await the client."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.signatures import signature_behind
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.testing.sync_endpoint_test import AwaitClient
from turnstay_lint.source.positions import Span


def await_client(finding: Finding, edits: Edits) -> None:
    """Write ``async``, the mark, and ``await`` before each call."""
    if finding.fix is None or not isinstance(finding.fix.plan, AwaitClient):
        raise CannotFix("the test is not where it was")
    plan = finding.fix.plan
    function = node_at(edits.tree, plan.function, ast.FunctionDef)
    indent = edits.tree.indent_of(function.lineno)
    mark = f"{plan.mark}\n{indent}" if plan.mark else ""
    start, end, head = signature_behind(edits.tree, function, edits.settings.line_length, "async ")
    edits.replace_text(start, end, mark + head)
    parts = [Replacement(_before(span), "await ") for span in plan.bare]
    for span in plan.held:
        parts += [Replacement(_before(span), "(await "), Replacement(_behind(span), ")")]
    replace_parts(edits, parts)


def _before(span: Span) -> Span:
    return Span(*span.start, *span.start)


def _behind(span: Span) -> Span:
    return Span(*span.end, *span.end)


CODEMOD = Codemod("TSL702", await_client)
