"""Whether a column that a revision adds can stand in a table that has rows.

What SQLAlchemy does at an INSERT (``default=``) does nothing for rows that are there; what counts
is what it writes into ``ADD COLUMN``. The verdicts here are those of SQLAlchemy 2 and PostgreSQL,
tried with rows in the table.
"""

from __future__ import annotations

import re

from turnstay_lint.frameworks.alembic.changes import Column, Given
from turnstay_lint.frameworks.alembic.rewriting import rewriting
from turnstay_lint.frameworks.alembic.values import (
    HOLE,
    Built,
    Either,
    Known,
    Reference,
    Value,
    string_of,
)
from turnstay_lint.source.patterns import regex

_NULL = regex(r"\s*\(*\s*(?:NULL|CAST\s*\(\s*NULL\b.*)\s*\)*\s*(?:::.*)?", re.I | re.S)
_INTEGERS = frozenset({"integer", "int", "biginteger", "bigint", "smallinteger", "smallint"})
_FILLED_BY_DATABASE = frozenset({"Computed", "Identity"})
_FETCHED = frozenset({"FetchedValue"})
_CLAUSES = frozenset({"DefaultClause", "PassiveDefault"})
_PYTHON_DEFAULTS = frozenset({"Sequence", "ColumnDefault", "ScalarElementColumnDefault"})
_NO_TYPES = frozenset(
    {"ForeignKey", "CheckConstraint", "UniqueConstraint", "PrimaryKeyConstraint", "FetchedValue"}
)


def is_column(value: Value) -> bool:
    """Tell whether a value is a column under construction."""
    return isinstance(value, Built) and value.name == "Column" and value.is_sqlalchemy


def column_of(value: Value | None) -> Column | None:
    """Return the column that a value is, or None where it is none or cannot be read."""
    if isinstance(value, Built) and value.name in ("copy", "_copy") and value.receiver:
        return column_of(value.receiver)
    if not isinstance(value, Built) or not is_column(value):
        return None
    primary_key = _flag(value.arguments.get("primary_key"), False)
    type_ = _type(value)
    enumeration = _is_enumeration(type_)
    return Column(
        name=_name(value),
        nullable=_nullable(value, primary_key),
        filled=_filled(value, primary_key),
        primary_key=bool(primary_key),
        call=value.node,
        scope=value.scope,
        type=_type_code(type_),
        default=_default(value),
        bound=bool(primary_key) or _is_bound(value),
        indexed=_flag(value.arguments.get("index"), False) is not False,
        enumeration=enumeration,
        type_name=_type_made(type_) if enumeration else "",
        rewrites=rewriting(value, bool(primary_key) and _is_serial(value) is True),
    )


def _name(built: Built) -> str | None:
    return string_of(built.arguments.get("name", 0))


def _flag(value: Value | None, absent: bool) -> bool | None:
    """Read a boolean as Python does; ``None`` and 0 are false, what cannot be read is None."""
    match value:
        case None:
            return absent
        case Known(value=constant):
            return bool(constant)
        case Either(values=values):
            return _agreed([_flag(one, absent) for one in values])
    return None


def _agreed(answers: list[bool | None]) -> bool | None:
    return answers[0] if len(set(answers)) == 1 else None


def _nullable(built: Built, primary_key: bool | None) -> bool | None:
    given = built.arguments.get("nullable")
    if given is not None and not _unspecified(given):
        return _flag(given, True)
    if not built.arguments.complete:
        return None
    return None if primary_key is None else not primary_key


def _unspecified(given: Value) -> bool:
    return isinstance(given, Reference) and given.name.endswith("NULL_UNSPECIFIED")


def _filled(built: Built, primary_key: bool | None) -> bool | None:
    """Tell whether ADD COLUMN itself gives every row a value."""
    answers: list[bool | None] = []
    server_default = built.arguments.get("server_default")
    if server_default is not None:
        answers.append(_gives_value(server_default))
    answers += [_positional_fills(value) for value in built.arguments.positional]
    if primary_key is not False:
        serial = _is_serial(built)
        answers.append(serial if primary_key or serial is False else None)
    if True in answers:
        return True
    return None if None in answers or not built.arguments.complete else False


def _positional_fills(value: Value) -> bool | None:
    if not isinstance(value, Built):
        return False
    if value.name in _FILLED_BY_DATABASE and value.is_sqlalchemy:
        return True
    return _gives_value(value) if value.name in _CLAUSES | _FETCHED else False


def _gives_value(default: Value) -> bool | None:
    """Tell whether a ``server_default`` is one that existing rows get."""
    match default:
        case Known(value=constant):
            return constant is not None
        case Either(values=values):
            return _agreed([_gives_value(value) for value in values])
        case Reference(name=name):
            return True if name.endswith((".value", ".name")) else None
        case Built():
            return _built_gives_value(default)
    return None


def _built_gives_value(default: Built) -> bool | None:
    first = default.arguments.get("text", 0)
    match default.name:
        case "text" | "literal_column":
            if isinstance(first, Known) and isinstance(first.value, str):
                return first.value == HOLE or not _NULL.fullmatch(first.value)
            return None
        case "null" | "FetchedValue":
            return False
        case "literal":
            return _gives_value(first) if first is not None else None
        case "cast" | "type_coerce" | "DefaultClause" | "PassiveDefault":
            given = default.arguments.get("arg", 0)
            return _gives_value(given) if given is not None else None
    return True if default.is_sqlalchemy else None


def _is_serial(built: Built) -> bool | None:
    """Tell whether a primary key becomes SERIAL: an integer that nothing else gives values to."""
    arguments = built.arguments
    automatic = arguments.get("autoincrement")
    ignores_foreign_key = isinstance(automatic, Known) and automatic.value == "ignore_fk"
    if _flag(automatic, True) is False:
        return False
    for name in ("default", "insert_default"):
        given = arguments.get(name)
        if given is not None and not (isinstance(given, Known) and given.value is None):
            return False
    names = {value.name for value in arguments.positional if isinstance(value, Built)}
    if names & _PYTHON_DEFAULTS or ("ForeignKey" in names and not ignores_foreign_key):
        return False
    return _is_integer(_type(built))


def _default(built: Built) -> Given | None:
    given = built.arguments.get("default") or built.arguments.get("insert_default")
    match given:
        case None | Known(value=None):
            return None
        case Known(value=str() | int() | float() as literal) if HOLE not in str(literal):
            return Given(literal)
        case Reference(name=name):
            return Given(name=name)
    return Given()


def _is_bound(built: Built) -> bool:
    unique = built.arguments.get("unique")
    names = {value.name for value in built.arguments.positional if isinstance(value, Built)}
    return "ForeignKey" in names or _flag(unique, False) is not False


def _is_enumeration(value: Value | None) -> bool:
    """Tell whether the type is one that PostgreSQL makes, and keeps when the column goes."""
    if isinstance(value, Either):
        return any(_is_enumeration(one) for one in value.values)
    if not isinstance(value, Built) or value.name not in ("Enum", "ENUM"):
        return False
    said = [value.arguments.get(name) for name in ("native_enum", "create_type")]
    return not any(isinstance(one, Known) and one.value is False for one in said)


def _type_made(value: Value | None) -> str:
    """Return the type that an enumeration brings along with a table, empty where it is unknown."""
    return type_named(value) if isinstance(value, Built) and value.is_sqlalchemy else ""


def type_named(enumeration: Built) -> str:
    """Return what an enumeration's type is called in the default schema, empty if unknown."""
    given = enumeration.arguments
    if not given.complete or given.keywords.keys() & {"schema", "metadata", "inherit_schema"}:
        return ""
    first = given.positional[0] if given.positional else None
    if "name" not in given.keywords and isinstance(first, Reference):
        return first.name.rpartition(".")[2].lower()
    return string_of(given.get("name")) or ""


def _type_code(value: Value | None) -> str:
    """Return a type of SQLAlchemy's own with literal arguments as ``sa.String(50)``, or nothing."""
    match value:
        case Reference(name=name):
            return f"{_type_name(name)}()" if _type_name(name) else ""
        case Built(receiver=None, callee=name, arguments=given) if given.complete:
            said = [("", value) for value in given.positional] + [
                (f"{keyword}=", value) for keyword, value in given.keywords.items()
            ]
            if _type_name(name) and all(_literal(value) for _, value in said):
                written = ", ".join(f"{keyword}{_literal(value)}" for keyword, value in said)
                return f"{_type_name(name)}({written})"
    return ""


def _type_name(dotted: str) -> str:
    *packages, name = dotted.split(".")
    known = packages in (["sqlalchemy"], ["sqlalchemy", "types"]) and name not in _NO_TYPES
    return f"sa.{name}" if known else ""


def _literal(value: Value) -> str:
    match value:
        case Known(value=str(text)) if text.isprintable() and not {HOLE, '"', "\\"} & {*text}:
            return f'"{text}"'
        case Known(value=int() | float() | None as constant):
            return repr(constant)
    return ""


def _type(built: Built) -> Value | None:
    given = built.arguments.get("type_")
    if given is not None:
        return given
    for position, value in enumerate(built.arguments.positional[:2]):
        if position == 0 and "name" not in built.arguments.keywords and not _is_type(value):
            continue
        return value
    return None


def _is_type(value: Value) -> bool:
    """A column may begin with its type, where its name is a keyword or absent."""
    return isinstance(value, Reference) or (isinstance(value, Built) and value.is_sqlalchemy)


def _is_integer(value: Value | None) -> bool | None:
    match value:
        case Built(receiver=Built() as inner, callee=".with_variant"):
            return _is_integer(inner)
        case Built(callee=name) | Reference(name=name) if name.startswith("sqlalchemy"):
            last = name.rpartition(".")[2]
            return None if last in _NO_TYPES else last.lower() in _INTEGERS
        case Either(values=values):
            return _agreed([_is_integer(one) for one in values])
    return None
