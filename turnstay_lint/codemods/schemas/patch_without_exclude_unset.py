"""TSL407: leave out of a dump what the client did not send."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.patch_without_exclude_unset import OPTION


def exclude_unset(finding: Finding, edits: Edits) -> None:
    """Give the dump ``exclude_unset=True``."""
    call = edits.tree.at(finding.span, cst.Call)
    if call is None:
        raise CannotFix("the dump is not where it was")
    set_keyword(edits, call, OPTION, "True")


CODEMOD = Codemod("TSL407", exclude_unset)
