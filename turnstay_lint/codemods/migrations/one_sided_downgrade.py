"""TSL904: write the operations that a downgrade lacks, where they belong in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import groupby

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.definitions import in_units, insert_definition, laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.frameworks.alembic.revision import name_of
from turnstay_lint.rules.migrations.inverse_arguments import Argument
from turnstay_lint.rules.migrations.inverses import Inverse
from turnstay_lint.rules.migrations.taking_back import WriteInverses

_BATCH = "batch_op"


def write_inverses(finding: Finding, edits: Edits) -> None:
    """Write the calls of the plan into the downgrade, or a downgrade of them."""
    plan = finding.fix.plan if finding.fix is not None else None
    function = _function(finding, edits)
    if not isinstance(plan, WriteInverses) or function is None:
        raise CannotFix("the downgrade is not where it was")
    if plan.new:
        returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
        lines = _lines(plan.inverses, edits, edits.settings.line_length - 4)
        body = "\n".join(f"    {line}" for line in lines)
        insert_definition(edits, f"def {plan.new}(){returns}:\n{body}", after=function)
        return
    _insert(plan, function, edits)


def _function(finding: Finding, edits: Edits) -> ast.FunctionDef | None:
    for node in ast.walk(edits.tree.source.tree):
        if isinstance(node, ast.FunctionDef):
            if edits.tree.source.span(name_of(node)) == finding.span:
                return node
    return None


def _insert(plan: WriteInverses, function: ast.FunctionDef, edits: Edits) -> None:
    body, tree = function.body, edits.tree
    one_line = body[0].lineno == function.lineno or _begins_late(body[0], edits)
    column = tree.indent_of(function.lineno) + tree.indent_unit
    indent = column if one_line else tree.indent_of(body[0].lineno)
    lines = _lines(plan.inverses, edits, edits.settings.line_length - len(indent))
    text = "\n".join(indent + in_units(line, tree.indent_unit) for line in lines)
    idle = next((s for s in body if _is_idle(s)), None)
    if idle is not None and all(_is_idle(s) or _is_docstring(s, body) for s in body):
        start, end = tree.lines.offsets(tree.source.span(idle))
        if one_line:
            line = tree.lines.offset(idle.lineno, 0)
            before = tree.text[line:start]
            edits.replace_text(line + len(before.rstrip()), end, f"\n{text}")
        else:
            edits.replace_text(start, end, text.removeprefix(indent))
        return
    if one_line:
        raise CannotFix("the downgrade stands on one line")
    position = _position(plan, body, edits)
    if position == 0:
        place = tree.lines.offset(body[0].lineno, 0)
    else:
        place = tree.lines.offset((body[position - 1].end_lineno or 0) + 1, 0)
    if place == len(tree.text) and not tree.text.endswith(("\n", "\r")):
        edits.replace_text(place, place, f"\n{text}")
    else:
        edits.replace_text(place, place, f"{text}\n")


def _position(plan: WriteInverses, body: Sequence[ast.stmt], edits: Edits) -> int:
    if plan.before is None:
        return len(body)
    span_of = edits.tree.source.span
    position = next((n for n, s in enumerate(body) if span_of(s) == plan.before), None)
    if position is None:
        raise CannotFix("the downgrade is not as it was")
    if _begins_late(body[position], edits):
        raise CannotFix("a line of the downgrade holds several statements")
    return position


def _begins_late(statement: ast.stmt, edits: Edits) -> bool:
    """Tell whether something stands before a statement on its line."""
    span = edits.tree.source.span(statement)
    start = edits.tree.lines.offset(span.line, 0)
    return bool(edits.tree.text[start : edits.tree.lines.offset(*span.start)].strip())


def _is_idle(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Expr(value=ast.Constant(value=value)):
            return value is ...
    return False


def _is_docstring(statement: ast.stmt, body: Sequence[ast.stmt]) -> bool:
    return statement is body[0] and isinstance(statement, ast.Expr) and not _is_idle(statement)


def _lines(inverses: Sequence[Inverse], edits: Edits, width: int) -> Iterator[str]:
    """Yield the lines of the calls, unindented; those of one batch stand in one block."""
    op = edits.add_import("alembic", "op")
    for batch, calls in groupby(inverses, key=lambda inverse: inverse.batch):
        holder, indent = op, ""
        if batch is not None:
            said = [_said(argument, op, edits) for argument in batch]
            head = f"with {op}.batch_alter_table"
            yield from laid_out_call(head, said, f" as {_BATCH}:", "", width).splitlines()
            holder, indent = _BATCH, "    "
        for call in calls:
            if call.type_name:
                sa = edits.add_import("sqlalchemy", alias="sa")
                yield f'{sa}.Enum(name="{call.type_name}").drop({op}.get_bind())'
                continue
            said = [_said(argument, holder, edits) for argument in call.arguments]
            laid = laid_out_call(f"{holder}.{call.method}", said, "", indent, width)
            yield from (indent + laid).splitlines()


def _said(argument: Argument, holder: str, edits: Edits) -> str:
    if argument.place is not None:
        start, end = edits.tree.lines.offsets(argument.place)
        said = edits.tree.text[start:end]
        said = ast.unparse(ast.parse(f"({said})", mode="eval")) if "\n" in said else said
    elif argument.code:
        said = argument.code
    else:
        said = f'{holder}.f("{argument.text}")' if argument.final else f'"{argument.text}"'
    return f"{argument.keyword}={said}" if argument.keyword else said


CODEMOD = Codemod("TSL904", write_inverses)
