"""Several changes of one call, each laid out on what the one before it left.

Where two changes meet, as when a call gets two new arguments and no longer fits its line, they
cannot be written side by side; here each is made on a scratch copy of the statement, and the
outcome is one edit. Imports are asked of the file's own edits, not of a step's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst
from msgspec import Struct

from turnstay_lint.codemods.edits import CannotFix, Edits, apply
from turnstay_lint.codemods.layout import relaid
from turnstay_lint.codemods.tree import CannotRead, Tree
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span
from turnstay_lint.source.text import Text

Step = Callable[[Edits, cst.Call], None]


class _Excerpt(Struct, frozen=True):
    """A statement cut out of its file, under as many ``if 1:`` as it is indented.

    ``text`` from offset ``start`` to ``end`` is the statement; ``place`` is where the call begins
    (line, column) in the excerpt.
    """

    text: str
    start: int
    end: int
    place: tuple[int, int]


def change_in_steps(edits: Edits, call: cst.Call, steps: Sequence[Step]) -> None:
    """Make every step's changes of a call; they must not reach before or behind it.

    The statement around the call is laid out anew where it was as black has it. Raises CannotFix
    where a step leads to what cannot be parsed.
    """
    tree = edits.tree
    statement = _statement(tree, call)
    first, last = tree.lines.offsets(tree.span(statement))
    excerpt = _excerpt(tree, statement, call)
    text = excerpt.text
    for step in steps:
        scratch = Edits(_parsed(tree.source, text), edits.settings)
        here = Span(*excerpt.place, *excerpt.place)
        try:
            current = scratch.tree.starting_at(here, cst.Call)
        except CannotRead as error:
            raise CannotFix(f"a step of the fix would not parse: {error}") from error
        if current is None:
            raise CannotFix("the call is not where it was")
        step(scratch, current)
        text = apply(text, scratch.changes)
    changed = text[excerpt.start : len(text) - (len(excerpt.text) - excerpt.end)]
    before = tree.text[first:last]
    indent = tree.indent_of(tree.span(statement).line)
    laid = relaid(before, changed, indent, edits.settings.line_length)
    if laid != changed:
        edits.replace_text(first, last, laid)
        return
    start, end = tree.lines.offsets(tree.span(call))
    edits.replace_text(start, end, changed[start - first : len(changed) - (last - end)])


def _statement(tree: Tree, call: cst.Call) -> cst.CSTNode:
    """Return the simple statement that holds the call and stands alone on its lines.

    Where there is none (a header, a line of several statements), it is the whole file.
    """
    line = tree.enclosing(call, cst.SimpleStatementLine)
    if line is None or len(line.body) != 1:
        return tree.module
    return line.body[0]


def _excerpt(tree: Tree, statement: cst.CSTNode, call: cst.Call) -> _Excerpt:
    span, place = tree.span(statement), tree.span(call)
    indent, unit = tree.indent_of(span.line), tree.indent_unit
    depth = len(indent) // len(unit)
    if isinstance(statement, cst.Module) or indent != unit * depth or span.column != len(indent):
        return _Excerpt(tree.text, 0, len(tree.text), place.start)
    head = "".join(f"{unit * level}if 1:\n" for level in range(depth)) + indent
    first, last = tree.lines.offsets(span)
    end = tree.lines.offset(span.end_line + 1, 0)
    line = place.line - span.line + depth + 1
    body = tree.text[first:end]
    return _Excerpt(head + body, len(head), len(head) + last - first, (line, place.column))


def _parsed(source: SourceFile, text: str) -> Tree:
    try:
        return Tree(SourceFile(source.path, Text(text), source.module))
    except Exception as error:  # Python and libcst say in many ways that it is no code
        raise CannotFix(f"a step of the fix would not parse: {error}") from error
