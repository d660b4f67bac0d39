"""TSL404: say in ``model_config`` what an inner class says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.codemods.statements import comments_in
from turnstay_lint.codemods.tree import Tree
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.v1_config import Configure, Entry
from turnstay_lint.source.positions import Span

_HEAD = "model_config = {"


def configure(finding: Finding, edits: Edits) -> None:
    """Write the dict in place of the class: on one line where it fits and nothing is lost."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, Configure):
        raise CannotFix("the fix has no configuration to write")
    tree = edits.tree
    node = _class_at(tree, finding.span)
    start, end = tree.lines.offsets(tree.source.span(node))
    text = tree.text[start:end]
    indent = tree.indent_of(node.lineno)
    said = [entry for entry in plan.entries if entry.name]
    flat = f"{_HEAD}{', '.join(_flat(tree, entry) for entry in said)}}}"
    fits = len(indent) + len(flat) <= edits.settings.line_length and "\n" not in flat
    if fits and not comments_in(text) and not _behind(tree, node):
        edits.replace_text(start, end, flat)
    else:
        _write_lines(edits, node, plan)
    for name in dict.fromkeys((*plan.unused, *_annotating(node))):
        edits.drop_if_unused(name)


def _annotating(node: ast.ClassDef) -> Iterator[str]:
    """Yield the names in the annotations of the class's values, which go with them."""
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            names = ast.walk(statement.annotation)
            yield from (name.id for name in names if isinstance(name, ast.Name))


def _class_at(tree: Tree, span: Span) -> ast.ClassDef:
    for node in ast.walk(tree.source.tree):
        if isinstance(node, ast.ClassDef) and tree.source.span(node).start == span.start:
            return node
    raise CannotFix("the configuration is not where it was")


def _flat(tree: Tree, entry: Entry) -> str:
    return f'"{entry.name}": {entry.value or _value(tree, entry)}'


def _value(tree: Tree, entry: Entry) -> str:
    return tree.text[slice(*tree.lines.offsets(_value_span(tree, entry)))]


def _value_span(tree: Tree, entry: Entry) -> Span:
    """Return where the value of a statement stands, its parentheses included."""
    for node in ast.walk(tree.source.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            if tree.source.span(node) == entry.statement:
                text = tree.text[slice(*tree.lines.offsets(entry.statement))]
                begin = tree.source.span(node.value).start
                first = tree.lines.offset(*entry.statement.start)
                before = text[: tree.lines.offset(*begin) - first]
                begin = tree.lines.position(first + before.index("=") + 1)
                return _stripped(tree, Span(*begin, *entry.statement.end))
    raise CannotFix("a key of the configuration is not where it was")


def _stripped(tree: Tree, span: Span) -> Span:
    start, end = tree.lines.offsets(span)
    text = tree.text[start:end]
    start += len(text) - len(text.lstrip())
    return Span(*tree.lines.position(start), *span.end)


def _behind(tree: Tree, node: ast.ClassDef) -> str:
    """Return what stands behind the class's last statement on its line: a comment."""
    span = tree.source.span(node)
    return tree.lines.line(span.end_line)[span.end_column :].strip()


def _write_lines(edits: Edits, node: ast.ClassDef, plan: Configure) -> None:
    """Write an entry on each line that a statement had, so that comments stay beside theirs."""
    tree = edits.tree
    span = tree.source.span(node)
    first = node.body[0]
    head = tree.text[tree.lines.offset(*span.start) : tree.lines.offset(first.lineno, 0)]
    colon = head.index(":")
    edits.replace_text(
        tree.lines.offset(*span.start), tree.lines.offset(*span.start) + colon + 1, _HEAD
    )
    for entry in plan.entries:
        start, end = tree.lines.offsets(entry.statement)
        if not entry.name:
            line = tree.lines.line(entry.statement.line)
            if "#" in line[entry.statement.end_column :]:
                edits.replace_text(start, end, "")
            else:
                edits.replace_text(
                    tree.lines.offset(entry.statement.line, 0),
                    tree.lines.offset(entry.statement.end_line + 1, 0),
                    "",
                )
            continue
        value = tree.lines.offsets(_value_span(tree, entry))
        if entry.value:
            edits.replace_text(start, end, f'"{entry.name}": {entry.value},')
        else:
            edits.replace_text(start, value[0], f'"{entry.name}": ')
            edits.replace_text(end, end, ",")
    for number in range(first.lineno, span.end_line):
        if not tree.lines.line(number).strip() and not _within(plan, number):
            start = tree.lines.offset(number, 0)
            edits.replace_text(start, tree.lines.offset(number + 1, 0), "")
    place = tree.lines.offset(span.end_line + 1, 0)
    lead = "" if tree.text[place - 1 : place] in ("\n", "\r") else "\n"
    edits.replace_text(place, place, f"{lead}{tree.indent_of(span.line)}}}\n")


def _within(plan: Configure, number: int) -> bool:
    return any(e.statement.line <= number <= e.statement.end_line for e in plan.entries)


CODEMOD = Codemod("TSL404", configure)
