"""TSL803: await the response, or return it."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.findings import Finding
from turnstay_lint.rules.middleware.unreturned_response import Write
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def write_word(finding: Finding, edits: Edits) -> None:
    """Write the word of the plan before what the finding points at."""
    if finding.fix is None or not isinstance(finding.fix.plan, Write):
        raise CannotFix("the response is not where it was")
    place = Span(*finding.span.start, *finding.span.start)
    replace_parts(edits, [Replacement(place, finding.fix.plan.word)])


CODEMOD = Codemod("TSL803", write_word)
