"""Several changes of one call, each laid out on what the one before it left.

Where two changes meet, as when a call gets two new arguments and no longer fits its line, they
cannot be written side by side; here each is made on a scratch text, and the outcome is one edit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from turnstay_lint.codemods.edits import CannotFix, Edits, apply
from turnstay_lint.codemods.layout import relaid
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.text import Text

Step = Callable[[Edits, cst.Call], None]


def change_in_steps(edits: Edits, call: cst.Call, steps: Sequence[Step]) -> None:
    """Make every step's changes of a call; they must not reach before or behind it.

    The statement around the call is laid out anew where it was as black has it. Raises CannotFix
    where a step leads to what cannot be parsed.
    """
    span = edits.tree.span(call)
    start, end = edits.tree.lines.offsets(span)
    text = edits.tree.text
    for step in steps:
        tree = edits.tree if text is edits.tree.text else _reparsed(edits.tree.source, text)
        current = tree.starting_at(span, cst.Call)
        if current is None:
            raise CannotFix("the call is not where it was")
        scratch = Edits(tree, edits.settings)
        step(scratch, current)
        text = apply(text, scratch.changes)
        edits.imports |= scratch.imports
        edits.unused |= scratch.unused
    _write(edits, call, (start, end), text)


def _write(edits: Edits, call: cst.Call, place: tuple[int, int], text: str) -> None:
    """Put the new call in place of the old, or the whole statement where its layout changes."""
    old = edits.tree.text
    start, end = place
    statement = _statement(edits.tree, call)
    if statement is not None:
        first, last = edits.tree.lines.offsets(edits.tree.span(statement))
        changed = text[first : len(text) - (len(old) - last)]
        indent = edits.tree.indent_of(edits.tree.span(statement).line)
        laid = relaid(old[first:last], changed, indent, edits.settings.line_length)
        if laid != changed:
            edits.replace_text(first, last, laid)
            return
    edits.replace_text(start, end, text[start : len(text) - (len(old) - end)])


def _statement(tree: Tree, call: cst.Call) -> cst.CSTNode | None:
    """Return the simple statement that stands alone on its lines and holds the call."""
    line = tree.enclosing(call, cst.SimpleStatementLine)
    return line.body[0] if line is not None and len(line.body) == 1 else None


def _reparsed(source: SourceFile, text: str) -> Tree:
    try:
        return Tree(SourceFile(source.path, Text(text), source.module))
    except Exception as error:
        raise CannotFix(f"a step of the fix would not parse: {error}") from error
