"""How ``alter_column`` is taken back: what it says of before becomes what is said of after."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from turnstay_lint.frameworks.alembic.changes import AlterColumn
from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.rules.migrations.inverse_arguments import (
    Argument,
    CannotInvert,
    code,
    string,
    written,
)
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

_KNOWN = frozenset(
    {
        "table_name", "column_name", "schema", "nullable", "new_column_name", "type_",
        "server_default", "comment", "existing_type", "existing_nullable",
        "existing_server_default", "existing_comment", "existing_autoincrement",
    }
)  # fmt: skip
_FAMILIES = tuple(
    frozenset(family.split())
    for family in (
        "string text unicode unicodetext varchar char nvarchar autostring",
        "integer biginteger smallinteger bigint smallint numeric decimal float double real "
        "double_precision",
        "datetime timestamp",
        "json jsonb",
        "largebinary bytea blob",
    )
)
"""Types that PostgreSQL turns into one another without being told how."""


def altered_back(
    operation: Operation, change: AlterColumn, span_of: Callable[[ast.AST], Span]
) -> Iterator[Argument]:
    """Yield the arguments of the ``alter_column`` that takes one back, from the column's name on.

    Raises CannotInvert.
    """
    if change.name is None:
        raise CannotInvert("not all its names could be read")
    if (change.in_sql or operation.origin is not None) and {*change.besides} - {"comment"}:
        raise CannotInvert("the revision does not say what it was before")
    given = {} if change.in_sql else _given(operation)
    yield string(change.renamed_to or change.name)

    def copied(name: str, keyword: str) -> Argument:
        return written(given[name], operation.scope, span_of, keyword)

    if change.renamed_to is not None:
        yield string(change.name, "new_column_name")
    if "type_" in given:
        _can_return(given, operation.scope)
        yield copied("type_", "existing_type")
        yield copied("existing_type", "type_")
    elif "existing_type" in given:
        yield copied("existing_type", "existing_type")
    if change.nullable is not None:
        yield code(str(_was_nullable(change.nullable, given)), "nullable")
    elif "existing_nullable" in given and operation.origin is None:
        yield copied("existing_nullable", "existing_nullable")
    for name in ("server_default", "comment"):
        if name in given and f"existing_{name}" in given:
            yield copied(name, f"existing_{name}")
            yield copied(f"existing_{name}", name)
        elif name == "server_default" and name in given:
            raise CannotInvert("existing_server_default= does not say what it was")
        elif f"existing_{name}" in given:
            yield copied(f"existing_{name}", f"existing_{name}")


def _given(operation: Operation) -> dict[str, ast.expr]:
    """Return the keywords of a call; of one in another file what bears on being NULL."""
    call = operation.origin.call if operation.origin is not None else operation.call
    if not isinstance(call, ast.Call) or not _is_plain(call):
        raise CannotInvert("its arguments are not written where it is called")
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    others = sorted(given.keys() - _KNOWN)
    if others:
        raise CannotInvert(f"{others[0]}= has no certain inverse")
    if operation.origin is not None:
        return {name: given[name] for name in given if name == "existing_nullable"}
    return given


def _is_plain(call: ast.Call) -> bool:
    named = isinstance(call.func, ast.Attribute) and call.func.attr == "alter_column"
    return named and all(keyword.arg for keyword in call.keywords)


def _was_nullable(nullable: bool, given: dict[str, ast.expr]) -> bool:
    before = given.get("existing_nullable")
    if isinstance(before, ast.Constant) and isinstance(before.value, bool):
        was = before.value
    else:
        was = not nullable
    if not was and nullable:
        raise CannotInvert("rows may have NULL by then, and NOT NULL would refuse them")
    return was


def _can_return(given: dict[str, ast.expr], scope: Scope) -> None:
    if "existing_type" not in given:
        raise CannotInvert("existing_type= does not say which type it had")
    old, new = _family(given["existing_type"], scope), _family(given["type_"], scope)
    if old is None or old != new:
        raise CannotInvert("PostgreSQL may have to be told how values become the old type")


def _family(type_: ast.expr, scope: Scope) -> int | None:
    called = type_.func if isinstance(type_, ast.Call) else type_
    dotted = resolve(called, scope) or ""
    if not dotted.startswith(("sqlalchemy", "sqlmodel")):
        return None
    name = dotted.rpartition(".")[2].lower()
    return next((n for n, family in enumerate(_FAMILIES) if name in family), None)
