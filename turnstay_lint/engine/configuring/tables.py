"""How a table of TOML becomes values of known names and types, with one clear line if it cannot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from turnstay_lint.engine.configuring.selection import ConfigurationError, nearest

_KINDS: dict[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    tuple: "a list of strings",
    dict: "a table of strings",
}


def document(file: Path) -> dict[str, Any]:
    """Return what a file of TOML holds; raises ConfigurationError when it cannot be read."""
    import tomllib

    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file}: is not TOML: {error}") from error


def fields_of(table: object, defaults: Mapping[str, object], where: str) -> dict[str, object]:
    """Return the values of a table by field name, each of the type of its default.

    The field ``tenant_column`` is the key ``tenant-column``. Raises ConfigurationError for a key
    that is not among ``defaults``, with the nearest that is, and for a value of another type.
    """
    if not isinstance(table, dict):
        raise ConfigurationError(f"{where} must be a table")
    names = {name.replace("_", "-"): name for name in defaults}
    for key in table:
        if key not in names:
            raise ConfigurationError(f"{where} has no key {key!r}{nearest(key, names)}")
    return {
        names[key]: typed(value, defaults[names[key]], f"{where} {key}")
        for key, value in table.items()
    }


def typed(value: object, like: object, where: str) -> object:
    """Return ``value`` as something of the type of ``like``, as it is where that is None.

    Raises ConfigurationError when it is of another type.
    """
    if like is None:
        return value
    kind = type(like)
    if kind is tuple and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kind is dict and isinstance(value, dict) and all(isinstance(v, str) for v in value.values()):
        return value
    if kind in (str, bool, int) and type(value) is kind:
        return value
    raise ConfigurationError(f"{where} must be {_KINDS[kind]}, not {_said(value)}")


def lists(value: object, where: str) -> dict[str, tuple[str, ...]]:
    """Return a table of lists of strings; raises ConfigurationError for anything else."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where} must be a table of lists, not {_said(value)}")
    return {
        key: tuple(map(str, typed(words, (), f"{where} {key!r}")))  # type: ignore[call-overload]
        for key, words in value.items()
    }


def choice(value: object, choices: Collection[str], where: str) -> str:
    """Return a string that is one of ``choices``; raises ConfigurationError with the nearest."""
    if isinstance(value, str) and value in choices:
        return value
    hint = nearest(value, choices) if isinstance(value, str) else ""
    raise ConfigurationError(
        f"{where} must be one of {', '.join(choices)}, not {_said(value)}{hint}"
    )


def _said(value: object) -> str:
    """A wrong value as the file has it, or what kind of thing it is when it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return repr(value)
    return "a list" if isinstance(value, list) else "a table" if isinstance(value, dict) else "that"
