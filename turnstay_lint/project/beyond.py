"""What a project asks for when summaries say too little: files read again, installed packages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from turnstay_lint.source.file import SourceFile

if TYPE_CHECKING:
    from turnstay_lint.project.installed import Installed

Read = Callable[[str], SourceFile | None]
EVERYTHING = "everything"
"""What was read again of a file, where no less is noted."""


def nothing_read(path: str) -> None:
    """No file is at hand."""


class Instead(Struct):
    """Reads one file that is at hand, and the others as before."""

    source: SourceFile
    read: Read

    def __call__(self, path: str) -> SourceFile | None:
        """Return the file that has that path, None where it cannot be read."""
        return self.source if path == self.source.path else self.read(path)


class Beyond(Struct):
    """What was asked of more than summaries, by a project and all that are made of it."""

    installed: Installed | None = None
    again: dict[tuple[str, str], object] = field(default_factory=dict)
    frames: list[set[str]] = field(default_factory=list)
    sought: set[str] = field(default_factory=set)
    """The names that it was asked of whether tests call something so."""

    def note(self, path: str, source: SourceFile | None) -> None:
        """Note that a file was read, for the fact that is being found out, or for good."""
        if self.frames:
            self.frames[-1].add(path)
        else:
            self.again[path, EVERYTHING] = source

    @property
    def outsiders(self) -> Installed:
        """Return what answers for installed packages, made when it is asked."""
        if self.installed is None:
            from turnstay_lint.project.installed import Installed

            self.installed = Installed()
        return self.installed
