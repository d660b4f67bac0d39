"""Changes handed over to the disk: each file by itself, or several as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from turnstay_lint.engine.checking.report import Change
from turnstay_lint.engine.checking.run import Examined
from turnstay_lint.engine.files.rewriting import deliver, new_mark
from turnstay_lint.engine.files.writing import CannotWrite, Rewrite, moved
from turnstay_lint.engine.services.discovery import Unreadable

Made = tuple[list[Change], list[Unreadable]]
"""The changes that were made, and why others were not."""

Deliver = Callable[[list[Change], Examined, Mapping[str, bytes]], Made]
"""What becomes of changes; ``delivered`` writes them."""


def delivered(
    changes: list[Change], examined: Examined, given: Mapping[str, bytes], run: str = ""
) -> Made:
    """Write every change of a file on disk; one that cannot be written stops none but its own.

    ``run`` is what several such runs have in common, to be taken back together.
    """
    return written(by_service(changes, examined, given), changes, run)


def by_service(
    changes: Iterable[Change], examined: Examined, given: Mapping[str, bytes]
) -> dict[Path, list[Change]]:
    """Return the changes of files on disk by the folder of the service that is to be written."""
    found: dict[Path, list[Change]] = {}
    for change in changes:
        if change.file not in given:
            found.setdefault(examined.roots[change.file].folder, []).append(change)
    return found


def written(
    services: Mapping[Path, list[Change]], changes: Iterable[Change], run: str = ""
) -> Made:
    """Write the changes of services; those of ``changes`` that are not among them count as made."""
    unwritable: list[Unreadable] = []
    left: set[str] = set()
    run = run or new_mark()
    for folder, own in sorted(services.items()):
        said = list(_not_written(own, folder, run))
        unwritable += (problem for _, problem in said)
        left |= {file for file, _ in said}
    return [change for change in changes if change.file not in left], unwritable


def _not_written(changes: list[Change], folder: Path, run: str) -> Iterator[tuple[str, Unreadable]]:
    """Write the changes of one service; yields those that were not written, each with its say."""
    rewrites = [rewrite for number, one in enumerate(changes) for rewrite in _parts(one, number)]
    try:
        problems = deliver(rewrites, folder, run)
    except CannotWrite as error:
        for change in changes:
            yield change.file, Unreadable(change.name, str(error))
        return
    for problem in problems:
        at_fault = next(one for one in changes if problem.file in _files(one))
        yield at_fault.file, Unreadable(at_fault.name, str(problem))
        for one in changes:
            if one.together and one.together == at_fault.together and one != at_fault:
                said = f"is not written, for {at_fault.name} {problem}"
                yield one.file, Unreadable(one.name, said)


def _files(change: Change) -> set[Path]:
    return {Path(file) for file in (change.file, change.moved_from) if file}


def _parts(change: Change, number: int) -> tuple[Rewrite, ...]:
    file, old = Path(change.file), change.moved_from
    if old and change.before is not None:
        group = change.together or f"move {number}"
        return moved(Path(old), file, change.before, change.after, group)
    return (Rewrite(file, change.before, change.after, change.together),)
