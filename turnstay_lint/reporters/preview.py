"""What the fix of one finding would change, as the lines that go and the lines that come."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from click import style

from turnstay_lint.engine.repairing.previews import Edit, edited
from turnstay_lint.findings import Finding
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.view import View
from turnstay_lint.source.positions import LineMap

_COLORS = {"-": "red", "+": "green"}


def preview(view: View, finding: Finding) -> Iterator[str]:
    """Yield the changed lines of a finding that has edits, with one line around them.

    Those of other files stand below their paths; what moves comes last.
    """
    edits = (view.edits or {})[finding]
    for path in dict.fromkeys(edit.path for edit in edits):
        if path:
            yield f"    {printable(path)}:"
        there = tuple(edit for edit in edits if edit.path == path)
        yield from _changed(view, view.lines(path or finding.path), there)
    for move in view.moves.get(finding, ()):
        yield f"    {printable(move.old)} moves to {printable(move.new)}"


def _changed(view: View, lines: LineMap, edits: tuple[Edit, ...]) -> Iterator[str]:
    before, after = (
        text.removesuffix("\n").split("\n") if text else []
        for text in (lines.text, edited(lines, edits))
    )
    difference = unified_diff(before, after, lineterm="", n=1)
    for line in list(difference)[2:]:
        if not line.startswith("@@"):
            shown = f"    {line[0]} {printable(line[1:].rstrip(chr(13)))}".rstrip()
            color = _COLORS.get(line[0])
            yield style(shown, fg=color) if view.color and color else shown
