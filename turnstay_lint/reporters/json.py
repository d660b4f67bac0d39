"""For programs: an array of objects in the shape that ruff's users know.

Rows and columns start at 1, columns count code points. A fix that changes other files too has
their edits in ``elsewhere``, and one that gives files other paths says so in ``moves``; it is whole
only with both. The edits are those of the files under the paths that they have before.

After ``--fix`` it is an object, with that array of what is left as its ``findings``, what became
of each rule's fixes, and the files that were changed and moved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.findings import Finding
from turnstay_lint.reporters.view import View, page_of

if TYPE_CHECKING:
    from turnstay_lint.engine.repairing.previews import Edit


def report(view: View) -> Iterator[str]:
    """Yield the array, or the object."""
    findings = [finding_of(finding, view) for finding in view.report.findings]
    if not view.fixing:
        yield json.dumps(findings, indent=2)
        return
    fixes = [asdict(tally) for tally in view.report.fixes]
    changes = view.report.changes
    moved = [_move(displayed(c.moved_from), c.name) for c in changes if c.moved_from]
    changed = [change.name for change in changes]
    made = {"findings": findings, "fixes": fixes, "changed": changed, "moved": moved}
    yield json.dumps(made, indent=2)


def finding_of(finding: Finding, view: View) -> dict[str, object]:
    """Return the object of one finding."""
    span = finding.span
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "filename": finding.path,
        "location": _location(span.line, span.column),
        "end_location": _location(span.end_line, span.end_column),
        "fix": _fix(finding, view),
        "unfixable_reason": finding.unfixable or None,
        "scope": finding.scope,
        "url": page_of(finding.name),
    }


def _location(line: int, column: int) -> dict[str, int]:
    return {"row": line, "column": column + 1}


def _fix(finding: Finding, view: View) -> dict[str, object] | None:
    if finding.fix is None:
        return None
    made = None if view.edits is None else view.edits.get(finding, ())
    fix: dict[str, object] = {
        "applicability": finding.fix.applicability.value,
        "message": finding.fix.title,
        "edits": None if made is None else [_edit(edit) for edit in made if not edit.path],
    }
    if finding.fix.elsewhere and made is not None:
        paths = dict.fromkeys(edit.path for edit in made if edit.path)
        fix["elsewhere"] = [
            {"filename": path, "edits": [_edit(edit) for edit in made if edit.path == path]}
            for path in paths
        ]
    if made is not None and finding in view.moves:
        fix["moves"] = [_move(move.old, move.new) for move in view.moves[finding]]
    return fix


def _move(old: str, new: str) -> dict[str, str]:
    return {"filename": old, "new_filename": new}


def _edit(edit: Edit) -> dict[str, object]:
    return {
        "content": edit.content,
        "location": _location(edit.span.line, edit.span.column),
        "end_location": _location(edit.span.end_line, edit.span.end_column),
    }
