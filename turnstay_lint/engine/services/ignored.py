"""What git is told to ignore: ``.gitignore`` files, nested ones too, and ``.git/info/exclude``."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class IgnoreFiles(Struct, frozen=True):
    """The ignore files that hold in a folder, the outermost first."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    @classmethod
    def above(cls, folder: Path) -> IgnoreFiles:
        """Return what the folders above one say, up to its repository or project.

        None of it holds where it ignores the folder itself: who asks for that folder means it.
        """
        outer = next(
            (p for p in (folder, *folder.parents) if (p / ".git").exists()),
            None,
        ) or next((p for p in (folder, *folder.parents) if (p / "pyproject.toml").exists()), folder)
        ignored = cls().within_repository(outer)
        between = [p for p in folder.parents if p == outer or outer in p.parents]
        for parent in reversed(between):
            ignored = ignored.within(str(parent), (".gitignore",))
        asked_for = any(ignored.hold(str(p), True) for p in (folder, *between) if p != outer)
        return cls() if asked_for else ignored

    def within_repository(self, top: Path) -> IgnoreFiles:
        """Add what only this clone of the repository ignores."""
        return self._with(str(top), top / ".git" / "info" / "exclude")

    def within(self, folder: str, names: Collection[str]) -> IgnoreFiles:
        """Add what a folder's own ignore file says, if there is one among ``names``."""
        return self._with(folder, Path(folder, ".gitignore")) if ".gitignore" in names else self

    def _with(self, folder: str, file: Path) -> IgnoreFiles:
        try:
            lines = file.read_text("utf-8", "surrogateescape").splitlines()
        except OSError:
            return self
        if not any(line.strip() and not line.startswith("#") for line in lines):
            return self
        from pathspec import GitIgnoreSpec

        return IgnoreFiles((*self.specs, (f"{folder}/", GitIgnoreSpec.from_lines(lines))))

    def hold(self, path: str, is_folder: bool) -> bool:
        """Tell whether an absolute path is ignored; the innermost file that speaks decides."""
        for folder, spec in reversed(self.specs):
            below = path.removeprefix(folder) + ("/" if is_folder else "")
            said = spec.check_file(below).include
            if said is not None:
                return said
        return False
