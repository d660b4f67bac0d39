"""From paths to files: what a folder holds that is the service's own, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct, field

from turnstay_lint.engine.configuring.configuration import Configuration
from turnstay_lint.engine.keeping.resting import Looked
from turnstay_lint.engine.services.exclusion import left_out_by_default, left_out_by_name
from turnstay_lint.engine.services.ignored import IgnoreFiles

SUFFIX = ".py"


class Unreadable(Struct, frozen=True):
    """A path that is there but could not be looked into, and why."""

    path: str
    reason: str


class Discovery(Struct):
    """Finds files; ``unreadable`` gathers folders that could not be listed, ``links`` what of the
    files is a symbolic link.

    ``configuration_of`` gives the configuration that holds in a folder, so that each service of a
    repository leaves out what it wants to. What is looked at is noted in ``looked``.
    """

    configuration_of: Callable[[Path], Configuration]
    unreadable: list[Unreadable] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    looked: Looked = field(default_factory=Looked)

    def files(self, paths: Iterable[Path], *, force_exclude: bool = False) -> list[str]:
        """Return the files that absolute ``paths`` mean, once each, in the order of their names.

        A path to a file is always taken, whatever its ending and whatever ``exclude`` says, unless
        ``force_exclude`` is set.
        """
        named: list[tuple[str, str]] = []
        for path in paths:
            if force_exclude and self._is_excluded(path):
                continue
            real = _resolved(path)
            if path.is_dir():
                top = str(path)
                named += ((file, real + file[len(top) :]) for file in self.below(path))
            else:
                named.append((str(path), real))
                self.links |= {str(path)} if path.is_symlink() else set()
        found = {real: file for file, real in reversed(named) if file not in self.links}
        for file in sorted(self.links):
            found.setdefault(_resolved(Path(file)), file)
        return sorted(found.values())

    def below(self, top: Path, *, services: bool = True, deep: bool = True) -> Iterator[str]:
        """Yield the Python files below a folder that nothing leaves out.

        Symbolic links to folders are not followed. Without ``services`` a folder that is another
        service's root is left out; without ``deep`` every folder is.
        """
        todo = [(str(top), self.configuration_of(top), IgnoreFiles.above(top))]
        while todo:
            folder, configuration, ignored = todo.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self.looked.list(folder, ())
                self.unreadable.append(Unreadable(folder, error.strerror or str(error)))
                continue
            names = {entry.name for entry in entries}
            self.looked.list(folder, names)
            if folder != str(top):
                if not services and ("pyproject.toml" in names or ".git" in names):
                    continue
                if "pyproject.toml" in names:
                    configuration = self.configuration_of(Path(folder))
            ignored = ignored.within(folder, names)
            inner = []
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if deep and not self._leaves_out(entry, configuration, ignored):
                        inner.append((entry.path, configuration, ignored))
                elif entry.name.endswith(SUFFIX) and not _leads_to_folder(entry):
                    if not self._leaves_out(entry, configuration, ignored):
                        if entry.is_symlink():
                            self.links.add(entry.path)
                        yield entry.path
            todo.extend(reversed(inner))

    def _leaves_out(
        self, entry: os.DirEntry[str], configuration: Configuration, ignored: IgnoreFiles
    ) -> bool:
        is_folder = entry.is_dir(follow_symlinks=False)
        if configuration.exclude is None and is_folder:
            if left_out_by_default(entry.path, entry.name):
                if not left_out_by_name(entry.name):
                    self.looked.left_out.add(entry.path)
                return True
        patterns = (*(configuration.exclude or ()), *configuration.extend_exclude)
        return configuration.matches(entry.path, patterns) or ignored.hold(entry.path, is_folder)

    def _is_excluded(self, path: Path) -> bool:
        """Tell whether a walk would have left out a path because of it or a folder above it."""
        configuration = self.configuration_of(path)
        patterns = (*(configuration.exclude or ()), *configuration.extend_exclude)
        for at in (path, *path.parents):
            if at == configuration.folder:
                return False
            if configuration.exclude is None and at.is_dir():
                if left_out_by_default(at, at.name):
                    return True
            if configuration.matches(str(at), patterns):
                return True
        return False


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and Path(entry.path).is_dir()


def _resolved(path: Path) -> str:
    """Return where a path leads, or the path itself where that is in circles."""
    try:
        return str(path.resolve())
    except (OSError, RuntimeError):
        return str(path)
