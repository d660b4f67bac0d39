"""TSL411: call a schema by what it is for, wherever it is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.class_renaming import RenameClass
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope, absolute_module


def rename(finding: Finding, edits: Edits) -> None:
    """Give the class its name, in its own file."""
    rename_in(finding.fix.plan if finding.fix is not None else None, edits)


def rename_in(plan: object, edits: Edits) -> None:
    """Give the class its name in a file: where it is defined, imported and used."""
    if not isinstance(plan, RenameClass):
        raise CannotFix("the fix has no class to rename")
    tree = edits.tree
    edits.call_otherwise(plan.old)
    for start in dict.fromkeys(_places(tree.source, plan)):
        if tree.text[start : start + len(plan.old)] != plan.old:
            raise CannotFix(f"a name of {plan.old} is not where it should be")
        edits.replace_text(start, start + len(plan.old), plan.new)


def _places(source: SourceFile, plan: RenameClass) -> Iterator[int]:
    """Yield the offsets at which the class is named."""
    for scope, node in (*_named(source).get(plan.old, ()), *_strings(source)):
        match node:
            case ast.ImportFrom():
                yield from _imported(source, node, plan)
            case ast.Name() if resolve(node, scope) in plan.targets:
                yield source.lines.offset(*source.span(node).start)
            case ast.Attribute() if resolve(node, scope) in plan.targets:
                yield source.lines.offset(*source.span(node).end) - len(plan.old)
            case ast.ClassDef():
                if f"{scope.module}.{plan.old}" in plan.targets and scope.is_module:
                    yield _behind(source, node, plan.old)
            case ast.Constant(value=str(text)) if plan.old in text:
                yield from _quoted(source, node, plan, scope)


_Node = tuple[Scope, ast.AST]


@fact
def _named(source: SourceFile) -> dict[str, list[_Node]]:
    """Return the nodes that name something, by the name, with the scopes in which they stand."""
    found: dict[str, list[_Node]] = {}
    for scope, node in _nodes(source):
        for name in dict.fromkeys(_names(node)):
            found.setdefault(name, []).append((scope, node))
    return found


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ImportFrom():
            yield from (alias.name for alias in node.names)
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.ClassDef(name=name):
            yield name


@fact
def _strings(source: SourceFile) -> list[_Node]:
    return [
        (scope, node)
        for scope, node in _nodes(source)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _nodes(source: SourceFile) -> Iterator[_Node]:
    """Yield every node with the scope in which it stands."""
    todo: list[_Node] = [(source.scope, source.tree)]
    while todo:
        scope, node = todo.pop()
        yield scope, node
        inner = source.index.scopes.get(node, scope)
        todo.extend((inner, child) for child in ast.iter_child_nodes(node))


def _imported(source: SourceFile, node: ast.ImportFrom, plan: RenameClass) -> Iterator[int]:
    """Under its own name, as packages pass things on, it is called so on both sides."""
    origin = absolute_module(node, source.module)
    for alias in node.names:
        if alias.name == plan.old and f"{origin}.{alias.name}" in plan.targets:
            yield source.lines.offset(*source.span(alias).start)
            if alias.asname == plan.old:
                yield source.lines.offset(*source.span(alias).end) - len(plan.old)


def _behind(source: SourceFile, node: ast.ClassDef, name: str) -> int:
    start = source.lines.offset(*source.span(node).start)
    return source.text.index(name, start + len("class"))


def _quoted(
    source: SourceFile, node: ast.Constant, plan: RenameClass, scope: Scope
) -> Iterator[int]:
    """A string that is an annotation, an entry of ``__all__`` or the dotted name itself."""
    start, end = source.lines.offsets(source.span(node))
    text = source.text[start:end]
    named = ast.Name(plan.old, ast.Load(), lineno=node.lineno, col_offset=node.col_offset)
    means = resolve(named, scope) in plan.targets
    for found in re.finditer(rf"(?<![\w]){re.escape(plan.old)}(?!\w)", text):
        before = text[: found.start()].strip("rRuUbB'\"")
        if before.endswith("."):
            if any(f"{before}{plan.old}" == target for target in plan.targets):
                yield start + found.start()
        elif means and _is_type(str(node.value)):
            yield start + found.start()


def _is_type(text: str) -> bool:
    """Tell whether a string reads as an annotation does: names, brackets, bars."""
    return re.fullmatch(r"[\w.\[\], |]+", text) is not None and " " not in text.replace(
        ", ", ","
    ).replace(" | ", "|")


CODEMOD = Codemod("TSL411", rename, rename_in)
