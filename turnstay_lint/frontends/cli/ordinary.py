"""A command line as most are: paths, and options that are written out and known.

click reads any, explains all and says what is wrong with some. It takes a third of the time in
which one file is checked to import, and so is only asked where there is such a need.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from turnstay_lint.frontends.cli.options import CHOICE, COUNT, FLAG, OPTIONS, WORDS, Option

_COMPLETING = "_TURNSTAY_LINT_COMPLETE"
"""With this in its environment click is asked by a shell."""


def read(words: Iterable[str]) -> dict[str, Any] | None:
    """Return the values of all options, and ``paths``, as click would; None where it has to."""
    if _COMPLETING in os.environ:
        return None
    by_word = {word: option for option in OPTIONS for word in option.written}
    values = {option.name: _unsaid(option) for option in OPTIONS}
    paths = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            paths.append(word)
            continue
        name, assigned, text = word.partition("=")
        option = by_word.get(name)
        if option is None or (assigned and (option.takes == FLAG or not name.startswith("--"))):
            return None
        if option.takes == FLAG:
            values[option.name] = True
            continue
        value = _value(option, text if assigned else next(rest, "-"))
        if value is None:
            return None
        values[option.name] = (*values[option.name], value) if option.takes == WORDS else value
    return {**values, "paths": tuple(paths)}


def _unsaid(option: Option) -> Any:
    """Return the value of an option that is not on the command line."""
    if option.takes == FLAG:
        return False
    if option.takes == WORDS:
        return ()
    said = os.environ.get(option.environment) if option.environment else None
    return said or option.default


def _value(option: Option, text: str) -> Any:
    """Return what a text says, None where click may say something else."""
    if text.startswith("-"):
        return None
    if option.takes == WORDS:
        return words_of(text)
    if option.takes == CHOICE:
        return text if text in option.choices else None
    if option.takes == COUNT:
        return int(text) if text.isascii() and text.isdecimal() and int(text) else None
    return text


def words_of(text: str) -> tuple[str, ...]:
    """Return the codes, beginnings of codes, names or ALL that a text holds, apart by commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
