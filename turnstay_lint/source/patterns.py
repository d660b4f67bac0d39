"""Regular expressions that are compiled when they are first asked.

A run asks few of those that its modules hold, and to compile them all takes as long as to import
a tenth of the program.
"""

from __future__ import annotations

import re
from typing import cast


class _Later:
    """Stands for a pattern; what is asked of it is the pattern's own from then on."""

    def __init__(self, text: str, flags: int) -> None:
        self._said = text, flags

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(*self._said), name)
        setattr(self, name, found)
        return found


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what ``re.compile`` does, as far as anybody asks a pattern for its methods."""
    return cast("re.Pattern[str]", _Later(text, flags))
