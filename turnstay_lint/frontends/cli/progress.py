"""A line on standard error that says how far a long run is; nothing where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_PATIENCE = 0.7
_BETWEEN = 0.1
_CELLS = 30


class Progress:
    """Draws a bar once a run has lasted a while, and wipes it when it is done."""

    def __init__(self, *, wanted: bool = True) -> None:
        """Draw only where wanted and where standard error is a terminal."""
        self._watched = wanted and sys.stderr.isatty()
        self._total = self._done = 0
        self._next = 0.0
        self._drawn = False
        self._what = ""
        self._width = 0

    def start(self, total: int, what: str = "") -> Callable[[], object]:
        """Begin to count to ``total`` doing ``what``; returns what to call after each step."""
        self._total, self._done, self._what = total, 0, f" {what}" if what else ""
        self._next = self._next or time.monotonic() + _PATIENCE
        return self._step if self._watched else lambda: None

    def _step(self) -> None:
        self._done += 1
        now = time.monotonic()
        if now < self._next or not self._total:
            return
        self._next = now + _BETWEEN
        part = min(self._done / self._total, 1.0)
        filled = "#" * round(part * _CELLS)
        self._width = max(self._width, len(self._what))
        sys.stderr.write(f"\r[{filled:<{_CELLS}}] {part:4.0%}{self._what:<{self._width}}")
        sys.stderr.flush()
        self._drawn = True

    def wipe(self) -> None:
        """Leave the line as it was before."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False
