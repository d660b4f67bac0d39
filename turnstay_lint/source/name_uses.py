"""Which names a file uses, counting those that it says in strings."""

from __future__ import annotations

import ast

from turnstay_lint.source.file import SourceFile, fact


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
            todo.extend(ast.iter_child_nodes(node))
    return frozenset(used)


def _is_string_statement(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _names_in(text: str) -> set[str]:
    if text.isidentifier():
        return {text}
    if len(text) > 500 or not any(character in text for character in ".[|("):
        return set()
    try:
        expression = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found: set[str] = set()
    for node in ast.walk(expression):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= _names_in(node.value) if node.value != text else set()
    return found
