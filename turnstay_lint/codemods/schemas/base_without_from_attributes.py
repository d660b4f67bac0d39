"""TSL414: let a response be made of an object's attributes."""

from __future__ import annotations

import libcst as cst

from turnstay_lint.codemods.arguments import set_keyword
from turnstay_lint.codemods.class_bodies import add_attribute
from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.dict_entries import set_entry
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.rules.schemas.base_without_from_attributes import OPTION, EnableOrmMode


def enable_orm_mode(finding: Finding, edits: Edits) -> None:
    """Add the option to the configuration that is there, or write one."""
    plan = finding.fix.plan if finding.fix is not None else None
    if not isinstance(plan, EnableOrmMode):
        raise CannotFix("the fix has no configuration to write")
    if not plan.has_config:
        add_attribute(edits, finding.span, f'model_config = {{"{OPTION}": True}}')
        return
    call = edits.tree.at(finding.span, cst.Call)
    if call is not None:
        set_keyword(edits, call, OPTION, "True")
        return
    written = edits.tree.at(finding.span, cst.Dict)
    if written is None:
        raise CannotFix("the configuration is not where it was")
    set_entry(edits, written, OPTION, "True")


CODEMOD = Codemod("TSL414", enable_orm_mode)
