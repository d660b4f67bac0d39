"""What a fix writes where a path or a prefix stands."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.source.positions import Span


class WritePath(Struct, frozen=True):
    """Put ``code`` where the path stands among a call's arguments, with imports (module, name)."""

    path: Span
    code: str
    imports: tuple[tuple[str, str], ...] = ()
