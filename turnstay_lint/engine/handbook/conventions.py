"""The handbook's conventions in its own order: which rules decide each, or why none can.

Each section is a file of TOML beside this module, called as its folder of rules.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

_FOLDER = Path(__file__).parent


class Convention(Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of the handbook: under which heading it stands, and the codes that decide it.

    One without ``rules`` has the ``reason`` why a program cannot decide it. ``{app}`` and the like
    stand for what the configuration calls so.
    """

    under: str
    says: str
    rules: tuple[str, ...] = ()
    reason: str = ""


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A section of the handbook; ``globs`` are the files that it is about."""

    number: int
    title: str
    slug: str
    description: str
    globs: tuple[str, ...]
    conventions: tuple[Convention, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Return the handbook's sections in its order; raises ValidationError for a file amiss."""
    found = [
        convert(tomllib.loads(file.read_text(encoding="utf-8")), Section)
        for file in _FOLDER.glob("*.toml")
    ]
    return tuple(sorted(found, key=lambda section: section.number))
