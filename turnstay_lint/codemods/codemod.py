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
    it raises CannotFix where the file is otherwise than the plan says.
    """

    code: str
    rewrite: Callable[[Finding, Edits], None]
