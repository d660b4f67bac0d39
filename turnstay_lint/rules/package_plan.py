"""The plan of a package's ``__init__.py``, for the module that a change set creates in it."""

from __future__ import annotations

from msgspec import Struct


class WritePackage(Struct, frozen=True):
    """Make an empty ``__init__.py``."""
