"""TSL504: wrap a dependency in Depends."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit, apply
from turnstay_lint.codemods.replacements import replace_parts
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.findings import Finding
from turnstay_lint.rules.dependencies.dependency_not_wrapped import Wrap
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.source.scopes import FunctionNode, all_parameters


def wrap(finding: Finding, edits: Edits) -> None:
    """Put ``Depends(...)`` around the dependency of the plan."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, Wrap):
        raise CannotFix("the dependency is not where it was")
    code = f"{edits.add_import('fastapi', 'Depends')}({plan.code})"
    if not plan.parameter:
        replace_parts(edits, [Replacement(finding.span, code)])
        return
    tree = edits.tree
    for function in ast.walk(tree.source.tree):
        if isinstance(function, FunctionNode) and function.lineno == plan.line:
            new = _parameter(function, plan.parameter, finding, code, edits)
            width = edits.settings.line_length
            drop = (plan.parameter,)
            changed = changed_signature(tree, function, width, add=new, drop=drop, beside="")
            if changed is not None:
                edits.replace_text(*changed)
            return
    raise CannotFix("the function is not where it was")


def _parameter(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    name: str,
    finding: Finding,
    code: str,
    edits: Edits,
) -> NewParameter:
    """Return the parameter as it is, with ``code`` in place of what the finding points at."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip((p.arg for p in plain[::-1]), arguments.defaults[::-1], strict=False))
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    defaults.update((p.arg, d) for p, d in keywords if d is not None)
    parameter = next(p for p in all_parameters(arguments) if p.arg == name)
    lines, source = edits.tree.lines, edits.tree.source
    start, end = lines.offsets(source.span(parameter))
    if name in defaults:
        end = lines.offsets(source.span(defaults[name]))[1]
    left, right = lines.offsets(finding.span)
    if not start <= left <= right <= end or "#" in edits.tree.text[start:end]:
        raise CannotFix("a comment stands in the parameter")
    text = apply(edits.tree.text[start:end], [TextEdit(left - start, right - start, code)])
    return NewParameter(text, name in defaults)


CODEMOD = Codemod("TSL504", wrap)
