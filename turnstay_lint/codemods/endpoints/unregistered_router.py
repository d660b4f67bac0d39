"""TSL109: include the router where its neighbours are."""

from __future__ import annotations

import ast

import libcst as cst

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.definitions import laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.project.endpoints.inclusions import INCLUDE
from turnstay_lint.rules.endpoints.inclusion_plan import IncludeRouter
from turnstay_lint.rules.endpoints.unregistered_router import Registered
from turnstay_lint.source.names import resolve


def leave(finding: Finding, edits: Edits) -> None:
    """Change nothing in the router's own file."""
    if finding.fix is None or not isinstance(finding.fix.plan, Registered):
        raise CannotFix("the fix has no router to include")


def include_router(plan: object, edits: Edits) -> None:
    """Import the router and include it behind the last of its neighbours."""
    if not isinstance(plan, IncludeRouter):
        raise CannotFix("the fix has no router to include")
    call = _neighbour(plan, edits)
    node = edits.tree.at(edits.tree.source.span(call), cst.Call)
    statement = edits.tree.enclosing(node, cst.SimpleStatementLine) if node is not None else None
    if statement is None or len(statement.body) != 1:
        raise CannotFix("its neighbours are not included by a statement each")
    local = edits.add_import(plan.package, plan.imported, plan.alias)
    router = f"{local}.{plan.attribute}" if plan.attribute else local
    indent = edits.tree.indent_of(call.lineno)
    width = edits.settings.line_length
    head = f"{plan.parent}.{INCLUDE}"
    code = laid_out_call(head, [router, *plan.keywords], "", indent, width)
    rows = code.split("\n")
    edits.insert_after(statement, "\n".join(row.removeprefix(indent) for row in rows))


def _neighbour(plan: IncludeRouter, edits: Edits) -> ast.Call:
    for call, scope in reversed(edits.tree.source.index.calls):
        match call:
            case ast.Call(func=ast.Attribute(value=parent, attr=attr), args=[child, *_]):
                if attr == INCLUDE and scope.qualname == plan.function:
                    if ast.unparse(parent) == plan.parent and resolve(child, scope) == plan.after:
                        return call
    raise CannotFix("the neighbours of the router are not included where they were")


CODEMOD = Codemod("TSL109", leave, include_router)
