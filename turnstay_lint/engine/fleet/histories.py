"""What git says of all folders of a repository, asked a few times and not once for each file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from turnstay_lint.engine.keeping.git import Unknown, commit_of, files_of, main_branch
from turnstay_lint.engine.services.history import Told
from turnstay_lint.project.settings import Settings

Answer = TypeVar("Answer")
_Tree = dict[str, frozenset[str]]


def told_of(folders: Mapping[Path, Settings]) -> dict[Path, Told]:
    """Return what git says of each folder, with the settings that hold there."""
    asking = _Asking()
    return {folder: asking.of(folder, settings) for folder, settings in folders.items()}


class _Asking:
    """Asks each question once for a repository."""

    def __init__(self) -> None:
        self._branch = cache(_branch)
        self._tree = cache(_tree)

    def of(self, folder: Path, settings: Settings) -> Told:
        top = next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)
        # Outside of every repository git says the same everywhere.
        at, inside = (top, folder.relative_to(top).as_posix()) if top else (Path("/"), "")
        branch, unsure = settings.main_branch, ""
        if not branch:
            branch, unsure = self._branch(at)
        tree, problem = self._tree(at, branch) if not unsure else ({}, unsure)
        old, doubt = self._tree(at, settings.since) if settings.since else ({}, "")
        return Told(branch, _names(tree, inside), problem, _names(old, inside), doubt)


def _names(tree: _Tree, folder: str) -> frozenset[str]:
    return tree.get("" if folder == "." else folder, frozenset())


def _branch(top: Path) -> tuple[str, str]:
    return _said(lambda: main_branch(top), "")


def _tree(top: Path, revision: str) -> tuple[_Tree, str]:
    """Return the names of files by their folder in a revision, or why that is not known."""
    files, doubt = _said(lambda: files_of(top, commit_of(top, revision)), frozenset[str]())
    found: dict[str, set[str]] = {}
    for file in files:
        folder, _, name = file.rpartition("/")
        found.setdefault(folder, set()).add(name)
    return {folder: frozenset(names) for folder, names in found.items()}, doubt


def _said(ask: Callable[[], Answer], otherwise: Answer) -> tuple[Answer, str]:
    try:
        return ask(), ""
    except Unknown as reason:
        return otherwise, str(reason)
