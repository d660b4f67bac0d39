"""What SQLAlchemy's queries give, as types: of ``select(Account)`` accounts, one or many.

``<Select>``, ``<Query>``, ``<Result>`` and ``<Scalars>`` stand for a query, one of the older
kind, the result of executing it, and its scalars; their one argument is what each row holds.
"""

from __future__ import annotations

from turnstay_lint.source.types import NONE, UNKNOWN, Type

SELECT = "<Select>"
RESULT = "<Result>"
SCALARS = "<Scalars>"
QUERY = "<Query>"
_QUERIES = frozenset(
    {
        "sqlalchemy.select", "sqlalchemy.future.select", "sqlalchemy.sql.select",
        "sqlalchemy.sql.expression.select", "sqlmodel.select",
    }
)  # fmt: skip
_ROWS = frozenset(
    {"sqlalchemy.Select", "sqlalchemy.sql.Select", "sqlalchemy.sql.selectable.Select"}
)
_RESULTS = frozenset({"sqlalchemy.Result", "sqlalchemy.engine.Result", "sqlalchemy.CursorResult"})
_SCALARS = frozenset({"sqlalchemy.ScalarResult", "sqlalchemy.engine.ScalarResult"})
_MANY = frozenset({"all", "fetchall", "fetchmany", "partitions"})
_ONE = frozenset({"one", "scalar_one"})
_PERHAPS = frozenset({"first", "one_or_none", "scalar_one_or_none", "scalar"})
_SAME = frozenset({"unique", "execution_options", "yield_per"})
_SESSION_METHODS = {
    "execute": RESULT,
    "exec": SCALARS,
    "scalars": SCALARS,
    "stream_scalars": SCALARS,
}


def is_select(name: str) -> bool:
    """Tell whether a function of that name begins a query."""
    return name in _QUERIES


def list_of(element: Type) -> Type:
    """Return the type of a list of ``element``."""
    return Type("builtins.list", (element,))


def optional(type_: Type) -> Type:
    """Return ``type_ | None``."""
    members = [member for member in type_.members if member != NONE]
    return Type("|", (*members, NONE)) if members else NONE


def declared(type_: Type) -> Type:
    """Read SQLAlchemy's own generic types: ``Select[tuple[Account]]`` is a query of accounts."""
    if not type_.arguments:
        return type_
    first = type_.arguments[0]
    row = first.arguments[0] if _is_row(first) else first
    for names, made in ((_ROWS, SELECT), (_RESULTS, RESULT), (_SCALARS, SCALARS)):
        if type_.name in names:
            return Type(made, (row,))
    return type_


def _is_row(type_: Type) -> bool:
    return type_.name == "builtins.tuple" and len(type_.arguments) == 1


def of_session_method(method: str, arguments: list[Type]) -> Type:
    """Return what a method of a session gives for a query among its arguments, or unknown."""
    query = next((type_ for type_ in arguments if type_.name == SELECT), None)
    if query is None:
        return UNKNOWN
    if method in _SESSION_METHODS:
        return Type(_SESSION_METHODS[method], query.arguments)
    if method == "scalar":
        return optional(query.arguments[0])
    return UNKNOWN


def of_method(owner: Type, method: str) -> Type:
    """Return what a method of a query, a result or scalars gives, or unknown."""
    if owner.name == SELECT:
        return owner
    if owner.name == QUERY and method not in (_MANY | _ONE | _PERHAPS | {"get"}):
        return owner if method != "count" else Type("builtins.int")
    if owner.name not in (RESULT, SCALARS, QUERY) or not owner.arguments:
        return UNKNOWN
    element = owner.arguments[0]
    if method in _SAME:
        return owner
    if owner.name == RESULT:
        if method == "scalars":
            return Type(SCALARS, owner.arguments)
        if method not in ("scalar_one", "scalar_one_or_none", "scalar"):
            return UNKNOWN
    if method in _MANY:
        return list_of(element)
    if method in _ONE:
        return element
    return optional(element) if method in _PERHAPS or method == "get" else UNKNOWN
