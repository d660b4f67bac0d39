"""Reads files of a service again, but not those whose trees this process has at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from turnstay_lint.engine.services.roots import Reader, Root
from turnstay_lint.project.beyond import Read
from turnstay_lint.source.file import SourceFile


class AtHand:
    """Gives a kept file by how its summary names it, and reads it where it is not kept.

    ``sources`` are the kept ones, by absolute path and what stands for its content on disk.
    """

    def __init__(
        self, read: Read, root: Root, sources: Mapping[tuple[str, bytes | None], SourceFile]
    ) -> None:
        self._read: Read = beneath(read)
        self._root = root
        self._sources = sources

    def __call__(self, path: str) -> SourceFile | None:
        """Return the file, or None where it cannot be read any more."""
        return self._kept(path) or self._read(path)

    def text(self, path: str) -> str | None:
        """Return the text of the file, which costs no tree; None where it cannot be read."""
        source = self._kept(path)
        if source is None and isinstance(self._read, Reader):
            return self._read.text(path)
        source = source or self._read(path)
        return source.text if source is not None else None

    def _kept(self, path: str) -> SourceFile | None:
        file = str(self._root.base / path)
        content = self._read.contents.get(file) if isinstance(self._read, Reader) else None
        return self._sources.get((file, content))

    def __reduce__(self) -> tuple[Callable[[Read], Read], tuple[Read]]:
        """Another process has not kept these files."""
        return _as_it_is, (self._read,)


def beneath(read: Read) -> Read:
    """Return how files are read where no tree is at hand any more."""
    return read._read if isinstance(read, AtHand) else read


def _as_it_is(read: Read) -> Read:
    return read
