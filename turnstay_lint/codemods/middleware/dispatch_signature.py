"""TSL802: write a dispatch method as the handbook does."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def write_signature(finding: Finding, edits: Edits) -> None:
    """Put the pieces of the plan in their places; those at one place stand in its order."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, tuple):
        raise CannotFix("the method is not where it was")
    at_place: dict[Span, str] = {}
    for part in plan:
        assert isinstance(part, Replacement)
        at_place[part.span] = at_place.get(part.span, "") + part.code
    inserted = {span.start: code for span, code in at_place.items() if span.start == span.end}
    for span, code in at_place.items():
        if span.start != span.end:
            edits.replace_span(span, inserted.pop(span.start, "") + code)
    for span, code in at_place.items():
        if span.start == span.end and span.start in inserted:
            edits.replace_span(span, code)


CODEMOD = Codemod("TSL802", write_signature)
