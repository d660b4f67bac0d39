"""The plan of fixes that are pieces of text in the finding's own file."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.findings import Fix, safe, unsafe
from turnstay_lint.project.schemas.pydantic_version import runs_first_pydantic
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look


class Rewrite(Struct, frozen=True):
    """Make the replacements, with imports as (module, name); those of ``unused`` names may go."""

    parts: tuple[Replacement, ...]
    imports: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()


def modernised(look: Look, title: str, plan: object, caution: str = "") -> Fix:
    """Return a fix that says a thing in Pydantic 2's words; unsafe where something may differ."""
    if runs_first_pydantic(look.project):
        return unsafe(title, plan, "the service runs Pydantic 1, which does not know this")
    return unsafe(title, plan, caution) if caution else safe(title, plan)
