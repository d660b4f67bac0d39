"""What a codemod is: how the findings of one rule become edits."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from turnstay_lint.codemods.edits import Edits
from turnstay_lint.findings import Finding


class Codemod(Struct, frozen=True):
    """How findings of the rule ``code`` become edits.

    ``rewrite`` gets a finding that has a fix, and the file's edits. It finds its node with
    ``edits.tree.at(finding.span, ...)``, reads ``finding.fix.plan`` and never detects again;
    it raises CannotFix where the file is otherwise than the plan says. ``rewrite_elsewhere`` gets
    the plan of a fix's part in another file, and that file's edits; it finds its place by name,
    and what it inserts stands by itself, since another fix may insert something beside it.
    """

    code: str
    rewrite: Callable[[Finding, Edits], None]
    rewrite_elsewhere: Callable[[object, Edits], None] | None = None
