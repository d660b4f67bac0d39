"""TSL316: ask the access object for an id before it is stored."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits, TextEdit
from turnstay_lint.codemods.query_layout import laid_out_query
from turnstay_lint.codemods.signatures import NewParameter, changed_signature
from turnstay_lint.codemods.statements import Rewriting, node_at
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.ask_first_plan import AskedId, AskFirst
from turnstay_lint.rules.dependency_words import DependencyParameter
from turnstay_lint.source.scopes import FunctionNode


def ask_first(finding: Finding, edits: Edits) -> None:
    """Put the getters of the plan before its statement, and give the function what they need."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, AskFirst):
        raise CannotFix("the fix has nothing to ask")
    tree, width = edits.tree, edits.settings.line_length
    function = node_at(tree, plan.function, ast.AST)
    statement = node_at(tree, plan.statement, ast.stmt)
    if not isinstance(function, FunctionNode):
        raise CannotFix("the function is not where it was")
    access = plan.access if isinstance(plan.access, str) else plan.access.name
    line = _first_line(tree, statement.lineno)
    place = tree.lines.offset(line, 0)
    indent = tree.indent_of(statement.lineno)
    code = "".join(_lines(asked, access, indent, width) for asked in plan.asked)
    rewriting = Rewriting(tree, width, [TextEdit(place, place, code)])
    if isinstance(plan.access, DependencyParameter):
        add = NewParameter(plan.access.code, plan.access.has_default)
        for module, name in plan.access.imports:
            edits.add_import(module, name)
        changed = changed_signature(tree, function, width, add=add, drop=(), beside=plan.session)
        if changed is not None:
            rewriting.changes.append(TextEdit(*changed))
    rewriting.hand_over(edits, whole=plan.function if plan.alone else None)


def _first_line(tree: Tree, line: int) -> int:
    """Return the line of the comments that stand right above a statement, or its own."""
    indent = tree.indent_of(line)
    while line > 1 and tree.lines.line(line - 1).startswith(f"{indent}#"):
        line -= 1
    return line


def _lines(asked: AskedId, access: str, indent: str, width: int) -> str:
    """The call of a getter as whole lines, guarded where there may be no id."""
    deeper = f"{indent}    " if asked.guarded else indent
    call = f"await {access}.{asked.getter}({asked.argument})"
    laid_out = laid_out_query(call, deeper, width) or call
    guard = f"{indent}if {asked.argument} is not None:\n" if asked.guarded else ""
    return f"{guard}{deeper}{laid_out}\n"


CODEMOD = Codemod("TSL316", ask_first)
