"""Entries of a dict that is written out, set as a call's keywords are."""

from __future__ import annotations

import ast

import libcst as cst

from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.positions import Span


def set_entry(edits: Edits, written: cst.Dict, name: str, value: str) -> None:
    """Give a dict the entry ``"name": value``; one that is there gets the new value."""
    tree = edits.tree
    node = node_at(tree, tree.span(written), ast.Dict)
    for key, held in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == name:
            replace_parts(edits, [Replacement(tree.source.span(held), value)])
            return
    entry = f'"{name}": {value}'
    if not node.values:
        replace_parts(edits, [Replacement(tree.source.span(node), f"{{{entry}}}")])
        return
    place, whole = tree.source.span(node.values[-1]), tree.source.span(node)
    behind = Span(*place.end, *place.end)
    if place.end_line == whole.end_line:
        replace_parts(edits, [Replacement(behind, f", {entry}")])
        return
    if place.line == whole.line or tree.lines.line(place.line).lstrip()[:1] not in "\"'":
        raise CannotFix("its entries do not stand on lines of their own")
    rest = tree.lines.line(place.end_line)[place.end_column :]
    if not rest.lstrip().startswith(","):
        edits.replace_span(behind, ",")
    start = tree.lines.offset(place.end_line + 1, 0)
    edits.replace_text(start, start, f"{tree.indent_of(place.line)}{entry},\n")
