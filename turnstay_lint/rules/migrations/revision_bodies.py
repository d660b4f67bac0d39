"""The statements of a revision's functions, as lines that can go somewhere else.

A statement moves as it is written, with the comments above it, at the depth at which it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.rules.rule import Look

INDENT = 4


class CannotMove(Exception):
    """Statements cannot move to another revision; the message says why."""


class Lines(Struct, frozen=True):
    """Lines of the file, the first and the last, and what stands there instead."""

    first: int
    last: int
    instead: str = ""


def body_of(look: Look, name: str) -> list[ast.stmt]:
    """Return the statements of a function of the module; raises CannotMove."""
    found = [s for s in look.source.tree.body if isinstance(s, ast.FunctionDef) and s.name == name]
    if len(found) != 1:
        raise CannotMove(f"the file has no one {name}() of its own")
    body = found[0].body
    own = [(s.lineno, s.end_lineno or s.lineno) for s in body]
    apart = all(here[1] < after[0] for here, after in pairwise(own))
    if not apart or any(s.col_offset != INDENT for s in body):
        raise CannotMove(f"{name}() is not written a statement a line, four spaces deep")
    return body


def is_docstring(statement: ast.stmt) -> bool:
    """Tell whether a statement is a string alone."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def place_of(operation: Operation) -> ast.expr:
    """Return the call in ``upgrade()`` itself that makes an operation."""
    return operation.callers[0] if operation.callers else operation.call


def holds(statement: ast.stmt, node: ast.expr) -> bool:
    """Tell whether a node stands in a statement."""
    above = getattr(statement, "decorator_list", ())
    first = min([statement.lineno, *(decorator.lineno for decorator in above)])
    if not first <= node.lineno <= (statement.end_lineno or first):
        return False
    return any(inner is node for inner in ast.walk(statement))


def lines_of(look: Look, statement: ast.stmt) -> tuple[int, int]:
    """Return the first and last line of a statement, with the comments right above it."""
    first = statement.lineno
    lines = look.source.lines
    indent = " " * statement.col_offset
    while first > 1 and lines.line(first - 1).startswith(f"{indent}#"):
        first -= 1
    return first, statement.end_lineno or statement.lineno


def code_of(look: Look, statements: Iterable[ast.stmt]) -> str:
    """Return statements as they are written, apart by no more than one empty line."""
    found: list[str] = []
    last_line = 0
    for statement in statements:
        first, last = lines_of(look, statement)
        if found and first > last_line + 1:
            found.append("")
        found += [look.source.lines.line(n).rstrip("\r\n") for n in range(first, last + 1)]
        last_line = last
    return "\n".join(found)


def uncommented(code: str) -> Iterator[str]:
    """Yield lines without those that are comments, which stay with the way up."""
    for line in code.split("\n"):
        if not line.lstrip().startswith("#"):
            yield line


def removals(
    look: Look, body: Sequence[ast.stmt], gone: Sequence[ast.stmt], instead: str = "pass"
) -> Iterator[Lines]:
    """Yield the lines that go with statements of a block; an empty block gets ``instead``."""
    left = [statement for statement in body if not any(statement is one for one in gone)]
    for statement in gone:
        first, last = lines_of(look, statement)
        while first > 1 and not look.source.lines.line(first - 1).strip():
            first -= 1
        said = f"{' ' * statement.col_offset}{instead}\n"
        yield Lines(first, last, said if not left and statement is gone[0] else "")
