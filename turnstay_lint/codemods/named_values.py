"""A thing of the service by its name, in place of what was written out."""

from __future__ import annotations

from turnstay_lint.codemods.edits import Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.project.writing.spelling import Spelling
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def put_name(edits: Edits, span: Span, spelling: Spelling, rest: str = "") -> None:
    """Put what ``spelling`` names in place of a span, with its import; ``rest`` goes behind it.

    Raises CannotFix where a comment would be lost.
    """
    text = spelling.text
    if spelling.module:
        local = edits.add_import(spelling.module, spelling.name)
        text = local + text.removeprefix(spelling.name)
    replace_parts(edits, [Replacement(span, text + rest)])
