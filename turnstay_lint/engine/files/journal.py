"""What was being written when a run was interrupted: finished, or taken back, by the next run.

A journal in the service's ``.turnstay_cache`` tells, and says whether it was decided: before that
nothing has been done to the files themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from turnstay_lint.engine.files.entries import Entry, Journal, journal_in, path_of, some
from turnstay_lint.engine.files.locking import locked
from turnstay_lint.engine.files.placing import Placed, State
from turnstay_lint.engine.files.record import next_record_of, read_record, record_of
from turnstay_lint.engine.files.writing import CannotWrite, digest, journal_of, part_of, settle


def recover(folder: Path, named: Callable[[str], str] = str) -> list[str]:
    """Finish or take back what an interrupted run left in a service's folder; returns it in words.

    ``named`` says how an absolute path is shown. Raises CannotWrite where neither can be done.
    """
    try:
        with locked(folder):
            return end_interrupted(folder, named)
    except OSError as error:
        said = error.strerror or str(error)
        raise CannotWrite(f"an interrupted change set could not be finished: {said}") from error


def swept(journal: Journal, folder: Path) -> None:
    """Remove what an undecided run laid down; the files themselves were not touched yet."""
    for entry in journal.entries:
        aside = path_of(entry.temporary, folder.resolve())
        part_of(aside).unlink(missing_ok=True)
        aside.unlink(missing_ok=True)
    ended(journal, folder, done=False)


def ended(journal: Journal, folder: Path, *, done: bool) -> None:
    """Let the record be that of the last run, if anything was done, and forget the journal."""
    record = next_record_of(folder)
    if done and journal.kept:
        with suppress(FileNotFoundError):
            record.replace(record_of(folder))
    else:
        record.unlink(missing_ok=True)
    part_of(record).unlink(missing_ok=True)
    for made in sorted(journal.folders, reverse=True):
        with suppress(OSError):
            path_of(made, folder).rmdir()
    journal_of(folder).unlink(missing_ok=True)
    settle(journal_of(folder).parent)


def end_interrupted(folder: Path, named: Callable[[str], str] = str) -> list[str]:
    """Bring to an end what a journal says, under the lock; returns it in words.

    Raises OSError, and CannotWrite where that cannot be done.
    """
    journal = journal_in(folder)
    if journal is None:
        return []
    if not journal.decided:
        swept(journal, folder)
        return []
    finished: list[str] = []
    taken_back: list[str] = []
    others: list[str] = []
    for group in journal.groups:
        places = [Placed(entry, folder.resolve()) for entry in group]
        names = [named(str(path_of(entry.file, folder))) for entry in group]
        changed = _finished(places)
        if changed is None:
            finished += names
            continue
        contents = _contents_before(journal, folder)
        for place in places:
            place.take_back(*contents(place.entry))
        taken_back += names
        others += [named(str(path_of(place.entry.file, folder))) for place in changed]
    for parent in {path_of(entry.target, folder).parent for entry in journal.entries}:
        settle(parent)
    ended(journal, folder, done=bool(finished))
    said = []
    if finished:
        said.append(f"finished a change set that was interrupted: {some(finished)}")
    if taken_back:
        why = f": {some(others)} has changed since" if others else ""
        said.append(f"took back a change set that was interrupted ({some(taken_back)}){why}")
    return said


def _finished(places: list[Placed]) -> list[Placed] | None:
    """Finish a group; returns None then, and else which files somebody else has changed."""
    states = [place.state() for place in places]
    changed = [p for p, state in zip(places, states, strict=True) if state is State.OTHER]
    if changed:
        return [place for place in changed if place.is_foreign()]
    try:
        for place, state in zip(places, states, strict=True):
            if state is State.OPEN:
                place.put()
    except CannotWrite as problem:
        return [place for place in places if place.file == problem.file]
    for place in places:
        place.settle()
    return None


def _contents_before(
    journal: Journal, folder: Path
) -> Callable[[Entry], tuple[bytes | None, Path | None]]:
    """Return what tells the content that a file had, by the record, and a file dressed as it was.

    A file that moved is dressed as it was under its new name.
    """
    record = read_record(next_record_of(folder), folder)
    if record is None or record.mark != journal.run:
        record = read_record(record_of(folder), folder)
    kept = record.kept if record is not None and record.mark == journal.run else ()
    contents = {one.file: one.before for one in kept}
    moved = {one.moved_from: path_of(one.file, folder) for one in kept if one.moved_from}

    def before(entry: Entry) -> tuple[bytes | None, Path | None]:
        content = contents.get(entry.file)
        return (content if digest(content) == entry.before else None), moved.get(entry.file)

    return before
