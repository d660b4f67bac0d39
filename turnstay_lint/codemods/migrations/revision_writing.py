"""New revisions of a chain: those that fill and require columns, those that get what moved."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from turnstay_lint.codemods.definitions import laid_out_call
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.frameworks.sql_names import sql_name
from turnstay_lint.project.writing.new_revisions import BACKFILL, Filled, NewRevision
from turnstay_lint.rules.migrations.moved_revisions import MovedRevision, Repoint, TakeOut

_KEPT = '"""The values stay: nothing tells which rows had none."""'


def write_revision(plan: object, edits: Edits) -> None:
    """Write a new revision, or let one that is there follow another."""
    if isinstance(plan, NewRevision):
        _write(plan, edits)
    elif isinstance(plan, MovedRevision):
        _write_moved(plan, edits)
    elif isinstance(plan, Repoint):
        repoint(plan, edits)
    else:
        raise CannotFix("the fix has no revision to write")


def _write(plan: NewRevision, edits: Edits) -> None:
    op = edits.add_import("alembic", "op")
    if plan.kind == BACKFILL:
        up = [_update(op, column, edits) for column in plan.columns]
        down = [f"    {_KEPT}"]
    else:
        if any(column.type for column in plan.columns):
            edits.add_import("sqlalchemy", alias="sa")
        up, down = ([*_alterations(plan, op, said, edits)] for said in ("False", "True"))
    _lay_down(plan, "", "\n".join(up), "\n".join(down), edits)


def _write_moved(plan: MovedRevision, edits: Edits) -> None:
    for one in plan.imports:
        local = edits.add_import(one.module, one.name, one.alias)
        if local != (one.alias or one.name or one.module.partition(".")[0]):
            raise CannotFix(f"{one.module} is called otherwise in the new revision")
    _lay_down(plan, plan.module_code, plan.up, plan.down or f"    {_KEPT}", edits)


def _lay_down(
    plan: NewRevision | MovedRevision, code: str, up: str, down: str, edits: Edits
) -> None:
    for module, name in plan.style.imports:
        edits.add_import(module, name)
    returns = f" -> {plan.style.returns}" if plan.style.returns else ""
    identifiers = "\n".join(_identifiers(plan))
    blocks = [
        _docstring(plan),
        f"{identifiers}\n\n\n{code}" if code else identifiers,
        f"\ndef upgrade(){returns}:\n{up}",
        f"\ndef downgrade(){returns}:\n{down}",
    ]
    edits.replace_text(0, len(edits.tree.text), "\n\n".join(blocks) + "\n")


def _docstring(plan: NewRevision | MovedRevision) -> str:
    if not plan.style.header:
        return f'"""{plan.title}"""'
    header = plan.style.header.format(revision=plan.revision, revises=plan.revises)
    return f'"""{plan.title}\n\n{header}\n"""'


def _identifiers(plan: NewRevision | MovedRevision) -> Iterator[str]:
    annotations = dict(plan.style.annotations)
    for name, value in (
        ("revision", f'"{plan.revision}"'),
        ("down_revision", f'"{plan.revises}"'),
        ("branch_labels", "None"),
        ("depends_on", "None"),
    ):
        annotation = f": {annotations[name]}" if name in annotations else ""
        yield f"{name}{annotation} = {value}"


def _update(op: str, column: Filled, edits: Edits) -> str:
    table, name = sql_name(column.table, column.schema), sql_name(column.column)
    sql = f"UPDATE {table} SET {name} = {column.value} WHERE {name} IS NULL"
    said = _string(sql)
    line = f"    {op}.execute({said})"
    if len(line) <= edits.settings.line_length:
        return line
    return f"    {op}.execute(\n        {said}\n    )"


def _string(text: str) -> str:
    """Return a string as Python says it, in the quotes that black would choose."""
    single, double = text.count("'"), text.count('"')
    if double > single:
        return "'" + text.replace("'", "\\'") + "'"
    return '"' + text.replace('"', '\\"') + '"'


def _alterations(plan: NewRevision, op: str, nullable: str, edits: Edits) -> Iterator[str]:
    """Yield the calls that make columns nullable or not, those of one table in one batch."""
    width = edits.settings.line_length
    tables = dict.fromkeys((column.table, column.schema) for column in plan.columns)
    for table, schema in tables:
        own = [c for c in plan.columns if (c.table, c.schema) == (table, schema)]
        named = [f'"{table}"']
        placed = [f'schema="{schema}"'] if schema else []
        if plan.style.batch:
            head = f"with {op}.batch_alter_table"
            call = laid_out_call(head, [*named, *placed], " as batch_op:", "    ", width)
            yield f"    {call}"
        for column in own:
            said = [f"existing_type={column.type}"] * bool(column.type)
            said = [f'"{column.column}"', *said, f"nullable={nullable}"]
            if plan.style.batch:
                call = laid_out_call("batch_op.alter_column", said, "", " " * 8, width)
                yield f"        {call}"
            else:
                said = [*named, *said, *placed]
                call = laid_out_call(f"{op}.alter_column", said, "", "    ", width)
                yield f"    {call}"


def take_out(plan: TakeOut, edits: Edits) -> None:
    """Take lines out of a file, and the imports that nothing uses any more."""
    lines = edits.tree.lines
    for one in plan.lines:
        edits.replace_text(lines.offset(one.first, 0), lines.offset(one.last + 1, 0), one.instead)
    for name in plan.unused:
        edits.drop_if_unused(name)


def repoint(plan: Repoint, edits: Edits) -> None:
    """Put the new identifier where the old one stands: in ``down_revision``, and in ``Revises``."""
    source = edits.tree.source
    said = [node for node in _down_revision(source.tree) if node.value == plan.old]
    if not said:
        raise CannotFix(f"its down_revision does not say {plan.old}")
    for node in said:
        span = source.span(node)
        start, end = edits.tree.lines.offsets(span)
        edits.replace_text(start, end, edits.tree.text[start:end].replace(plan.old, plan.new))
    first = source.tree.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        start, end = edits.tree.lines.offsets(source.span(first))
        line = re.search(r"^\s*Revises:.*$", edits.tree.text[start:end], re.MULTILINE)
        named = line and re.search(rf"(?<!\w){re.escape(plan.old)}(?!\w)", line.group())
        if line and named:
            place = start + line.start() + named.start()
            edits.replace_text(place, place + len(plan.old), plan.new)


def _down_revision(tree: ast.Module) -> Iterator[ast.Constant]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="down_revision")], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id="down_revision"), value=ast.expr() as value):
                pass
            case _:
                continue
        yield from (node for node in ast.walk(value) if isinstance(node, ast.Constant))
