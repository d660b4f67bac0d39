"""TSL301: ask the access object, or add the tenant's condition."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.database.unscoped_tenant_query import add_condition
from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit
from turnstay_lint.codemods.getter_writing import write_getter
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.codemods.statements import Rewriting, drop_unused_names, node_at
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.getter_plan import UseGetter
from turnstay_lint.rules.dependency_words import DependencyParameter
from turnstay_lint.source.scopes import FunctionNode, all_parameters


def ask_access_object(finding: Finding, edits: Edits) -> None:
    """Rewrite the query to the getter of the plan, or add the plan's condition."""
    plan = finding.fix.plan if finding.fix is not None else None
    if isinstance(plan, UseGetter):
        use_getter(plan, edits)
    else:
        add_condition(finding, edits)


def use_getter(plan: UseGetter, edits: Edits) -> None:
    """Put the getter's call where the query was, and give the function what it needs for it."""
    tree = edits.tree
    function = node_at(tree, plan.function, ast.AST)
    if not isinstance(function, FunctionNode):
        raise CannotFix("the function is not where it was")
    rewriting = Rewriting(tree, edits.settings.line_length)
    access = plan.access if isinstance(plan.access, str) else plan.access.name
    code = f"await {access}.{plan.getter}({plan.argument})"
    statement = node_at(tree, plan.statement, ast.stmt)
    gone: list[ast.AST] = [node_at(tree, plan.value, ast.expr)]
    comments: list[str] = []
    for span in plan.removed:
        removed = node_at(tree, span, ast.stmt)
        later = span.start > plan.statement.start
        comments += rewriting.remove(removed, with_blanks_before=later)
        gone.append(removed)
    rewriting.replace(statement, plan.value, code, comments)
    gone += _change_signature(plan, function, rewriting, edits)
    rewriting.hand_over(edits, whole=plan.function if plan.alone else None)
    drop_unused_names(edits, gone)


def _change_signature(
    plan: UseGetter,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    rewriting: Rewriting,
    edits: Edits,
) -> list[ast.AST]:
    """Add the access parameter and drop the session's; return what was dropped."""
    add = None
    if isinstance(plan.access, DependencyParameter):
        add = NewParameter(plan.access.code, plan.access.has_default)
        for module, name in plan.access.imports:
            edits.add_import(module, name)
    changed = changed_signature(
        edits.tree,
        function,
        edits.settings.line_length,
        add=add,
        drop=plan.dropped,
        beside=plan.session,
    )
    if changed is None:
        return []
    rewriting.changes.append(TextEdit(*changed))
    return [node for name in plan.dropped for node in _of_parameter(function, name)]


def _of_parameter(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> list[ast.AST]:
    """Return the annotation and the default of a parameter."""
    found: list[ast.AST] = [p for p in all_parameters(function.args) if p.arg == name]
    plain = [*function.args.posonlyargs, *function.args.args]
    pairs = [*zip(plain[::-1], function.args.defaults[::-1], strict=False)]
    keyword = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    for parameter, default in (*pairs, *keyword):
        if parameter.arg == name and default is not None:
            found.append(default)
    return found


CODEMOD = Codemod("TSL301", ask_access_object, write_getter)
