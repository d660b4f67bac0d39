"""TSL408: let a field be left out of a patch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.schemas.required_patch_field import MakeOptional
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span


def make_optional(finding: Finding, edits: Edits) -> None:
    """Let the annotation allow None, and None be the default."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, MakeOptional):
        raise CannotFix("the fix has no field to change")
    statement = node_at(edits.tree, finding.span, ast.AnnAssign)
    replace_parts(edits, _parts(edits.tree.source, statement, plan))


def _parts(
    source: SourceFile, statement: ast.AnnAssign, plan: MakeOptional
) -> Iterator[Replacement]:
    annotation, value = statement.annotation, statement.value
    behind = source.span(annotation)
    none = "" if plan.nullable else " | None"
    default = f" = {plan.field}(None)" if plan.field else " = None"
    if value is not None:
        default = ""
    if isinstance(annotation, ast.Constant) and none:
        start, end = source.lines.offsets(behind)
        text = source.text[start:end]
        quote = text[-1]
        yield Replacement(behind, f"{text.removesuffix(quote)}{none}{quote}{default}")
    elif none or default:
        yield Replacement(Span(*behind.end, *behind.end), none + default)
    if isinstance(value, ast.Constant):
        yield Replacement(source.span(value), "None")
    elif isinstance(value, ast.Call):
        yield _with_default(source, value)


def _with_default(source: SourceFile, call: ast.Call) -> Replacement:
    """``Field(..., gt=0)``, ``Field(default=...)`` and ``Field(gt=0)`` get the default None."""
    if call.args:
        return Replacement(source.span(call.args[0]), "None")
    for keyword in call.keywords:
        if keyword.arg == "default":
            return Replacement(source.span(keyword.value), "None")
    if call.keywords:
        start = source.span(call.keywords[0]).start
        return Replacement(Span(*start, *start), "None, ")
    line, column = source.span(call).end
    return Replacement(Span(line, column - 1, line, column - 1), "None")


CODEMOD = Codemod("TSL408", make_optional)
