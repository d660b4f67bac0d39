"""Where a service lies, how its files are named within it, and how they are read.

All of it is a function of the file alone, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from turnstay_lint.engine.services.exclusion import left_out_by_default
from turnstay_lint.project.settings import Settings
from turnstay_lint.source.content import content_of
from turnstay_lint.source.file import SourceFile, UnparsableSource, module_name
from turnstay_lint.source.text import UnreadableText, decode

MARKERS = ("pyproject.toml", ".git")
"""What lies in the folder of a service, or of a repository."""
_MOST_WITHOUT_INIT = 3


class Root(Struct, frozen=True, dict=True):
    """Where a service lies: ``folder`` holds its files, module names count from ``base``.

    ``deep`` is False for a file that belongs to no package and no project: then only its own
    folder is the service, not everything below.
    """

    folder: Path
    base: Path
    deep: bool = True

    def path_of(self, file: Path | str) -> str:
        """Return how findings inside the engine name a file: its path from ``base``, with ``/``."""
        return str(file).removeprefix(self._beginning).lstrip("/")

    @cached_property
    def _beginning(self) -> str:
        return str(self.base)

    def file_of(self, path: str) -> str:
        """Return the absolute path of a file that ``path_of`` names."""
        return f"{str(self.base).rstrip('/')}/{path}"

    def module_of(self, file: Path | str) -> str:
        """Return the dotted name of a file's module; a ``src`` folder is no package."""
        path = self.path_of(file)
        if path.startswith("src/") and not (self.base / "src" / "__init__.py").exists():
            path = path.removeprefix("src/")
        return module_name(path)


def service_root(file: Path) -> Root:
    """Return the root of the service that an absolute path to a file belongs to.

    That is the nearest folder above with a ``pyproject.toml`` or a ``.git``; else the ``app``
    folder or the outermost package that it lies in. A file in a folder that is left out by
    default (an installed package, say) has its own outermost package as root.
    """
    marked = next(
        (p for p in file.parents if any((p / marker).exists() for marker in MARKERS)), None
    )
    if marked is not None and not _left_out(file, marked):
        return Root(marked, marked)
    package = _outermost_package(file)
    if marked is None:
        app = next((p for p in file.parents if p.name == Settings().app), None)
        if app is not None and (package is None or package.is_relative_to(app)):
            package = app
    if package is None:
        return Root(file.parent, file.parent, deep=False)
    return Root(package, package.parent)


def _left_out(file: Path, root: Path) -> bool:
    between = (p for p in file.parents if p.is_relative_to(root) and p != root)
    return any(left_out_by_default(folder, folder.name) for folder in between)


def _outermost_package(file: Path) -> Path | None:
    """Folders without ``__init__.py`` in a package, as migrations may be, are parts of it."""
    package, without = None, 0
    for folder in file.parents:
        if (folder / "__init__.py").exists():
            package, without = folder, 0
            continue
        without += 1
        if without > _MOST_WITHOUT_INIT or left_out_by_default(folder, folder.name):
            break
    return package


class Reader(Struct, frozen=True):
    """Reads a file of the service again by how its summary names it.

    ``contents`` stand for what is on disk, by absolute path.
    """

    root: Root
    contents: Mapping[str, bytes] = {}

    def __call__(self, path: str) -> SourceFile | None:
        """Return the file, or None where it cannot be read any more."""
        try:
            return read_source(self.root, self.root.base / path, self._content(path))
        except (OSError, UnreadableText, UnparsableSource):
            return None

    def text(self, path: str) -> str | None:
        """Return the text of the file, None where it cannot be read any more."""
        try:
            return decode(self._content(path)).text
        except (OSError, UnreadableText):
            return None

    def _content(self, path: str) -> bytes:
        file = str(self.root.base / path)
        return self.contents[file] if file in self.contents else content_of(file)


def read_source(root: Root, file: Path | str, content: bytes) -> SourceFile:
    """Return a file of the service; raises UnreadableText or UnparsableSource."""
    return SourceFile.from_bytes(root.path_of(file), content, root.module_of(file))
