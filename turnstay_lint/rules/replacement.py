"""Pieces of text to replace: what a plan says where it knows the code to write."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.source.positions import Span


class Replacement(Struct, frozen=True):
    """Put ``code`` in place of a span; an empty span inserts."""

    span: Span
    code: str
