"""What came of a run: what was found, what was fixed, what could not be read, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from msgspec import Struct

from turnstay_lint.engine.services.discovery import Unreadable
from turnstay_lint.engine.services.lint import Crash
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


class Tally(Struct, frozen=True):
    """What became of a rule's fixes in a run.

    ``applied`` were made; ``skipped`` were there and not asked for (unsafe, withheld by the
    configuration, declined); ``refused`` were asked for and could not be made, or were taken back.
    """

    code: str
    name: str
    applied: int
    skipped: int = 0
    refused: int = 0

    def __add__(self, other: Tally) -> Tally:
        applied, skipped = self.applied + other.applied, self.skipped + other.skipped
        return Tally(self.code, self.name, applied, skipped, self.refused + other.refused)


class Report(Struct, frozen=True):
    """The findings that are left, in the order of the files, and all that the last line counts.

    ``unreadable`` are folders that could not be listed (a file that could not be read is a
    finding), ``unwritable`` files whose fixes could not be written, ``unanalyzable`` counts what
    the rules could not judge, ``recovered`` are change sets of an interrupted run that this one
    finished or took back, in words. ``fixes`` count by rule, ``faults`` are files whose fixes did
    what none should. Paths are as the user is shown them.
    """

    findings: tuple[Finding, ...]
    files: int = 0
    crashes: tuple[Crash, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    unwritable: tuple[Unreadable, ...] = ()
    unanalyzable: int = 0
    changes: tuple[Change, ...] = ()
    recovered: tuple[str, ...] = ()
    fixes: tuple[Tally, ...] = ()
    faults: tuple[Unreadable, ...] = ()
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
        return not (self.unread or self.crashes or self.unwritable or self.faults)

    def fixable(self, applicability: Applicability) -> int:
        """Return how many findings have a fix of that kind."""
        return sum(
            f.fix is not None and f.fix.applicability is applicability for f in self.findings
        )

    def exit_status(
        self,
        *,
        exit_zero: bool = False,
        diff: bool = False,
        fix_only: bool = False,
        non_zero_on_fix: bool = False,
    ) -> int:
        """Return 2 for what could not be read or done, else 1 for findings, else 0.

        With ``diff`` 1 is for changes, with ``fix_only`` findings are no matter, with
        ``non_zero_on_fix`` changes are as well.
        """
        if not self.is_whole:
            return 2
        if exit_zero:
            return 0
        matters = self.changes if diff else () if fix_only else self.findings
        return int(bool(matters or (non_zero_on_fix and self.changes)))


def together(reports: Iterable[Report]) -> Report:
    """Return one report of what several say."""
    every = list(reports)
    if len(every) == 1:
        return every[0]
    tallies: dict[str, Tally] = {}
    for tally in chain.from_iterable(report.fixes for report in every):
        tallies[tally.code] = tallies[tally.code] + tally if tally.code in tallies else tally
    return Report(
        findings=tuple(chain.from_iterable(report.findings for report in every)),
        files=sum(report.files for report in every),
        crashes=tuple(chain.from_iterable(report.crashes for report in every)),
        unreadable=tuple(chain.from_iterable(report.unreadable for report in every)),
        unwritable=tuple(chain.from_iterable(report.unwritable for report in every)),
        unanalyzable=sum(report.unanalyzable for report in every),
        changes=tuple(chain.from_iterable(report.changes for report in every)),
        recovered=tuple(chain.from_iterable(report.recovered for report in every)),
        fixes=tuple(tallies[code] for code in sorted(tallies)),
        faults=tuple(chain.from_iterable(report.faults for report in every)),
        seconds=sum(report.seconds for report in every),
    )
