"""TSL604: raise an HTTPException that is returned."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.errors.returned_http_exception import RaiseIt
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def raise_it(finding: Finding, edits: Edits) -> None:
    """Put one word in place of the other."""
    if finding.fix is None or not isinstance(finding.fix.plan, RaiseIt):
        raise CannotFix("the statement is not where it was")
    node_at(edits.tree, finding.span, ast.Return)
    line, column = finding.span.start
    word = Span(line, column, line, column + len("return"))
    replace_parts(edits, [Replacement(word, "raise")])


CODEMOD = Codemod("TSL604", raise_it)
