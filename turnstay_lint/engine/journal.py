"""Several files written as one: all of them, or none, even when the program is killed in between.

A journal in the service's ``.turnstay_cache`` holds what every file was and what it is to be. First
all new content is laid down beside the files; then the journal says that it is decided, and the
renames follow. Before that moment an interrupted set is taken back, after it it is finished: by the
next run, whatever that is for.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.engine.writing import (
    CACHE,
    CannotWrite,
    Rewrite,
    Staged,
    journal_of,
    stage,
    temporary_beside,
    write_note,
)


class Entry(Struct, frozen=True):
    """One file of a change set; paths are those from the service's folder."""

    file: str
    temporary: str
    before: bytes | None
    after: bytes


class Journal(Struct, frozen=True):
    """A change set that is being written; ``folders`` are those that it creates."""

    entries: tuple[Entry, ...]
    folders: tuple[str, ...] = ()
    decided: bool = False


def write_together(rewrites: list[Rewrite], folder: Path) -> None:
    """Write the files of a service as one, what was interrupted there before them.

    Raises CannotWrite, every file as it was, where one of them cannot be written.
    """
    try:
        with _locked(folder):
            _brought_to_an_end(folder)
            _write(rewrites, folder)
    except OSError as error:
        raise CannotWrite(f"could not be written: {error.strerror or error}") from error


def recover(folder: Path, named: Callable[[str], str] = str) -> list[str]:
    """Finish or take back what an interrupted run left in a service's folder; returns it in words.

    ``named`` says how an absolute path is shown. Raises CannotWrite where neither can be done.
    """
    try:
        with _locked(folder):
            return _brought_to_an_end(folder, named)
    except OSError as error:
        raise CannotWrite(f"an interrupted change set could not be finished: {error}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the right to write change sets in a service; another run waits."""
    cache = folder / CACHE
    if cache.is_symlink():
        raise CannotWrite(f"{cache} is a link")
    cache.mkdir(exist_ok=True)
    with suppress(FileExistsError), (cache / ".gitignore").open("x") as stream:
        stream.write("*\n")
    descriptor = os.open(cache / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(rewrites: list[Rewrite], folder: Path) -> None:
    journal = _begun(rewrites, folder)
    note = journal_of(folder)
    write_note(note, msgspec.json.encode(journal))
    done: list[Staged] = []
    try:
        for made in journal.folders:
            (folder / made).mkdir(exist_ok=True)
        staged = [
            stage(rewrite, folder, folder / entry.temporary)
            for rewrite, entry in zip(rewrites, journal.entries, strict=True)
        ]
        write_note(note, msgspec.json.encode(replace(journal, decided=True)))
        for one in staged:
            one.put_in_place()
            done.append(one)
    except (CannotWrite, OSError):
        _put_back(done)
        _swept(journal, folder)
        raise
    note.unlink()


def _begun(rewrites: list[Rewrite], folder: Path) -> Journal:
    entries = []
    for rewrite in rewrites:
        temporary = temporary_beside(rewrite.file, folder)
        entries.append(
            Entry(
                _from(folder, rewrite.file),
                _from(folder.resolve() if rewrite.before is not None else folder, temporary),
                rewrite.before,
                rewrite.after,
            )
        )
    missing = {
        parent
        for rewrite in rewrites
        for parent in rewrite.file.parents
        if rewrite.before is None and not parent.exists()
    }
    for rewrite, entry in zip(rewrites, entries, strict=True):
        if not _is_ours(entry.file, folder):
            raise CannotWrite("lies in a folder that no change set may change", rewrite.file)
    return Journal(tuple(entries), tuple(_from(folder, parent) for parent in sorted(missing)))


def _from(folder: Path, file: Path) -> str:
    try:
        return file.relative_to(folder).as_posix()
    except ValueError as error:
        raise CannotWrite(f"lies outside {folder}", file) from error


def _put_back(done: list[Staged]) -> None:
    """Give files that were renamed already what they held; nobody else has had the time."""
    for one in reversed(done):
        _restored(one.target, one.rewrite.before, one.rewrite.after)


def _restored(file: Path, before: bytes | None, after: bytes) -> None:
    if before is None:
        if file.read_bytes() == after:
            file.unlink()
        return
    back = Rewrite(file, after, before)
    staged = stage(back, file.parent, temporary_beside(file, file.parent))
    staged.put_in_place()


def _swept(journal: Journal, folder: Path) -> None:
    """Remove what a change set laid down and does not need any more, the journal last."""
    for entry in journal.entries:
        (folder / entry.temporary).unlink(missing_ok=True)
    for made in sorted(journal.folders, reverse=True):
        with suppress(OSError):
            (folder / made).rmdir()
    journal_of(folder).unlink(missing_ok=True)


def _brought_to_an_end(folder: Path, named: Callable[[str], str] = str) -> list[str]:
    note = journal_of(folder)
    if not note.exists():
        return []
    journal = _read(note, folder)
    if not journal.decided:
        _swept(journal, folder)
        return []
    names = ", ".join(named(str(folder / entry.file)) for entry in journal.entries)
    open_ = [entry for entry in journal.entries if _content(folder, entry) != entry.after]
    changed = [entry for entry in open_ if _content(folder, entry) != entry.before]
    if not changed:
        for entry in open_:
            _finish(entry, folder)
        _swept(replace(journal, folders=()), folder)
        return [f"finished a change set that was interrupted: {names}"]
    for entry in journal.entries:
        if entry not in open_:
            _restored(folder / entry.file, entry.before, entry.after)
    _swept(journal, folder)
    others = ", ".join(named(str(folder / entry.file)) for entry in changed)
    return [f"took back a change set that was interrupted ({names}): {others} has changed since"]


def _content(folder: Path, entry: Entry) -> bytes | None:
    try:
        return (folder / entry.file).read_bytes()
    except FileNotFoundError:
        return None


def _finish(entry: Entry, folder: Path) -> None:
    """Write anew what had been laid down, which may be half of it after a power cut."""
    temporary = folder / entry.temporary
    temporary.unlink(missing_ok=True)
    rewrite = Rewrite(folder / entry.file, entry.before, entry.after)
    stage(rewrite, folder, temporary).put_in_place()


def _read(note: Path, folder: Path) -> Journal:
    """Read a journal; one that nobody of ours has written is refused, and stays."""
    try:
        journal = msgspec.json.decode(note.read_bytes(), type=Journal)
    except msgspec.DecodeError as error:
        raise CannotWrite(f"{note} cannot be read ({error}): remove it") from error
    for entry in journal.entries:
        for path in (entry.file, entry.temporary.removesuffix(".new")):
            if not _is_ours(path, folder):
                raise CannotWrite(f"{note} speaks of {path}: remove it")
    return journal


def _is_ours(path: str, folder: Path) -> bool:
    """Tell whether a change set can speak of a path: a Python file in the tree, not in ``.git``."""
    pure = PurePosixPath(path)
    hidden = any(part.startswith(".") for part in pure.parts[:-1])
    if pure.is_absolute() or ".." in pure.parts or hidden:
        return False
    return ".py" in pure.name and (folder / pure.parent).resolve().is_relative_to(folder.resolve())
