"""Which names a file uses, counting those that it says in strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.occurrences import occurrences


@fact
def names_used(source: SourceFile) -> frozenset[str]:
    """Return every name that the code reads or deletes, or that a string may mean.

    A string means a name when it is an expression: an annotation, an entry of ``__all__``, the
    class of a relationship. Prose is none, and neither is a docstring.
    """
    used: set[str] = set()
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Store):
                used.add(node.id)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                used |= _names_in(node.value)
        elif not _is_string_statement(node):
            # Less than half of what ast.iter_child_nodes takes.
            for value in node.__dict__.values():
                if type(value) is list:
                    todo.extend(child for child in value if isinstance(child, ast.AST))
                elif isinstance(value, ast.AST):
                    todo.append(value)
    return frozenset(used)


def uses_any(source: SourceFile, names: frozenset[str]) -> bool:
    """Tell whether ``names_used`` has one of these names, without going over the whole tree.

    Only those parts of the tree are looked at that stand where the text has the name.
    """
    lines = {source.lines.position(at)[0] for at in occurrences(source, names)}
    return any(not names.isdisjoint(_used_at(source.tree, line)) for line in sorted(lines))


def _used_at(tree: ast.Module, line: int) -> Iterator[str]:
    """Yield the names that are used by what stands on a line, or begins or ends there."""
    todo: list[ast.AST] = [tree]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            first, last = getattr(child, "lineno", line), getattr(child, "end_lineno", line)
            above = getattr(child, "decorator_list", None)
            first = min([first, *(d.lineno for d in above)]) if above else first
            if not first <= line <= last or _is_string_statement(child):
                continue
            if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Store):
                yield child.id
            elif isinstance(child, ast.Constant) and isinstance(child.value, str):
                yield from _names_in(child.value)
            else:
                todo.append(child)


def _is_string_statement(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _names_in(text: str) -> set[str]:
    if text.isidentifier():
        return {text}
    if len(text) > 500 or not any(character in text for character in ".[|("):
        return set()
    try:
        expression = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return set()
    found: set[str] = set()
    for node in ast.walk(expression):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= _names_in(node.value) if node.value != text else set()
    return found
