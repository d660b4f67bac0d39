"""Regular expressions that are compiled when they are first asked.

A run asks few of those that its modules hold, and to compile them all takes as long as to import
a tenth of the program.
"""

from __future__ import annotations

import re
from typing import AnyStr, Generic, cast


class _Later(Generic[AnyStr]):
    """Stands for a pattern; what is asked of it is the pattern's own from then on."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._text: AnyStr = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` does, as far as anybody asks a pattern for its methods."""
    return cast("re.Pattern[AnyStr]", _Later(text, flags))
