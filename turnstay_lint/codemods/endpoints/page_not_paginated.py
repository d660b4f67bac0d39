"""TSL110: return pages."""

from __future__ import annotations

import ast

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.statements import Rewriting
from turnstay_lint.findings import Finding
from turnstay_lint.rules.endpoints.paginated_returns import (
    PAGE,
    PAGINATE,
    PaginatedReturn,
    PaginateReturns,
)

_TIGHT = ast.Call | ast.Name | ast.Attribute | ast.Subscript


def paginate_returns(finding: Finding, edits: Edits) -> None:
    """Hand what the endpoint returns to ``paginate``, and say Page if that is new."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, PaginateReturns):
        raise CannotFix("the fix has no list to paginate")
    if plan.model:
        call = edits.tree.at(finding.span, cst.Call)
        if call is None or edits.add_import(*PAGE) != PAGE[1]:
            raise CannotFix("the route is not where it was, or Page has another name here")
        edits.drop_if_unused("List")
        set_keyword(edits, call, "response_model", plan.model)
    local = edits.add_import(*PAGINATE)
    for returned in plan.returns:
        _paginate(returned, local, edits)


def _paginate(returned: PaginatedReturn, paginate: str, edits: Edits) -> None:
    tree = edits.tree
    statement = next(
        (
            node
            for node in ast.walk(tree.source.tree)
            if isinstance(node, ast.Return)
            and node.value is not None
            and tree.source.span(node.value) == returned.value
        ),
        None,
    )
    if statement is None:
        raise CannotFix("what it returns is not where it was")
    start, end = tree.lines.offsets(returned.value)
    code = tree.text[start:end]
    rewriting = Rewriting(tree, edits.settings.line_length)
    if returned.untold:
        code = f"{code}.all()" if isinstance(statement.value, _TIGHT) else f"({code}).all()"
    rewriting.replace(statement, returned.value, f"{paginate}({code})")
    rewriting.hand_over(edits)


CODEMOD = Codemod("TSL110", paginate_returns)
