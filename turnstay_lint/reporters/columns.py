"""How wide text is on a terminal: tabs, wide and combining characters, and what must not show."""

from __future__ import annotations

import unicodedata

_TAB = 4


def printable(text: str) -> str:
    """Return text without anything that would steer a terminal or that no encoding can say."""
    return text if text.isprintable() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    number = ord(character)
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    category = unicodedata.category(character)
    steers = (
        category in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in _STEERING
    )
    return "\ufffd" if steers else character


_STEERING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def cells(line: str) -> list[tuple[str, int]]:
    """Return what is shown of each character of a line, and how many columns that takes."""
    if line.isascii() and line.isprintable():
        return [(character, 1) for character in line]
    shown: list[tuple[str, int]] = []
    column = 0
    for character in line:
        if character == "\t":
            width = _TAB - column % _TAB
            shown.append((" " * width, width))
        else:
            seen = _seen(character)
            width = _width(seen)
            shown.append((seen, width))
        column += width
    return shown


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
