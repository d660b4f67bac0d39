"""What a reporter is given to show, and how findings are put into words wherever they appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.findings import Applicability, Finding, Move
from turnstay_lint.source.content import content_of
from turnstay_lint.source.positions import LineMap
from turnstay_lint.source.text import UnreadableText, decode

if TYPE_CHECKING:
    from turnstay_lint.engine.repairing.previews import Edit

HOME = "https://github.com/turnstay/turnstay-lint"


class View(Struct, frozen=True, dict=True):
    """A report, and what the user wants to see of it.

    ``edits`` is None where nobody asked what the fixes would do; ``moves`` are the files that they
    would give other paths. ``contents`` stand for what is on
    disk, by the path that the user is shown. ``width`` is how many columns a line of code may take.
    ``fixing`` is set where the findings are what fixes left.
    """

    report: Report
    edits: Mapping[Finding, tuple[Edit, ...]] | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    color: bool = False
    width: int = 120
    fixing: bool = False
    moves: Mapping[Finding, tuple[Move, ...]] = field(default_factory=dict)
    _lines: dict[str, LineMap] = field(default_factory=dict)

    def lines(self, path: str) -> LineMap:
        """Return the lines of a file, as far as it can be read."""
        if path not in self._lines:
            self._lines[path] = LineMap(self._text(path))
        return self._lines[path]

    def _text(self, path: str) -> str:
        try:
            content = self.contents[path] if path in self.contents else content_of(path)
        except OSError:
            return ""
        try:
            return decode(content).text
        except UnreadableText:
            return content.decode("utf-8", "replace")


def page_of(name: str) -> str:
    """Return the address of a rule's page."""
    return f"{HOME}/blob/main/docs/rules/{name}.md"


def place(finding: Finding) -> str:
    """Return ``path:line:column``, the column from 1."""
    return f"{finding.path}:{finding.span.line}:{finding.span.column + 1}"


def headline(finding: Finding) -> str:
    """Return ``CODE [*] message``; the star says that ``--fix`` puts it right."""
    safe = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    star = "[*] " if safe else ""
    return f"{finding.code} {star}{finding.message}"


def remedy(finding: Finding) -> str:
    """Return whether a fix exists, and how to have it, or why there is none."""
    if finding.fix is None:
        return f"no fix: {finding.unfixable}"
    if finding.fix.applicability is Applicability.SAFE:
        bolder = finding.fix.bolder
        more = f"; with --unsafe-fixes: {bolder.title}: {bolder.caution}" if bolder else ""
        return f"fix: {finding.fix.title} (--fix){more}"
    caution = f": {finding.fix.caution}" if finding.fix.caution else ""
    return f"unsafe fix: {finding.fix.title} (--fix --unsafe-fixes){caution}"
