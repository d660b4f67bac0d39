"""Paths in what was said of a repository put as they are where it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

Said = TypeVar("Said")


def renamed(said: Said, old: str, new: str) -> Said:
    """Return plain data with another text for ``old``, wherever it stands; bytes stay."""
    return cast(Said, _renamed(said, old, new))


def _renamed(said: object, old: str, new: str) -> object:
    if isinstance(said, str):
        return said.replace(old, new) if old in said else said
    if isinstance(said, Path):
        return Path(str(said).replace(old, new))
    if isinstance(said, Struct):
        fields = {name: getattr(said, name) for name in said.__struct_fields__}
        others = {name: _renamed(value, old, new) for name, value in fields.items()}
        changed = {name: value for name, value in others.items() if value is not fields[name]}
        return replace(said, **changed) if changed else said
    if isinstance(said, dict):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in said.items()}
    if isinstance(said, tuple):
        parts: list[Any] = [_renamed(value, old, new) for value in said]
        return type(said)(*parts) if hasattr(said, "_fields") else tuple(parts)
    if isinstance(said, (list, frozenset, set)):
        return type(said)(_renamed(value, old, new) for value in said)
    return said
