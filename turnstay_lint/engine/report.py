"""What came of a run: what was found, what was fixed, what could not be read, and how it ends."""

from __future__ import annotations

from msgspec import Struct

from turnstay_lint.engine.discovery import Unreadable
from turnstay_lint.engine.lint import Crash
from turnstay_lint.findings import Applicability, Finding

UNREADABLE = "TSL000"


class Change(Struct, frozen=True):
    """A file that fixes change: its absolute path, its bytes before and after, and which fixes.

    ``before`` is None for a file that fixes create. ``applied`` are the fixes of findings in it,
    ``shared`` those of findings in other files. What has the same ``together`` is written as a
    whole or not at all. A file that fixes move has the absolute path that it had in ``moved_from``.
    """

    file: str
    name: str
    before: bytes | None
    after: bytes
    applied: tuple[Finding, ...]
    shared: tuple[Finding, ...] = ()
    together: str = ""
    moved_from: str = ""


class Report(Struct, frozen=True):
    """The findings that are left, in the order of the files, and all that the last line counts.

    ``unreadable`` are folders that could not be listed (a file that could not be read is a
    finding), ``unwritable`` files whose fixes could not be written, ``unanalyzable`` counts what
    the rules could not judge, ``recovered`` are change sets of an interrupted run that this one
    finished or took back, in words. Paths are as the user is shown them.
    """

    findings: tuple[Finding, ...]
    files: int = 0
    crashes: tuple[Crash, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    unwritable: tuple[Unreadable, ...] = ()
    unanalyzable: int = 0
    changes: tuple[Change, ...] = ()
    recovered: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def unread(self) -> int:
        """Return how many files and folders could not be read."""
        return len(self.unreadable) + sum(f.code == UNREADABLE for f in self.findings)

    @property
    def fixed(self) -> int:
        """Return how many fixes were made, or would be."""
        return sum(len(change.applied) for change in self.changes)

    @property
    def is_whole(self) -> bool:
        """Tell whether everything was read, judged and written as it was asked."""
        return not (self.unread or self.crashes or self.unwritable)

    def fixable(self, applicability: Applicability) -> int:
        """Return how many findings have a fix of that kind."""
        return sum(
            f.fix is not None and f.fix.applicability is applicability for f in self.findings
        )

    def exit_status(self, *, exit_zero: bool = False, diff: bool = False) -> int:
        """Return 2 for what could not be read, 1 for findings (changes, with ``diff``), else 0."""
        if not self.is_whole:
            return 2
        if exit_zero:
            return 0
        return int(bool(self.changes if diff else self.findings))
