"""What a fix writes where a path or a prefix stands."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.positions import Span


class WritePath(Struct, frozen=True):
    """Put ``code`` where the path stands among a call's arguments, with imports (module, name)."""

    path: Span
    code: str
    imports: tuple[tuple[str, str], ...] = ()


def plain_string(source: SourceFile, path: ast.expr | None) -> str | None:
    """Return the text of a path that is one string as it stands there, else None."""
    if not isinstance(path, ast.Constant) or not isinstance(path.value, str):
        return None
    start, end = source.lines.offsets(source.span(path))
    text = source.text[start:end]
    plain = text[:1] in ("'", '"') and text[1:-1] == path.value and "\\" not in text
    return path.value if plain else None
