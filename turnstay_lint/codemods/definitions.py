"""New definitions put into a file: classes and functions behind their like, methods in a class.

What is inserted stands by itself: a definition brings the empty lines before it, and finds those
after it there already.
"""

from __future__ import annotations

import ast

from turnstay_lint.codemods.edits import CannotFix, Edits

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def insert_definition(edits: Edits, code: str, *, after: ast.stmt | None) -> None:
    """Put a class or function, unindented, behind a statement of the module, or at its end."""
    tree = edits.tree
    body = tree.source.tree.body
    statement = after or (body[-1] if body else None)
    if statement is None:
        edits.replace_text(len(tree.text), len(tree.text), f"{code}\n")
        return
    _insert(edits, f"\n\n{code}\n", statement, "", is_last=statement is body[-1], blanks=2)


def insert_method(edits: Edits, code: str, owner: ast.ClassDef, *, after: ast.stmt) -> None:
    """Put a method, unindented, behind a statement of a class."""
    column = edits.tree.indent_of(after.lineno)
    if column != edits.tree.text.splitlines()[after.lineno - 1][: after.col_offset]:
        raise CannotFix(f"{owner.name} stands on one line")
    _insert(edits, f"\n{code}\n", after, column, is_last=after is owner.body[-1], blanks=1)


def _insert(
    edits: Edits, code: str, after: ast.stmt, indent: str, *, is_last: bool, blanks: int
) -> None:
    tree = edits.tree
    unit = tree.indent_unit
    lines = [f"{indent}{in_units(line, unit)}" if line.strip() else "" for line in code.split("\n")]
    last = _end(edits, after, indent)
    place = tree.lines.offset(last + 1, 0)
    text = "\n".join(lines)
    if place == len(tree.text) and not tree.text.endswith(("\n", "\r")):
        text = "\n" + text.removesuffix("\n")
    elif not is_last and tree.lines.line(last + 1).strip():
        text += "\n" * blanks
    edits.replace_text(place, place, text)


def in_units(line: str, unit: str) -> str:
    """Indent as the file does; codemods write four spaces."""
    bare = line.lstrip(" ")
    steps, rest = divmod(len(line) - len(bare), 4)
    return unit * steps + " " * rest + bare


def _end(edits: Edits, statement: ast.stmt, indent: str) -> int:
    """Return the last line of a statement, with comments of its body that stand below it."""
    lines = edits.tree.lines
    last = statement.end_lineno or statement.lineno
    line = last + 1
    while line <= lines.count:
        text = lines.line(line)
        if text.strip() and not text.startswith((f"{indent} ", f"{indent}\t")):
            break
        if text.strip() and not text.strip().startswith("#"):
            break
        if text.strip():
            last = line
        line += 1
    return last


def laid_out_call(head: str, arguments: list[str], tail: str, indent: str, width: int) -> str:
    """Return ``head(arguments)tail`` as black lays it out behind ``indent``.

    A parameter that stands alone on its line gets a comma, an argument does not.
    """
    line = f"{head}({', '.join(arguments)}){tail}"
    if len(indent) + len(line) <= width or not arguments:
        return line
    inner = f"{indent}    "
    flat = ", ".join(arguments)
    alone = len(arguments) == 1 and "def " in head
    if len(inner) + len(flat) <= width and not alone:
        return f"{head}(\n{inner}{flat}\n{indent}){tail}"
    rows = "".join(f"{inner}{argument},\n" for argument in arguments)
    return f"{head}(\n{rows}{indent}){tail}"
