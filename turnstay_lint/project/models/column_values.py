"""What value a column has in new rows by Python's doing, and how SQL says it for those there are.

Known are literals, constants of the service and members of its enumerations. A type that changes
what it is given on the way to the database is not among those that are read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.changes import Column, Given, Table
from turnstay_lint.project.models.models import OrmColumn, orm_models
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import ClassSummary, VariableSummary
from turnstay_lint.project.summaries.values import Literal, Name, Value
from turnstay_lint.source.patterns import regex

_STRINGS = frozenset({"String", "Text", "Unicode", "UnicodeText", "VARCHAR", "CHAR", "TEXT"})
_INTEGERS = frozenset({"Integer", "BigInteger", "SmallInteger", "INTEGER", "BIGINT", "SMALLINT"})
_NUMBERS = frozenset(
    {"Numeric", "Float", "Double", "REAL", "DECIMAL", "NUMERIC", "FLOAT", "DOUBLE_PRECISION"}
)
_BOOLEANS = frozenset({"Boolean", "BOOLEAN"})
_ENUMS = frozenset({"Enum"})
_PARAMETER = regex(r"(?<![:\w]):(?=\w)")


def mapped_column(project: Project, table: Table, name: str, near: str) -> OrmColumn | None:
    """Return the column of a mapped class that a migration's column is, or None."""
    model = orm_models(project).of_table(str(table), near)
    columns = model.columns.values() if model is not None else ()
    return next((column for column in columns if column.key == name), None)


def backfill_value(project: Project, column: Column, mapped: OrmColumn | None, near: str) -> str:
    """Return what rows that are there can be given, as SQL says it, empty where that is unknown.

    It is the migration's own ``default=``, else the model's.
    """
    possible = [*_given(project, column.default, near), *_mapped(project, mapped)]
    return next(filter(None, (_in_sql(value, column.type) for value in possible)), "")


def _given(project: Project, given: Given | None, near: str) -> Iterator[object]:
    if given is not None and given.name:
        yield from _named(project, given.name, near)
    elif given is not None:
        yield given.literal


def _mapped(project: Project, mapped: OrmColumn | None) -> Iterator[object]:
    default: Value | None = mapped.default if mapped is not None else None
    match default:
        case Literal(value=value):
            yield value
        case Name(name=name) if mapped is not None:
            yield from _named(project, name, mapped.module)


def _named(project: Project, dotted: str, near: str) -> Iterator[object]:
    """Yield what a constant is, or the name and then the value of an enumeration's member."""
    symbol = project.find(dotted, near)
    if symbol is not None and isinstance(symbol.definition, VariableSummary):
        if isinstance(symbol.definition.value, Literal):
            yield symbol.definition.value.value
        return
    asked = dotted.rpartition(".")[2] if dotted.endswith((".value", ".name")) else ""
    owner, _, member = (dotted.rpartition(".")[0] if asked else dotted).rpartition(".")
    enumeration = project.find(owner, near) if owner else None
    if enumeration is None or not isinstance(enumeration.definition, ClassSummary):
        return
    declared = enumeration.definition.attribute(member)
    if declared is None or not project.derives(owner, near, "enum.Enum", "enum.StrEnum"):
        return
    if asked != "value":
        yield member if asked else _Member(member)
    if asked != "name" and isinstance(declared.value, Literal):
        yield declared.value.value


class _Member(str):
    """The name of an enumeration's member, which is what a column of its own kind holds."""


def _in_sql(value: object, type_code: str) -> str:
    kind = type_code.partition("(")[0].removeprefix("sa.")
    match value:
        case _Member():
            return _text(value) if kind in _ENUMS and f'"{value}"' in type_code else ""
        case str() if kind in _STRINGS or (kind in _ENUMS and f'"{value}"' in type_code):
            return _text(value)
        case bool() if kind in _BOOLEANS:
            return "true" if value else "false"
        case bool() | int() if kind in _INTEGERS | _NUMBERS:
            return str(int(value))
        case 0 | 1 if kind in _BOOLEANS and isinstance(value, int):
            return "true" if value else "false"
        case float() if kind in _NUMBERS and math.isfinite(value):
            return repr(value)
    return ""


def _text(value: str) -> str:
    """Return a string as a literal of SQL, or nothing where ``text()`` would read it otherwise."""
    if not value.isprintable() or "\\" in value or _PARAMETER.search(value):
        return ""
    return "'" + value.replace("'", "''") + "'"
