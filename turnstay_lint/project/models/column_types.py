"""The Python type of a column's values, by its annotation or its SQL type."""

from __future__ import annotations

from turnstay_lint.project.models.models import OrmColumn, orm_models
from turnstay_lint.project.models.orm_names import sqlalchemy_name
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.project.summaries.values import Call, Literal, Name, Value
from turnstay_lint.source.types import Type

_BY_SQL_TYPE = {
    "builtins.int": ("Integer", "BigInteger", "SmallInteger", "INTEGER", "BIGINT", "SMALLINT"),
    "builtins.str": (
        "String", "Text", "Unicode", "UnicodeText", "VARCHAR", "CHAR", "TEXT", "NVARCHAR", "CITEXT",
    ),
    "builtins.bool": ("Boolean", "BOOLEAN"),
    "builtins.float": ("Float", "FLOAT", "Double", "DOUBLE", "REAL", "DOUBLE_PRECISION"),
    "decimal.Decimal": ("Numeric", "NUMERIC", "DECIMAL"),
    "datetime.datetime": ("DateTime", "DATETIME", "TIMESTAMP"),
    "datetime.date": ("Date", "DATE"),
    "datetime.time": ("Time", "TIME"),
    "datetime.timedelta": ("Interval", "INTERVAL"),
    "uuid.UUID": ("Uuid", "UUID", "GUID"),
    "typing.Any": ("JSON", "JSONB"),
    "builtins.bytes": ("LargeBinary", "BINARY", "VARBINARY", "BLOB", "BYTEA"),
}  # fmt: skip
_TYPES = {name: python for python, names in _BY_SQL_TYPE.items() for name in names}
_PLAIN = frozenset(
    {
        *_BY_SQL_TYPE, "builtins.dict", "builtins.list", "builtins.set", "builtins.tuple",
        "builtins.frozenset", "ipaddress.IPv4Address", "ipaddress.IPv6Address",
    }
)  # fmt: skip
_ENUMS = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag")
_MOST_KEYS = 5


def python_type(project: Project, column: OrmColumn) -> Type | None:
    """Return the type of a column's values, ``None`` left out; None where it cannot be read."""
    return _python_type(project, column, _MOST_KEYS)


def _python_type(project: Project, column: OrmColumn, most: int) -> Type | None:
    if column.type.name != "?":
        plain, _ = project.unaliased(column.type.without_none, column.module)
        return plain if _is_plain(project, plain, column.module) else None
    said = _of_sql_type(project, column.sql_type, column.module)
    if said is not None or not most:
        return said
    for key in column.foreign_keys:
        model = orm_models(project).referred(key, column.module)
        referred = model.columns.get(key.column) if model is not None else None
        if referred is not None:
            return _python_type(project, referred, most - 1)
    return None


def is_enum(project: Project, name: str, near: str) -> bool:
    """Tell whether a name means an enumeration of the service."""
    symbol = project.find(name, near)
    return (
        symbol is not None
        and isinstance(symbol.definition, ClassSummary)
        and project.derives(name, near, *_ENUMS)
    )


def _is_plain(project: Project, type_: Type, near: str) -> bool:
    if type_.name == "|":
        return all(_is_plain(project, member, near) for member in type_.arguments)
    if type_.name not in _PLAIN:
        return type_.name in ("None", "...") or is_enum(project, type_.name, near)
    return all(_is_plain(project, argument, near) for argument in type_.arguments)


def _of_sql_type(project: Project, said: Value, near: str) -> Type | None:
    call = said if isinstance(said, Call) else None
    if not isinstance(said, Call | Name):
        return None
    name = sqlalchemy_name(project, said.name, near)
    if call is not None and name in ("Enum", "ENUM"):
        return _of_enum(project, call, near)
    if call is not None and name == "ARRAY" and call.arguments:
        inner = _of_sql_type(project, call.arguments[0], near)
        return Type("builtins.list", (inner,)) if inner is not None else None
    if call is not None and call.keyword("as_uuid") == Literal(False):
        return Type("builtins.str")
    if call is not None and call.keyword("asdecimal") == Literal(False):
        return Type("builtins.float")
    return Type(_TYPES[name]) if name in _TYPES else None


def _of_enum(project: Project, call: Call, near: str) -> Type | None:
    first = call.arguments[0] if call.arguments else None
    if isinstance(first, Literal):
        return Type("builtins.str")
    if isinstance(first, Name) and is_enum(project, first.name, near):
        return Type(project.canonical(first.name, near))
    return None
