"""Where the executor that was asked for cannot be had."""

from __future__ import annotations


class CannotReach(Exception):
    """An executor cannot be had; the message says why."""
