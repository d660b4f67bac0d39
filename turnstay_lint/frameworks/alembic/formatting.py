"""Strings that a revision fills in: ``format`` and ``%``, with holes for what is unknown."""

from __future__ import annotations

import re

from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Arguments,
    Mapping,
    Sequence,
    Value,
    text_of,
)
from turnstay_lint.source.patterns import regex

_FIELD = regex(r"\{\{|\}\}|\{([^{}!:]*)(?:![rsa])?(?::[^{}]*)?\}")
_PERCENT = regex(r"%%|%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdrifx]")


def formatted(template: str, arguments: Arguments) -> str:
    """Return ``template.format(...)``, with holes for what is unknown."""
    automatic = iter(arguments.positional)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group()[0]
        if not name:
            return text_of(next(automatic, UNKNOWN))
        position = int(name) if name.isdigit() else None
        return text_of(arguments.get(name, position) or UNKNOWN)

    return _FIELD.sub(fill, template)


def percent_formatted(template: str, given: Value) -> str:
    """Return ``template % given``, with holes for what is unknown."""
    automatic = iter(given.items if isinstance(given, Sequence) else [given])

    def fill(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        name = match.group(1)
        if name is None:
            return text_of(next(automatic, UNKNOWN))
        found = given.get(name) if isinstance(given, Mapping) else None
        return text_of(found or UNKNOWN)

    return _PERCENT.sub(fill, template)
