"""Changes handed over to the disk: each file by itself, or several as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from turnstay_lint.engine.discovery import Unreadable
from turnstay_lint.engine.report import Change
from turnstay_lint.engine.run import Examined
from turnstay_lint.engine.writing import CannotWrite, Rewrite, write


def delivered(
    changes: list[Change], examined: Examined, given: Mapping[str, bytes]
) -> tuple[list[Change], list[Unreadable]]:
    """Write every change of a file on disk; one that cannot be written stops none but its own."""
    made: list[Change] = []
    unwritable: list[Unreadable] = []
    for together in _sets(changes):
        disk = [change for change in together if change.file not in given]
        try:
            _write(disk, examined)
        except CannotWrite as error:
            unwritable += _said(together, error)
        else:
            made += together
    return sorted(made, key=lambda change: change.file), unwritable


def _sets(changes: list[Change]) -> Iterator[list[Change]]:
    """Yield what must be written together; most changes stand alone."""
    yield from ([change] for change in changes if not change.together)
    rest = sorted((c for c in changes if c.together), key=lambda c: (c.together, c.file))
    yield from (list(group) for _, group in groupby(rest, key=lambda c: c.together))


def _write(changes: list[Change], examined: Examined) -> None:
    for change in changes if not any(change.together for change in changes) else ():
        assert change.before is not None
        tree = examined.roots[change.file].folder
        write(Path(change.file), change.before, change.after, tree)
        return
    if changes:
        from turnstay_lint.engine.journal import write_together

        rewrites = [Rewrite(Path(c.file), c.before, c.after) for c in changes]
        write_together(rewrites, examined.roots[changes[0].file].folder)


def _said(together: list[Change], error: CannotWrite) -> Iterator[Unreadable]:
    at_fault = error.file if error.file is not None else Path(together[0].file)
    for change in together:
        if Path(change.file) == at_fault:
            yield Unreadable(change.name, str(error))
    culprit = next((c.name for c in together if Path(c.file) == at_fault), str(at_fault))
    for change in together:
        if Path(change.file) != at_fault:
            yield Unreadable(change.name, f"is not written, for {culprit} {error}")
