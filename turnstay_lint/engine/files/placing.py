"""One file of a journal: what state it is in, and how it comes from one to the other.

What is at the target when new content takes its place is put aside, and looked at once more: if
somebody changed it meanwhile, it comes back. So nothing that anybody wrote is ever replaced unseen.
"""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from pathlib import Path

from turnstay_lint.engine.files.entries import Entry, path_of
from turnstay_lint.engine.files.exchanging import exchange, move
from turnstay_lint.engine.files.writing import CannotWrite, digest_of, lay_down, part_of, reason


class State(Enum):
    """Whether a file is as the run found it, as it leaves it, or as somebody else has it."""

    OPEN = "open"
    DONE = "done"
    OTHER = "other"


class Placed:
    """The places of one entry below a service's folder, which has no links in it."""

    def __init__(self, entry: Entry, folder: Path) -> None:
        self.entry = entry
        self.file = path_of(entry.file, folder)
        self.target = path_of(entry.target, folder)
        self.aside = path_of(entry.temporary, folder)

    def state(self) -> State:
        """Return how far the file is; raises OSError."""
        held, aside = digest_of(self.target), digest_of(self.aside)
        if held == self.entry.after and aside in (None, self.entry.before, held):
            return State.DONE
        if held == self.entry.before and aside == self.entry.after:
            return State.OPEN
        return State.OTHER

    def is_foreign(self) -> bool:
        """Tell whether somebody else's content is at the target; raises OSError."""
        return digest_of(self.target) not in (self.entry.before, self.entry.after)

    def put(self) -> None:
        """Let the target be what it is to be; raises CannotWrite, the target as it was."""
        try:
            if self.entry.after is None:
                self._remove()
            elif self.entry.before is None:
                self._create()
            else:
                self._replace()
        except OSError as error:
            raise CannotWrite(reason(error), self.file) from error

    def _remove(self) -> None:
        self._hold()
        move(self.target, self.aside)
        if digest_of(self.aside) != self.entry.before:
            move(self.aside, self.target)
            raise self._changed()

    def _create(self) -> None:
        try:
            move(self.aside, self.target)
        except FileExistsError as error:
            raise CannotWrite("is there already", self.file) from error

    def _replace(self) -> None:
        self._hold()
        if not exchange(self.aside, self.target):
            self.aside.replace(self.target)
        elif digest_of(self.aside) != self.entry.before:
            exchange(self.aside, self.target)
            raise self._changed()

    def _hold(self) -> None:
        held = digest_of(self.target)
        if held is None:
            raise CannotWrite("is not there any more", self.file)
        if held != self.entry.before:
            raise self._changed()

    def _changed(self) -> CannotWrite:
        return CannotWrite("has changed since it was read", self.file)

    def settle(self) -> None:
        """Forget what was put aside, unless somebody else wrote it."""
        if digest_of(self.aside) in (self.entry.before, self.entry.after):
            self.aside.unlink(missing_ok=True)
        part_of(self.aside).unlink(missing_ok=True)

    def take_back(self, before: bytes | None, model: Path | None) -> None:
        """Let the target be what it was, or what somebody made of it; raises OSError, CannotWrite.

        ``before`` is for where that was not put aside; ``model`` is dressed as it was.
        """
        held, aside = digest_of(self.target), digest_of(self.aside)
        if held == self.entry.after:
            if self.entry.before is None:
                self._uncreate(aside)
            else:
                if aside is None:
                    part_of(self.aside).unlink(missing_ok=True)
                    if before is None:
                        raise CannotWrite("cannot be taken back: its record is gone", self.file)
                    lay_down(before, self.aside, self.target if held is not None else model)
                self._restore(held)
        self.settle()

    def _uncreate(self, aside: str | None) -> None:
        if aside == self.entry.after:
            self.aside.unlink()
        move(self.target, self.aside)
        if digest_of(self.aside) != self.entry.after:
            with suppress(FileExistsError):
                move(self.aside, self.target)

    def _restore(self, held: str | None) -> None:
        if held is None:
            with suppress(FileExistsError):
                move(self.aside, self.target)
        elif not exchange(self.aside, self.target):
            self.aside.replace(self.target)
        elif digest_of(self.aside) != self.entry.after:
            exchange(self.aside, self.target)
