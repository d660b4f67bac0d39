"""What makes PostgreSQL write every row of a table anew when a column is added.

A constant default is kept beside the table since PostgreSQL 11, and so is what ``now()`` gives
for the whole statement; what may differ from row to row is stored in each.
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from __future__ import annotations

from turnstay_lint.frameworks.alembic.values import Built, Known, Value
from turnstay_lint.source.patterns import regex

IDENTITY = "it is an identity"
STORED = "its values are computed and stored"
SERIAL = "it counts by itself"
_VOLATILE = frozenset(
    {
        "clock_timestamp", "gen_random_bytes", "gen_random_uuid", "nextval", "random",
        "random_normal", "timeofday", "uuid_generate_v1", "uuid_generate_v1mc",
        "uuid_generate_v4", "uuidv4", "uuidv7",
    }
)  # fmt: skip
_CALL = regex(r"\b(\w+)\s*\(")
_QUOTED = regex(r"'(?:[^']|'')*'")


def volatile_default(function: str) -> str:
    """Return what to say of a default that calls a function, empty for one that is not volatile."""
    return f"its default {function}() differs from row to row" if is_volatile(function) else ""


def is_volatile(function: str) -> bool:
    """Tell whether each call of a function of PostgreSQL's may give something else."""
    return function.lower() in _VOLATILE


def rewriting(built: Built, serial: bool) -> str:
    """Return what of a ``Column(...)`` rewrites its table, empty where nothing does."""
    for value in (built.arguments.get("server_default"), *built.arguments.positional):
        said = _of(value)
        if said:
            return said
    return SERIAL if serial else ""


def _of(value: Value | None) -> str:
    if not isinstance(value, Built) or not value.is_sqlalchemy:
        return ""
    if value.name == "Identity":
        return IDENTITY
    if value.name == "Computed":
        persisted = value.arguments.get("persisted", 1)
        virtual = isinstance(persisted, Known) and persisted.value is False
        return "" if virtual else STORED
    return volatile_default(_function(value))


def _function(value: Built) -> str:
    """Return the first volatile function that a default calls, empty where there is none."""
    if value.name == "next_value":
        return "nextval"
    given = (value.receiver, *value.arguments.positional, *value.arguments.keywords.values())
    if value.name in ("text", "literal_column"):
        texts = [v.value for v in given if isinstance(v, Known) and isinstance(v.value, str)]
        called = [name for text in texts for name in _CALL.findall(_QUOTED.sub("", text))]
        return next(filter(is_volatile, called), "")
    if ".func." in value.callee and is_volatile(value.name):
        return value.name
    return next(filter(None, (_function(v) for v in given if isinstance(v, Built))), "")
