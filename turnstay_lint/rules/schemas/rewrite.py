"""The plan of fixes that are pieces of text in the finding's own file."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.rules.replacement import Replacement


class Rewrite(Struct, frozen=True):
    """Make the replacements, with imports as (module, name); those of ``unused`` names may go."""

    parts: tuple[Replacement, ...]
    imports: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
