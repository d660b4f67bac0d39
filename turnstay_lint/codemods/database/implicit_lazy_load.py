"""TSL307: load a relationship before it is read."""

from __future__ import annotations

import ast
from functools import partial

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.database.unscoped_tenant_query import insert_into_query
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.statements import node_at
from turnstay_lint.codemods.steps import change_in_steps
from turnstay_lint.findings import Finding
from turnstay_lint.rules.database.loading_plan import (
    REFRESH_AND_RETURN,
    AddGetOption,
    AddOption,
    RefreshBefore,
    ReturnRefreshed,
    Step,
)


def load_before_reading(finding: Finding, edits: Edits) -> None:
    """Give the query its loader options, or refresh the object before the statement."""
    match finding.fix.plan if finding.fix is not None else None:
        case AddOption() as plan:
            _add_option(plan, edits)
        case AddGetOption() as plan:
            _add_get_option(plan, edits)
        case RefreshBefore() as plan:
            _refresh_before(plan, edits)
        case ReturnRefreshed() as plan:
            function = edits.add_import(plan.module, REFRESH_AND_RETURN)
            code = f"await {function}({plan.session}, {plan.owner})"
            edits.replace_span(plan.value, code)
        case _:
            raise CannotFix("the fix does not say what to load")


def _add_option(plan: AddOption, edits: Edits) -> None:
    root = node_at(edits.tree, plan.root, ast.Call)
    selectinload = edits.add_import("sqlalchemy.orm", "selectinload")
    options = ", ".join(_option(edits, selectinload, chain) for chain in plan.chains)
    place = edits.tree.lines.offset(*edits.tree.source.span(root).end)
    insert_into_query(edits, plan.root, place, f".options({options})")


def _option(edits: Edits, selectinload: str, chain: tuple[Step, ...]) -> str:
    """``selectinload(Account.company).selectinload(Company.users)``, its classes imported."""
    calls = []
    for number, step in enumerate(chain):
        model = edits.add_import(step.module, step.model) if step.module else step.model
        called = selectinload if number == 0 else "selectinload"
        calls.append(f"{called}({model}.{step.relationship})")
    return ".".join(calls)


def _add_get_option(plan: AddGetOption, edits: Edits) -> None:
    call = edits.tree.at(plan.call, cst.Call)
    if call is None:
        raise CannotFix("the session.get is not where it was")
    selectinload = edits.add_import("sqlalchemy.orm", "selectinload")
    options = ", ".join(f"{selectinload}({name})" for name in plan.relationships)
    change_in_steps(edits, call, [partial(set_keyword, name="options", value=f"[{options}]")])


def _refresh_before(plan: RefreshBefore, edits: Edits) -> None:
    tree = edits.tree
    node_at(tree, plan.statement, ast.stmt)
    quoted = ", ".join(f'"{name}"' for name in plan.names)
    names = f", [{quoted}]" if quoted else ""
    code = f"await {plan.session}.refresh({plan.owner}{names})\n"
    if plan.each:
        code = f"for {plan.owner} in {plan.each}:\n{tree.indent_unit}{code}"
    elif plan.guarded:
        code = f"if {plan.owner} is not None:\n{tree.indent_unit}{code}"
    line = plan.statement.line
    start = tree.lines.offset(line, 0)
    indent = tree.indent_of(line)
    edits.replace_text(start, start, "".join(f"{indent}{row}\n" for row in code.splitlines()))


CODEMOD = Codemod("TSL307", load_before_reading)
