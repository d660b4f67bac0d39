"""The files of a service written so that no moment finds half of them lost.

First a journal in ``.turnstay_cache`` says what is to come, and the record what every file was.
Then all new content is laid down beside the files, the journal says that it is decided, and each
file changes places with what lies beside it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.files.entries import (
    Entry,
    Journal,
    is_ours,
    name_of,
    noted,
    path_of,
    temporary_name,
)
from turnstay_lint.engine.files.journal import end_interrupted, ended, swept
from turnstay_lint.engine.files.locking import locked
from turnstay_lint.engine.files.placing import Placed
from turnstay_lint.engine.files.record import Kept, Record, next_record_of, write_record
from turnstay_lint.engine.files.writing import (
    CACHE,
    CannotWrite,
    Rewrite,
    digest,
    lay_down,
    reason,
    settle,
    target_of,
    writable,
)


def new_mark() -> str:
    """Return a name that no other run has."""
    return os.urandom(6).hex()


def write_together(rewrites: Iterable[Rewrite], folder: Path) -> None:
    """Write the files of a service as one; raises CannotWrite, every file as it was."""
    problems = deliver([replace(one, group="all") for one in rewrites], folder)
    if problems:
        raise problems[0]


def deliver(rewrites: Iterable[Rewrite], folder: Path, run: str = "") -> list[CannotWrite]:
    """Write the files of a service, what was interrupted there before them.

    Returns what could not be written: the files of its group are as they were. Raises CannotWrite
    where nothing can be written here. ``run`` is what several services have in common.
    """
    try:
        with locked(folder):
            end_interrupted(folder)
            return Delivery.of(rewrites, folder, run or new_mark()).made()
    except OSError as error:
        raise CannotWrite(reason_here(error)) from error


def reason_here(error: OSError) -> str:
    """Return why the system refused, and where that is about a file of the program's own."""
    place = f" ({error.filename})" if CACHE in str(error.filename) else ""
    return f"{reason(error)}{place}"


class Delivery(Struct):
    """What one run writes in a service; ``problems`` are those of what it leaves.

    The record of one that is not ``kept`` goes when it has ended. ``real`` is the folder without
    links.
    """

    folder: Path
    run: str
    kept: bool = True
    real: Path = Path()
    mark: str = field(default_factory=new_mark)
    rewrites: dict[str, Rewrite] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    problems: list[CannotWrite] = field(default_factory=list)

    @classmethod
    def of(
        cls, rewrites: Iterable[Rewrite], folder: Path, run: str, *, kept: bool = True
    ) -> Delivery:
        """Take in what is to be written, without what must not be, and all that goes with it."""
        made = cls(folder, run, kept, folder.resolve())
        left = set()
        for number, rewrite in enumerate(rewrites):
            try:
                made._take_in(rewrite, number)
            except CannotWrite as problem:
                made.problems.append(problem)
                left.add(rewrite.group)
        made.entries = [one for one in made.entries if not one.group or one.group not in left]
        return made

    def _take_in(self, rewrite: Rewrite, number: int) -> None:
        name = name_of(rewrite.file, self.folder)
        target = target_of(rewrite.file, self.real)
        inside = name_of(target, self.real)
        if not is_ours(inside, self.real):
            raise CannotWrite("lies in a folder that no fix may change", rewrite.file)
        if writable(rewrite, target):
            beside = name_of(target.with_name(temporary_name(self.mark, number)), self.real)
            before, after = digest(rewrite.before), digest(rewrite.after)
            self.rewrites[name] = rewrite
            self.entries.append(Entry(name, inside, beside, before, after, rewrite.group))

    def made(self) -> list[CannotWrite]:
        """Write; returns why some was not. Raises OSError, CannotWrite where nothing was."""
        if not self.entries:
            return self.problems
        folders = self._missing_folders()
        journal = Journal(self.mark, tuple(self.entries), folders, kept=self.kept)
        noted(journal, self.folder)
        try:
            write_record(self._record(folders), next_record_of(self.folder))
            for made in folders:
                path_of(made, self.folder).mkdir(exist_ok=True)
            self._lay_down()
            journal = replace(journal, entries=tuple(self.entries), decided=True)
            noted(journal, self.folder)
        except BaseException:
            with suppress(OSError):
                swept(journal, self.folder)
            raise
        try:
            done = self._placed(journal)
        except OSError as error:
            said = f"{reason(error)}; the next run brings to an end what was begun"
            raise CannotWrite(said) from error
        except BaseException:
            end_interrupted(self.folder)
            raise
        # What stands in the way of this, the next run does.
        with suppress(OSError):
            for entry in journal.entries:
                Placed(entry, self.real).settle()
            ended(journal, self.folder, done=done)
        return self.problems

    def _missing_folders(self) -> tuple[str, ...]:
        targets = (path_of(one.target, self.real) for one in self.entries if one.before is None)
        missing = {parent for target in targets for parent in target.parents if not parent.exists()}
        return tuple(name_of(parent, self.real) for parent in sorted(missing))

    def _record(self, folders: tuple[str, ...]) -> Record:
        kept = tuple(
            Kept(
                one.file,
                self.rewrites[one.file].before,
                one.after,
                one.group,
                name_of(model, self.folder)
                if (model := self.rewrites[one.file].dressed_as) is not None
                else "",
            )
            for one in self.entries
        )
        return Record(self.run, self.mark, time.time(), kept, folders)

    def _lay_down(self) -> None:
        beside: set[Path] = set()
        for one in list(self.entries):
            rewrite = self.rewrites[one.file]
            if rewrite.after is None or one not in self.entries:
                continue
            aside = path_of(one.temporary, self.real)
            model = path_of(one.target, self.real) if one.before is not None else rewrite.dressed_as
            try:
                lay_down(rewrite.after, aside, model)
            except OSError as error:
                self._leave(one, CannotWrite(reason(error), rewrite.file))
            except CannotWrite as problem:
                self._leave(one, CannotWrite(str(problem), rewrite.file))
            beside.add(aside.parent)
        for folder in beside:
            settle(folder)

    def _leave(self, entry: Entry, problem: CannotWrite) -> None:
        """Say why a file is not written, and drop all that must not be written without it."""
        self.problems.append(problem)
        for one in list(self.entries):
            if one == entry or (one.group and one.group == entry.group):
                self.entries.remove(one)
                path_of(one.temporary, self.real).unlink(missing_ok=True)

    def _placed(self, journal: Journal) -> bool:
        """Put everything in its place; tells whether anything came there."""
        any_done = False
        for group in journal.groups:
            places = [Placed(entry, self.real) for entry in group]
            try:
                for place in places:
                    place.put()
            except CannotWrite as problem:
                self.problems.append(problem)
                for place in places:
                    place.take_back(self.rewrites[place.entry.file].before, None)
                continue
            any_done = True
        for parent in {path_of(entry.target, self.folder).parent for entry in journal.entries}:
            settle(parent)
        return any_done
