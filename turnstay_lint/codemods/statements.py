"""Statements replaced and removed as text, so that no comment is lost with them."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct, field

from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit, apply
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Binds

Found = TypeVar("Found", bound=ast.AST)


def node_at(tree: Tree, span: Span, kind: type[Found]) -> Found:
    """Return the ``ast`` node of a kind that stands at a span; raises CannotFix if none does."""
    for node in ast.walk(tree.source.tree):
        if isinstance(node, kind) and hasattr(node, "lineno") and node.lineno == span.line:
            if tree.source.span(node) == span:
                return node
    raise CannotFix("what the fix speaks of is not where it was")


class Rewriting(Struct):
    """Changes of one function's text, gathered before they are handed over as edits."""

    tree: Tree
    width: int
    changes: list[TextEdit] = field(default_factory=list)

    def remove(self, statement: ast.stmt, *, with_blanks_before: bool) -> list[str]:
        """Remove a statement's lines and the blank lines on one side; return its comments.

        Raises CannotFix where one of its lines holds another statement too.
        """
        span = self.tree.source.span(statement)
        lines = self.tree.lines
        first, last = span.line, span.end_line
        before = lines.line(first)[: span.column]
        after = lines.line(last)[span.end_column :]
        if before.strip() or (after.strip() and not after.strip().startswith("#")):
            raise CannotFix("its line holds another statement too")
        comments = comments_in(self._lines(first, last))
        if with_blanks_before:
            while first > 1 and not lines.line(first - 1).strip():
                first -= 1
        else:
            while last < lines.count and not lines.line(last + 1).strip():
                last += 1
        self.changes.append(TextEdit(lines.offset(first, 0), lines.offset(last + 1, 0), ""))
        return comments

    def _lines(self, first: int, last: int) -> str:
        lines = self.tree.lines
        return self.tree.text[lines.offset(first, 0) : lines.offset(last + 1, 0)]

    def replace(
        self, statement: ast.stmt, part: Span, code: str, comments: Iterable[str] = ()
    ) -> None:
        """Put ``code`` in place of a part of a statement, and comments above the statement.

        A simple statement is laid out anew, where it was as black has it or nothing else is left.
        """
        tree = self.tree
        span = tree.source.span(statement)
        start, end = tree.lines.offsets(span)
        left, right = tree.lines.offsets(part)
        whole = tree.text[start:left].rstrip().endswith(("=", "return")) or left == start
        lost = comments_in(tree.text[left:right]) if code else []
        text = tree.text[start:left] + code + tree.text[right:end]
        indent = tree.indent_of(span.line)
        if _is_simple(statement):
            old = tree.text[start:end]
            if (whole and right == end) or laid_out_query(old, indent, self.width) == old:
                text = laid_out_query(text, indent, self.width) or text
            elif _only_parenthesized(tree.text[start:left], tree.text[right:end]):
                bare = tree.text[start:left].rstrip().removesuffix("(").rstrip() + " " + code
                text = laid_out_query(bare, indent, self.width) or text
                lost = comments_in(tree.text[start:end])
        else:
            start, end, text = left, right, code
        above = "".join(f"{comment}\n{indent}" for comment in (*comments, *lost))
        if above and start != tree.lines.offsets(span)[0]:
            raise CannotFix("a comment stands where the new code has no room for it")
        self.changes.append(TextEdit(start, end, above + text))

    def hand_over(self, edits: Edits, *, whole: Span | None = None) -> None:
        """Give the changes to a fix's edits: each by itself, or as one that covers ``whole``."""
        if whole is None:
            for change in self.changes:
                edits.replace_text(change.start, change.end, change.replacement)
            return
        start = self.tree.lines.offset(*whole.start)
        end = max(change.end for change in self.changes)
        moved = [
            TextEdit(c.start - start, c.end - start, c.replacement)
            for c in self.changes
            if c.start >= start
        ]
        edits.replace_text(start, end, apply(self.tree.text[start:end], moved))


def _is_simple(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr)


def _only_parenthesized(before: str, after: str) -> bool:
    """``x = (`` and ``)`` around a value that stands there alone."""
    head = before.rstrip()
    if not head.endswith("(") or after.strip() != ")":
        return False
    return head[:-1].rstrip().endswith(("=", "return"))


def comments_in(text: str) -> list[str]:
    """Return the comments in a piece of code, in order."""
    found: list[str] = []
    if "#" not in text:
        return found
    wrapped = f"(\n{text}\n)"
    for candidate in (text, wrapped):
        found = []
        try:
            for token in tokenize.generate_tokens(io.StringIO(candidate).readline):
                if token.type == tokenize.COMMENT:
                    found.append(token.string.rstrip())
            return found
        except (tokenize.TokenError, IndentationError, SyntaxError):
            continue
    return found


def drop_unused_names(edits: Edits, nodes: Iterable[ast.AST]) -> None:
    """Ask that the imports of names go which only the given, removed code used."""
    bindings = edits.tree.source.scope.bindings
    for node in nodes:
        for name in ast.walk(node):
            if isinstance(name, ast.Name) and name.id in bindings:
                if bindings[name.id][-1].kind is Binds.IMPORT:
                    edits.drop_if_unused(name.id)
