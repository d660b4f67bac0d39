"""Fixes made in one file as it stands: what codemods ask for, gathered and written as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from turnstay_lint.codemods.edits import CannotFix, Edits, apply
from turnstay_lint.codemods.imports import adjust_imports
from turnstay_lint.codemods.tree import CannotRead, Tree
from turnstay_lint.engine.mending.codemods import codemod_of
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import Reverted
from turnstay_lint.engine.services.lint import Crash
from turnstay_lint.findings import Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings

_SEVERAL_FILES = "its fix changes several files, which turnstay-lint --fix does"


def made_in(
    mending: Mending, todo: Iterable[Finding], project: Project, settings: Settings
) -> tuple[str, list[Finding]]:
    """Return the text after every fix that meets no other, and those that were made.

    Fixes that change other files too are refused. Raises Reverted where they lead nowhere good.
    """
    tree = Tree(mending.source())
    gathered = Edits(tree, settings)
    made: list[Finding] = []
    for finding in todo:
        if finding.fix is not None and finding.fix.is_change_set:
            mending.refuse(finding, _SEVERAL_FILES)
            continue
        edits = Edits(tree, settings)
        reason = asked(mending, finding, {mending.path: edits})
        if reason:
            mending.refuse(finding, reason)
        elif not gathered.meets(edits):
            gathered.gather(edits)
            made.append(finding)
            mending.tried.add(finding.code)
    return written(mending, gathered, project, settings), made


def asked(mending: Mending, finding: Finding, edits: Mapping[str, Edits]) -> str:
    """Let a codemod ask for its edits of each file by path; returns why it did not.

    ``mending`` is the finding's own file.
    """
    codemod = codemod_of(finding.code)
    if codemod is None:
        return "no codemod of this rule is installed"
    try:
        codemod.rewrite(finding, edits[finding.path])
        for part in finding.fix.elsewhere if finding.fix is not None else ():
            assert codemod.rewrite_elsewhere is not None
            codemod.rewrite_elsewhere(part.plan, edits[part.path])
    except (CannotFix, CannotRead) as reason:
        return str(reason)
    except Exception as error:  # a codemod may fail in any way; it is reported
        crash = Crash.of(finding.code, finding.path, error, fixing=True)
        mending.crashes.append(crash)
        return f"its codemod failed: {crash.error}"
    return ""


def written(mending: Mending, edits: Edits, project: Project, settings: Settings) -> str:
    """Return the text after edits that do not meet, and their imports; raises Reverted."""
    text = apply(edits.tree.text, edits.changes)
    if not edits.imports and not edits.unused:
        return text
    changed = mending.with_text(text)
    try:
        return adjust_imports(changed, edits.imports, edits.unused, settings, project)
    except CannotFix as error:
        raise Reverted(f"its import cannot be written: {error}") from error
    except Exception as error:  # whatever it is, nothing of the fix stays
        said = f"writing imports failed: {type(error).__name__}: {error}"
        raise Reverted(said, fault=True) from error
