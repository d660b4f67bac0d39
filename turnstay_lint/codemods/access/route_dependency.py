"""Give a route what it is to depend on."""

from __future__ import annotations

import ast

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.findings import Finding
from turnstay_lint.rules.access.route_dependency import AddParameter, AddToRoute
from turnstay_lint.source.scopes import FunctionNode


def add_dependency(finding: Finding, edits: Edits) -> None:
    """Add the dependency of the plan to the route's call, or to the function's parameters."""
    plan = finding.fix.plan if finding.fix is not None else None
    if isinstance(plan, AddParameter):
        add_parameter(plan, edits)
        return
    call = edits.tree.at(finding.span, cst.Call)
    if call is None or not isinstance(plan, AddToRoute):
        raise CannotFix("the route is not where it was")
    for module, name in plan.imports:
        edits.add_import(module, name)
    set_keyword(edits, call, "dependencies", plan.value)


def add_parameter(plan: AddParameter, edits: Edits) -> None:
    """Add the parameter of the plan to its function."""
    tree = edits.tree
    for function in ast.walk(tree.source.tree):
        if isinstance(function, FunctionNode) and function.lineno == plan.line:
            break
    else:
        raise CannotFix("the function is not where it was")
    for module, name in plan.parameter.imports:
        edits.add_import(module, name)
    new = NewParameter(plan.parameter.code, plan.parameter.has_default)
    width = edits.settings.line_length
    changed = changed_signature(tree, function, width, add=new, drop=(), beside="")
    if changed is not None:
        edits.replace_text(*changed)
