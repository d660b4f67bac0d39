"""A class taken out of its file, written into another, and imported from there."""

from __future__ import annotations

import ast

from turnstay_lint.codemods.definitions import insert_definition
from turnstay_lint.codemods.edits import CannotFix, Edits, Import
from turnstay_lint.codemods.import_writing import head_of, written
from turnstay_lint.codemods.schema_writing import list_name
from turnstay_lint.codemods.statements import comments_in, drop_unused_names
from turnstay_lint.findings import Finding
from turnstay_lint.rules.package_plan import WritePackage
from turnstay_lint.rules.schemas.class_move import Reimport, RemoveClass, WriteClass
from turnstay_lint.source.import_statements import has_trailing_comma, spelled
from turnstay_lint.source.scopes import absolute_module


def take_out(finding: Finding, edits: Edits) -> None:
    """Remove the class of the plan, and import it from where it goes, if the file needs it."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, RemoveClass):
        raise CannotFix("the fix has no class to move")
    tree = edits.tree
    node = next(
        (s for s in tree.source.tree.body if isinstance(s, ast.ClassDef) and s.name == plan.name),
        None,
    )
    if node is None or not plan.lines.line <= node.lineno < plan.lines.end_line:
        raise CannotFix("the class is not where it was")
    first, last = plan.lines.line, plan.lines.end_line
    while last <= tree.lines.count and not tree.lines.line(last).strip():
        last += 1
    if last > tree.lines.count:
        while first > 1 and not tree.lines.line(first - 1).strip():
            first -= 1
    edits.replace_text(tree.lines.offset(first, 0), tree.lines.offset(last, 0), "")
    drop_unused_names(edits, [node])
    for name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}:
        edits.drop_if_unused(name)
    if plan.module:
        edits.imports.add(Import(plan.module, plan.name))


def settle(plan: object, edits: Edits) -> None:
    """Do one part of a move in another file: write the class, or import it anew."""
    if isinstance(plan, WriteClass):
        _write(plan, edits)
    elif isinstance(plan, Reimport):
        _import_anew(plan, edits)
    elif not isinstance(plan, WritePackage):
        raise CannotFix("the fix has no class to move")


def _write(plan: WriteClass, edits: Edits) -> None:
    for module, name, alias in plan.imports:
        if edits.add_import(module, name, alias) != (alias or name or module.partition(".")[0]):
            raise CannotFix(f"{name or module} has another name there")
    classes = [s for s in edits.tree.source.tree.body if isinstance(s, ast.ClassDef)]
    insert_definition(edits, plan.code, after=classes[-1] if classes else None)
    list_name(plan.name, edits)


def _import_anew(plan: Reimport, edits: Edits) -> None:
    source = edits.tree.source
    for statement in ast.walk(source.tree):
        if not isinstance(statement, ast.ImportFrom):
            continue
        origin = absolute_module(statement, source.module)
        moved = [a for a in statement.names if f"{origin}.{a.name}" in plan.targets]
        if not moved:
            continue
        if statement in source.tree.body:
            _shorten(edits, statement, moved)
            for alias in moved:
                edits.imports.add(Import(plan.module, plan.name, alias.asname or ""))
        else:
            _part(edits, statement, moved, plan.module)


def _left(edits: Edits, statement: ast.ImportFrom, moved: list[ast.alias]) -> str:
    """Return the statement without the names that moved, empty where none are left."""
    tree = edits.tree
    start, end = tree.lines.offsets(tree.source.span(statement))
    code = tree.text[start:end]
    if comments_in(code):
        raise CannotFix("a comment stands in an import that would change")
    names = [spelled(alias) for alias in statement.names if alias not in moved]
    if not names:
        return ""
    return written(
        head_of(statement),
        names,
        width=edits.settings.line_length,
        unit=tree.indent_unit,
        indent=tree.indent_of(statement.lineno),
        spread=has_trailing_comma(code),
    )


def _shorten(edits: Edits, statement: ast.ImportFrom, moved: list[ast.alias]) -> None:
    tree = edits.tree
    span = tree.source.span(statement)
    left = _left(edits, statement, moved)
    if left:
        edits.replace_span(span, left)
        return
    line = tree.lines.line(span.line)
    if line[: span.column].strip() or tree.lines.line(span.end_line)[span.end_column :].strip():
        raise CannotFix("the line of an import holds something else")
    start, end = tree.lines.offset(span.line, 0), tree.lines.offset(span.end_line + 1, 0)
    edits.replace_text(start, end, "")


def _part(edits: Edits, statement: ast.ImportFrom, moved: list[ast.alias], module: str) -> None:
    """Within a function the new import stands where the old one did."""
    tree = edits.tree
    left = _left(edits, statement, moved)
    new = f"from {module} import {', '.join(spelled(alias) for alias in moved)}"
    indent = tree.indent_of(statement.lineno)
    edits.replace_span(tree.source.span(statement), f"{left}\n{indent}{new}" if left else new)
