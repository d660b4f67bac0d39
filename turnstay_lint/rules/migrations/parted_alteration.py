"""An ``alter_column`` that sets NOT NULL and changes more, as two calls: what stays, what moves.

What stays sets all but NOT NULL. What moves says of the rest how it is by then, which MySQL has to
be told.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct

from turnstay_lint.rules.migrations.revision_bodies import CannotMove
from turnstay_lint.rules.rule import Look

_KEEPS = frozenset(
    {"table_name", "column_name", "nullable", "schema", "existing_type", "existing_nullable",
     "existing_server_default", "existing_comment", "existing_autoincrement"}
)  # fmt: skip
_BECOMES = {
    "type_": "existing_type",
    "server_default": "existing_server_default",
    "comment": "existing_comment",
    "autoincrement": "existing_autoincrement",
}
_OF_A_CHANGE = ("postgresql_", "mysql_", "mssql_")
"""Arguments that say how a type is changed."""


class Parted(Struct, frozen=True):
    """The code of two calls in place of one, where they stand."""

    stays: str
    moves: str


def parted(look: Look, call: ast.expr, indent: int) -> Parted | None:
    """Return how a call is parted, None where it changes nothing but nullability.

    Raises CannotMove where it cannot be read, or renames the column.
    """
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        raise CannotMove("the operation is not written as a call of alter_column")
    given = {keyword.arg: keyword for keyword in call.keywords}
    if call.func.attr != "alter_column" or None in given:
        raise CannotMove("the operation is not written as a call of alter_column")
    said = given.get("nullable")
    if said is None or not isinstance(said.value, ast.Constant):
        raise CannotMove("nullable= is no literal there")
    others = {str(name) for name in given} - _KEEPS
    if not others:
        return None
    if "new_column_name" in others:
        raise CannotMove("the operation renames the column as well")
    unknown = {n for n in others - _BECOMES.keys() if not n.startswith(_OF_A_CHANGE)}
    written = _source(look, call)
    if unknown or "#" in written:
        raise CannotMove("the operation changes more of the column than can be parted")
    return Parted(_staying(look, call, indent), _moving(look, call, indent))


def _staying(look: Look, call: ast.Call, indent: int) -> str:
    kept = [_source(look, k) for k in call.keywords if k.arg != "nullable"]
    return _laid_out(look, call, kept, indent)


def _moving(look: Look, call: ast.Call, indent: int) -> str:
    new = {_BECOMES[str(k.arg)] for k in call.keywords if k.arg in _BECOMES}
    said: list[str] = []
    for keyword in call.keywords:
        name = str(keyword.arg)
        if name in _BECOMES:
            said.append(f"{_BECOMES[name]}={_source(look, keyword.value)}")
        elif name in _KEEPS and name not in new:
            said.append(_source(look, keyword))
    return _laid_out(look, call, said, indent)


def _laid_out(look: Look, call: ast.Call, keywords: Sequence[str], indent: int) -> str:
    """Return a call as black has it: in a line, with its arguments in one, or one in each."""
    head = _source(look, call.func)
    arguments = [*(_source(look, argument) for argument in call.args), *keywords]
    if any("\n" in argument for argument in arguments):
        raise CannotMove("an argument of the operation is written in several lines")
    width = look.settings.line_length
    margin, inner = " " * indent, " " * (indent + 4)
    flat = ", ".join(arguments)
    if indent + len(f"{head}({flat})") <= width:
        return f"{head}({flat})"
    if len(inner) + len(flat) <= width:
        return f"{head}(\n{inner}{flat}\n{margin})"
    rows = "".join(f"{inner}{argument},\n" for argument in arguments)
    return f"{head}(\n{rows}{margin})"


def _source(look: Look, node: ast.AST) -> str:
    start, end = look.source.lines.offsets(look.source.span(node))
    return look.source.text[start:end]
