"""Fixes whose plan is the text to write."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit, apply
from turnstay_lint.codemods.layout import relaid
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.statements import comments_in
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.findings import Finding
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.schemas.rewrite import Rewrite


def rewrite(finding: Finding, edits: Edits) -> None:
    """Make the replacements of the plan, in the layout that black would give them."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, Rewrite):
        raise CannotFix("the fix has nothing to write")
    rest = list(plan.parts)
    for decorator in _decorators(edits.tree):
        inside = [part for part in rest if _holds(edits.tree, decorator, part)]
        if inside:
            rest = [part for part in rest if part not in inside]
            _decorate(edits, decorator, inside)
    replace_parts(edits, rest)
    for module, name in plan.imports:
        edits.add_import(module, name)
    for name in plan.unused:
        edits.drop_if_unused(name)


def _decorators(tree: Tree) -> list[ast.expr]:
    return [
        decorator
        for node in ast.walk(tree.source.tree)
        for decorator in getattr(node, "decorator_list", ())
    ]


def _holds(tree: Tree, decorator: ast.expr, part: Replacement) -> bool:
    span = tree.source.span(decorator)
    return span.start <= part.span.start and part.span.end <= span.end


def _decorate(edits: Edits, decorator: ast.expr, parts: list[Replacement]) -> None:
    """Write a decorator with its changes."""
    tree = edits.tree
    span = tree.source.span(decorator)
    start, end = tree.lines.offsets(span)
    before = tree.text[start:end]
    changes = []
    for part in parts:
        first, last = tree.lines.offsets(part.span)
        if comments_in(tree.text[first:last]):
            raise CannotFix("a comment stands in what would be replaced")
        changes.append(TextEdit(first - start, last - start, part.code))
    after = apply(before, changes)
    indent, width = tree.indent_of(span.line), edits.settings.line_length
    laid = relaid(f"@{before}", f"@{after}", indent, width)
    edits.replace_text(start, end, laid.removeprefix("@"))
