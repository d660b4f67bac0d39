"""All files and folders that the answer of a run rests on, for the next to tell if it holds.

A folder that was listed changes with each entry; of one above the service only what may mark it, or
configure something, matters.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from turnstay_lint.engine.files.writing import journal_of
from turnstay_lint.engine.keeping.git import Unknown
from turnstay_lint.engine.keeping.replaying import THERE, state_of
from turnstay_lint.engine.keeping.stamps import Stamp, lasting

_CONFIGURING = ("pyproject.toml", ".gitignore", "alembic.ini", ".git/info/exclude")
_MARKING = (".git", "__init__.py", "pyvenv.cfg")


class Looked:
    """What a run has looked at: folders that it listed, others that it left out, files, and what is
    ``configuring`` the listed ones.

    Of some files it has taken ``stamps`` before it read them. ``said`` is what git said of
    revisions in folders.
    """

    def __init__(self) -> None:
        self.listed: set[str] = set()
        self.left_out: set[str] = set()
        self.files: set[str] = set()
        self.configuring: set[str] = set()
        self.stamps: dict[str, Stamp] = {}
        self.said: dict[tuple[str, str], str | Unknown] = {}

    def list(self, folder: str, names: Collection[str]) -> None:
        """Note a folder that was listed, and what of it may configure something."""
        self.listed.add(folder)
        there = (name for name in _CONFIGURING if name.partition("/")[0] in names)
        self.configuring |= set(_in(folder, there))

    def take(self, other: Looked) -> None:
        """Add what another process has looked at for this run."""
        self.listed |= other.listed
        self.left_out |= other.left_out
        self.files |= other.files
        self.configuring |= other.configuring
        self.stamps |= other.stamps
        self.said |= other.said

    def paths(self, roots: Iterable[tuple[Path, Path]], folders: Iterable[Path]) -> set[str]:
        """Return all paths whose change may change the answer, marked if being there is all.

        ``roots`` are the services' folders, each with that from which its modules count; in
        ``folders``, and above, a configuration was looked for.
        """
        found = {*self.listed, *self.left_out, *self.files, *self.configuring}
        starts = {file.rpartition("/")[0] for file in self.files} | set(map(str, folders))
        for folder, base in roots:
            starts.add(str(folder))
            found |= {str(journal_of(folder)), str(base), f"{base}/src", f"{base}/src/__init__.py"}
        for at in _with_those_above(starts) - self.listed:
            found |= {*_in(at, _CONFIGURING), *(THERE + path for path in _in(at, _MARKING))}
        return found

    def stamped(self, paths: Iterable[str], begun: int) -> dict[str, Stamp] | None:
        """Return the stamp of each path, None where one may have changed since the run began."""
        stamps = {path: self.stamps.get(path) or state_of(path) for path in sorted(paths)}
        is_old = all(lasting(stamp, begun) for stamp in stamps.values())
        return stamps if is_old else None


def _in(folder: str, names: Iterable[str]) -> Iterator[str]:
    yield from (f"{folder.rstrip('/')}/{name}" for name in names)


def _with_those_above(folders: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for at in folders:
        while at not in found:
            found.add(at)
            at = os.path.dirname(at)  # noqa: PTH120 (a Path for each takes longer)
    return found
