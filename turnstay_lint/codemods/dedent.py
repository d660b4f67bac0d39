"""A guarded block put in the place of its guard, one level further out."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.edits import CannotFix
from turnstay_lint.codemods.layout import moved
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.tree import Tree

Guard = ast.If | ast.With


def unguarded(tree: Tree, guard: Guard, width: int) -> tuple[int, int, str]:
    """Return the offsets of an ``if`` or ``with`` and what stands there without it.

    Comments are kept.

    Raises CannotFix where its lines hold other statements, or strings that cannot be moved.
    """
    span = tree.source.span(guard)
    lines = tree.lines
    if lines.line(span.line)[: span.column].strip():
        raise CannotFix("its line holds another statement too")
    outer = tree.indent_of(span.line)
    first = guard.body[0]
    start = lines.offset(*tree.source.span(first).start)
    end = lines.offset(*span.end)
    if first.lineno == _header_end(guard):
        head = ""
        body = tree.text[start:end]
    else:
        header = tree.text[lines.offset(*span.start) : lines.offset(first.lineno, 0)]
        head = _header_comments(header, outer)
        body = _moved(tree, guard, outer, width)
    return lines.offset(*span.start), end, head + body


def _header_end(guard: Guard) -> int:
    """Return the line on which what is asked, or entered, ends."""
    if isinstance(guard, ast.If):
        return guard.test.end_lineno or 0
    last = guard.items[-1]
    return (last.optional_vars or last.context_expr).end_lineno or 0


def _header_comments(header: str, indent: str) -> str:
    """Return the comments of the ``if`` line, and of the lines before its first statement."""
    found = [line[line.index("#") :].rstrip() for line in header.splitlines() if "#" in line]
    return "".join(f"{comment}\n{indent}" for comment in found)


def _moved(tree: Tree, guard: Guard, outer: str, width: int) -> str:
    """Return the statements of a body with their comments, each laid out where it comes to lie."""
    inner = tree.indent_of(guard.body[0].lineno)
    pieces: list[str] = []
    position = tree.lines.offset(guard.body[0].lineno, len(inner))
    for statement in guard.body:
        start, end = tree.lines.offsets(tree.source.span(statement))
        pieces.append(_dedented(tree.text[position:start], inner, outer))
        pieces.append(_laid(tree.text[start:end], inner, outer, width))
        position = end
    return "".join(pieces)


def _laid(text: str, inner: str, outer: str, width: int) -> str:
    """Lay a statement out at its new indent where it was as black has it at the old one."""
    if laid_out_query(text, inner, width) == text:
        return laid_out_query(text, outer, width) or _dedented(text, inner, outer)
    laid = moved(text, inner, outer, width)
    return laid if laid is not None else _dedented(text, inner, outer)


def _dedented(text: str, inner: str, outer: str) -> str:
    first, *rest = text.split("\n")
    if '"""' in text or "'''" in text:
        raise CannotFix("a string over several lines cannot be moved")
    lines = [outer + line.removeprefix(inner) if line.startswith(inner) else line for line in rest]
    return "\n".join([first, *lines])
