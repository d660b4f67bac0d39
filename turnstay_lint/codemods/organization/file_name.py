"""TSL002: name a renamed module in the files that import it."""

from __future__ import annotations

from turnstay_lint.codemods.codemod import Codemod
from turnstay_lint.codemods.edits import CannotFix, Edits
from turnstay_lint.findings import Finding
from turnstay_lint.project.organization.module_renaming import CannotRename, renamed_in
from turnstay_lint.rules.organization.file_name import NameFile


def move_file(finding: Finding, edits: Edits) -> None:
    """Leave the file's own text as it is: the fix moves it."""
    if finding.fix is None or not isinstance(finding.fix.plan, NameFile):
        raise CannotFix("the file is not where it was")


def name_file(plan: object, edits: Edits) -> None:
    """Put the new name wherever a file imports the module, or says its name."""
    if not isinstance(plan, NameFile):
        raise CannotFix("the plan names no file")
    try:
        for part in renamed_in(edits.tree.source, plan.renaming):
            edits.replace_span(part.span, part.code)
    except CannotRename as error:
        raise CannotFix(str(error)) from error


CODEMOD = Codemod("TSL002", move_file, name_file)
