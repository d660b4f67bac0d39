"""TSL703: patch with mocker."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.dedent import unguarded
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.codemods.statements import comments_in, drop_unused_names, node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.testing.patching import PATCH
from turnstay_lint.rules.testing.unittest_mock import MOCKER, PatchWithMocker, Replaced
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode


def patch_with_mocker(finding: Finding, edits: Edits) -> None:
    """Write the patches as statements, and let the function ask for ``mocker``."""
    if finding.fix is None or not isinstance(finding.fix.plan, PatchWithMocker):
        raise CannotFix("the patch is not where it was")
    plan = finding.fix.plan
    function = node_at(edits.tree, plan.function, ast.stmt)
    assert isinstance(function, FunctionNode)
    if plan.block is not None:
        _instead_of_block(edits, node_at(edits.tree, plan.block, ast.With), plan)
    else:
        _instead_of_decorators(edits, function, plan)
    calls = [node_at(edits.tree, patch.call, ast.Call) for patch in plan.patches]
    drop_unused_names(edits, [call.func for call in calls])
    changed = changed_signature(
        edits.tree,
        function,
        edits.settings.line_length,
        add=NewParameter(MOCKER, has_default=False) if plan.asks else None,
        drop=plan.dropped,
        beside="",
    )
    if changed is not None:
        edits.replace_text(*changed)


def _statement(edits: Edits, patch: Replaced, indent: str) -> str:
    """Return the statement that patches, as black lays it out where that is known."""
    tree = edits.tree
    call = node_at(tree, patch.call, ast.Call)
    start, end = tree.lines.offsets(patch.call)
    behind = tree.lines.offset(*tree.source.span(call.func).end)
    if comments_in(tree.text[start:end]):
        raise CannotFix("a comment stands in what would be replaced")
    target = f"{patch.target} = " if patch.target else ""
    code = f"{target}{MOCKER}.{PATCH}{patch.kind}{tree.text[behind:end]}"
    return laid_out_query(code, indent, edits.settings.line_length) or code


def _instead_of_block(edits: Edits, block: ast.With, plan: PatchWithMocker) -> None:
    """Let the statements stand where the ``with`` began, then its body or what it still enters."""
    tree = edits.tree
    indent = tree.indent_of(block.lineno)
    made = "".join(f"{_statement(edits, patch, indent)}\n{indent}" for patch in plan.patches)
    left = block.items[len(plan.patches) :]
    if not left:
        start, end, body = unguarded(tree, block, edits.settings.line_length)
        edits.replace_text(start, end, made + body)
        return
    if tree.lines.line(block.lineno)[: tree.source.span(block).column].strip():
        raise CannotFix("its line holds another statement too")
    last = left[-1].optional_vars or left[-1].context_expr
    start = tree.lines.offset(*tree.source.span(block).start)
    end = tree.text.index(":", tree.lines.offset(*tree.source.span(last).end))
    if comments_in(tree.text[start:end]):
        raise CannotFix("a comment stands in what would be replaced")
    items = ", ".join(_text(edits, item) for item in left)
    edits.replace_text(start, end, f"{made}with {items}")


def _text(edits: Edits, item: ast.withitem) -> str:
    first = edits.tree.source.span(item.context_expr)
    last = edits.tree.source.span(item.optional_vars or item.context_expr)
    start, end = edits.tree.lines.offsets(Span(*first.start, *last.end))
    return edits.tree.text[start:end]


def _instead_of_decorators(
    edits: Edits, function: ast.FunctionDef | ast.AsyncFunctionDef, plan: PatchWithMocker
) -> None:
    tree = edits.tree
    for patch in plan.patches:
        _remove_decorator(edits, patch.call)
    body = function.body
    has_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    first = body[1] if has_docstring and len(body) > 1 else body[0]
    line = tree.source.span(first).line
    indent = tree.indent_of(line)
    if tree.lines.line(line)[: tree.source.span(first).column] != indent:
        raise CannotFix("the body stands on the line of its function")
    made = "".join(f"{indent}{_statement(edits, patch, indent)}\n" for patch in plan.patches)
    start = tree.lines.offset(line, 0)
    edits.replace_text(start, start, made)


def _remove_decorator(edits: Edits, call: Span) -> None:
    lines = edits.tree.lines
    before, after = lines.line(call.line)[: call.column], lines.line(call.end_line)
    if before.strip() != "@" or after[call.end_column :].strip():
        raise CannotFix("its line holds something else, or a comment that would be lost")
    edits.replace_text(lines.offset(call.line, 0), lines.offset(call.end_line + 1, 0), "")


CODEMOD = Codemod("TSL703", patch_with_mocker)
