"""What is said where an option or a configuration cannot be meant."""

from __future__ import annotations

from collections.abc import Iterable

OUTPUT_FORMATS = ("full", "concise", "json", "github", "sarif")
"""What ``output-format`` may be."""


class ConfigurationError(Exception):
    """A configuration or an option that cannot be meant; the message is one line for the user."""


def nearest(word: str, names: Iterable[str]) -> str:
    """Return the end of a message that says which name was probably meant, or nothing."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in names}
    said = word.strip().lower()
    if said.startswith("tsl"):
        said = "tsl" + said[3:].replace("o", "0").replace("l", "1")
    close = get_close_matches(said, by_lower, n=1, cutoff=0.5)
    return f"; did you mean {by_lower[close[0]]!r}?" if close else ""
