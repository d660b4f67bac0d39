"""TSL302: add the tenant's condition to a query."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.condition_plan import AddCondition
from turnstay_lint.source.positions import Span


def add_condition(finding: Finding, edits: Edits) -> None:
    """Give the query of the plan its condition, in its ``where`` or in one of its own."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, AddCondition):
        raise CannotFix("the fix has no condition to add")
    tree = edits.tree
    lines = tree.lines
    if plan.where is not None:
        where = node_at(tree, plan.where, ast.Call)
        last = where.args[-1]
        place = lines.offset(*tree.source.span(last).end)
        start = tree.source.span(last)
        alone = not lines.line(start.line)[: start.column].strip()
        gap = f",\n{tree.indent_of(start.line)}" if alone else ", "
        code = f"{gap}{plan.condition}"
    else:
        place = lines.offset(*plan.root.end)
        code = f".where({plan.condition})"
    insert_into_query(edits, plan.root, place, code)


def insert_into_query(edits: Edits, root: Span, place: int, code: str) -> None:
    """Insert code into the statement around ``root``, laid out anew where black had it so."""
    tree = edits.tree
    statement = _simple_statement(tree.source.tree, root)
    if statement is not None:
        span = tree.source.span(statement)
        start, end = tree.lines.offsets(span)
        old = tree.text[start:end]
        indent = tree.indent_of(span.line)
        width = edits.settings.line_length
        if laid_out_query(old, indent, width) == old:
            longer = tree.text[start:place] + code + tree.text[place:end]
            new = laid_out_query(longer, indent, width)
            if new is not None:
                edits.replace_text(start, end, new)
                return
    edits.replace_text(place, place, code)


def _simple_statement(tree: ast.Module, root: Span) -> ast.stmt | None:
    """Return the innermost simple statement that holds a span."""
    kinds = ast.Assign | ast.AnnAssign | ast.Return | ast.Expr
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.lineno <= root.line <= (node.end_lineno or 0)
    ]
    return found[-1] if found else None


CODEMOD = Codemod("TSL302", add_condition)
