"""The last run that fixed something taken back, as far as nobody has changed its files since."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.files.entries import path_of
from turnstay_lint.engine.files.journal import end_interrupted
from turnstay_lint.engine.files.locking import locked
from turnstay_lint.engine.files.record import Kept, Record, read_record, record_of, write_record
from turnstay_lint.engine.files.rewriting import Delivery, reason_here
from turnstay_lint.engine.files.writing import (
    CACHE,
    CannotWrite,
    Rewrite,
    digest,
    digest_of,
    read,
    target_of,
)
from turnstay_lint.engine.services.exclusion import left_out_by_default
from turnstay_lint.engine.services.roots import service_root


class Undone(Struct):
    """What came of it, paths as the user is shown them.

    ``changed`` are the files that somebody has changed since, which stay; ``failed`` those that
    could not be written, with the reason; ``earlier`` the services that an earlier run fixed last.
    """

    when: float = 0.0
    restored: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many files are what they were."""
        return len(self.restored) + len(self.removed) + len(self.moved)

    @property
    def exit_status(self) -> int:
        """Return 2 for what could not be done, 1 for what has changed since and stays, else 0."""
        return 2 if self.failed else int(bool(self.changed))


def undo(paths: Iterable[Path]) -> Undone:
    """Give the files that absolute paths mean what they held before the last run that fixed any."""
    paths = list(paths)
    undone = Undone()
    records: dict[Path, Record] = {}
    for folder in sorted({folder for path in paths for folder in _services(path)}):
        try:
            with locked(folder):
                undone.recovered += end_interrupted(folder, displayed)
                record = read_record(record_of(folder), folder)
        except (OSError, CannotWrite) as error:
            undone.failed.append((displayed(str(folder)), _said(error)))
            continue
        if record is not None:
            records[folder] = record
    if not records:
        return undone
    last = max(records.values(), key=lambda record: record.when)
    undone.when = last.when
    for folder, record in records.items():
        if record.run == last.run:
            try:
                with locked(folder):
                    _Service(folder, record, undone).take_back(paths)
            except (OSError, CannotWrite) as error:
                undone.failed.append((displayed(str(folder)), _said(error)))
        elif record.kept:
            undone.earlier.append(displayed(str(folder)))
    return undone


def _said(error: OSError | CannotWrite) -> str:
    return reason_here(error) if isinstance(error, OSError) else str(error)


def _services(path: Path) -> Iterator[Path]:
    """Yield the folders that may hold a record of files that a path means."""
    own = service_root(path / "any.py" if path.is_dir() else path).folder
    if (own / CACHE).exists():
        yield own
    for folder, inner, _ in os.walk(path):
        if CACHE in inner:
            yield Path(folder)
        inner[:] = [name for name in inner if not left_out_by_default(Path(folder, name), name)]


class _Service:
    """One service whose last run is taken back."""

    def __init__(self, folder: Path, record: Record, undone: Undone) -> None:
        self.folder = folder
        self.real = folder.resolve()
        self.record = record
        self.undone = undone
        self.moved = {kept.moved_from: kept for kept in record.kept if kept.moved_from}

    def take_back(self, paths: list[Path]) -> None:
        """Restore what the paths mean, and keep a record of what they do not."""
        todo: list[tuple[Kept, ...]] = []
        later: list[Kept] = []
        rewrites: list[Rewrite] = []
        for unit in self._units():
            if not any(self._is_meant(kept, paths) for kept in unit):
                later += unit
            elif self._has_changed(unit):
                self.undone.changed.append(self._name(unit[0]))
            elif made := [self._reversed(kept) for kept in unit if self._is_made(kept)]:
                todo.append(unit)
                rewrites += made
        delivery = Delivery.of(rewrites, self.folder, self.record.run, kept=False)
        problems = {problem.file: str(problem) for problem in delivery.made()}
        at_fault = {one.group for one in rewrites if one.file in problems and one.group}
        for unit in todo:
            files = [path_of(kept.file, self.folder) for kept in unit]
            said = next((problems[file] for file in files if file in problems), "")
            if said or unit[0].group in at_fault:
                said = said or "stays, for another file of its change set could not be restored"
                self.undone.failed.append((self._name(unit[0]), said))
                later += unit
            else:
                self._tell(unit[0])
        self._remember(later)

    def _units(self) -> Iterator[tuple[Kept, ...]]:
        """Yield files, one that moved with what it was."""
        gone = {kept.file: kept for kept in self.record.kept if kept.file in self.moved}
        for kept in self.record.kept:
            if kept.moved_from in gone:
                yield kept, gone[kept.moved_from]
            elif kept.file not in gone:
                yield (kept,)

    def _is_meant(self, kept: Kept, paths: list[Path]) -> bool:
        file = path_of(kept.file, self.folder)
        return any(file.is_relative_to(path) for path in paths)

    def _digest(self, kept: Kept) -> str | None:
        try:
            return digest_of(target_of(path_of(kept.file, self.folder), self.real))
        except CannotWrite as problem:
            return str(problem)

    def _is_made(self, kept: Kept) -> bool:
        return self._digest(kept) == kept.after

    def _has_changed(self, unit: tuple[Kept, ...]) -> bool:
        """Tell whether the files are neither as the run left them nor as it found them."""
        found = [self._digest(kept) for kept in unit]
        return found not in (
            [kept.after for kept in unit],
            [digest(kept.before) for kept in unit],
        )

    def _reversed(self, kept: Kept) -> Rewrite:
        file = path_of(kept.file, self.folder)
        held = None
        if kept.after is not None:
            held = read(target_of(file, self.real))
        moved = self.moved.get(kept.file)
        model = path_of(moved.file, self.folder) if moved is not None else None
        return Rewrite(file, held, kept.before, kept.group, model)

    def _tell(self, kept: Kept) -> None:
        if kept.moved_from:
            old = displayed(str(path_of(kept.moved_from, self.folder)))
            self.undone.moved.append((self._name(kept), old))
        elif kept.before is None:
            self.undone.removed.append(self._name(kept))
        else:
            self.undone.restored.append(self._name(kept))

    def _name(self, kept: Kept) -> str:
        return displayed(str(path_of(kept.file, self.folder)))

    def _remember(self, later: list[Kept]) -> None:
        for made in sorted(self.record.folders, reverse=True):
            with suppress(OSError):
                path_of(made, self.folder).rmdir()
        write_record(replace(self.record, kept=tuple(later)), record_of(self.folder))
