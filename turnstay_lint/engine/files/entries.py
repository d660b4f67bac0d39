"""What a journal says of the files that are being written, and how it is kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from turnstay_lint.engine.files.writing import CACHE, CannotWrite, journal_of, read, write_note
from turnstay_lint.source.patterns import regex

_HISTORIES = frozenset({".git", ".hg", ".svn", ".bzr", CACHE})
_TEMPORARY = regex(r"\.turnstay-[0-9a-f]{12}-\d+\.new")


class Entry(Struct, frozen=True):
    """One file: what it leads to, and where the other content waits or was put aside.

    Paths are those from the service's folder, ``before`` and ``after`` digests, None for no file.
    """

    file: str
    target: str
    temporary: str
    before: str | None
    after: str | None
    group: str = ""


class Journal(Struct, frozen=True):
    """What a run writes in a service; ``folders`` are those that it creates.

    Until it is ``decided`` nothing has been done to the files themselves. ``kept`` says that the
    run is to be undone by the user if he wants to.
    """

    run: str
    entries: tuple[Entry, ...]
    folders: tuple[str, ...] = ()
    decided: bool = False
    kept: bool = True

    @property
    def groups(self) -> Iterator[tuple[Entry, ...]]:
        """Yield what is written as a whole or not at all."""
        alone = (entry for entry in self.entries if not entry.group)
        yield from ((entry,) for entry in alone)
        rest = sorted((e for e in self.entries if e.group), key=lambda entry: entry.group)
        yield from (tuple(group) for _, group in groupby(rest, key=lambda entry: entry.group))


def temporary_name(run: str, number: int) -> str:
    """Return the name of the file beside a target that its other content is kept in."""
    return f".turnstay-{run}-{number}.new"


def noted(journal: Journal, folder: Path) -> None:
    """Put a journal on disk; raises OSError."""
    write_note(journal_of(folder), msgspec.json.encode(journal))


def journal_in(folder: Path) -> Journal | None:
    """Read a service's journal, None where there is none.

    One that nobody of ours has written is refused, and stays: raises CannotWrite, OSError.
    """
    note = journal_of(folder)
    try:
        journal = msgspec.json.decode(read(note), type=Journal)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise CannotWrite(f"{note} cannot be read ({error}): remove it") from error
    paths = (path for entry in journal.entries for path in (entry.target, entry.temporary))
    for path in (*paths, *(f"{made}/x" for made in journal.folders)):
        if not is_ours(path, folder.resolve()):
            raise CannotWrite(f"{note} speaks of {path}: remove it")
    for entry in journal.entries:
        if not _TEMPORARY.fullmatch(PurePosixPath(entry.temporary).name):
            raise CannotWrite(f"{note} speaks of {entry.temporary}: remove it")
    return journal


def is_ours(path: str, folder: Path) -> bool:
    """Tell whether fixes can speak of a path: in the tree, and not in what git keeps there.

    ``folder`` has no links in it.
    """
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not _HISTORIES.isdisjoint(pure.parts):
        return False
    return path_of(pure.parent.as_posix(), folder).resolve().is_relative_to(folder)


def name_of(file: Path, folder: Path) -> str:
    """Return how a journal names a file, whatever bytes its name has; raises CannotWrite."""
    try:
        path = file.relative_to(folder).as_posix()
    except ValueError as error:
        raise CannotWrite(f"lies outside {folder}", file) from error
    return path if path.isascii() else os.fsencode(path).decode("latin-1")


def path_of(name: str, folder: Path) -> Path:
    """Return the file that a journal names."""
    return folder / (name if name.isascii() else os.fsdecode(name.encode("latin-1", "replace")))


def some(names: Iterable[str], most: int = 5) -> str:
    """Return names as a line has room for."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
