"""Fixes that concern several files: each is made in all of them, or in none.

A round makes as many as do not meet, on the files as the last round left them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.mending.verification import (
    Reverted,
)
from turnstay_lint.findings import Elsewhere, Finding
from turnstay_lint.project.project import Project
from turnstay_lint.project.settings import Settings

if TYPE_CHECKING:
    from turnstay_lint.codemods.edits import Edits
    from turnstay_lint.codemods.tree import Tree


class ChangeSet(Struct, frozen=True):
    """One finding's fix; ``files`` are the absolute paths of what it changes, by finding path.

    ``moves`` are the absolute paths that some of them come to have, by those that they have.
    """

    finding: Finding
    files: Mapping[str, str]
    project: Project
    settings: Settings
    moves: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> set[str]:
        """Return the absolute paths at which something is otherwise after it."""
        return {*self.files.values(), *self.moves.values()}

    @property
    def own(self) -> str:
        """Return the absolute path of the finding's own file."""
        return self.files[self.finding.path]

    @property
    def parts(self) -> tuple[Elsewhere, ...]:
        """Return what is done in other files."""
        return self.finding.fix.elsewhere if self.finding.fix is not None else ()


class Round:
    """The edits of one round, gathered before any is made; ``made`` are its change sets."""

    def __init__(self, mendings: Mapping[str, Mending]) -> None:
        """Begin a round on files by absolute path, as they stand now."""
        self.made: list[ChangeSet] = []
        self._mendings = mendings
        self._trees: dict[str, Tree] = {}
        self._gathered: dict[str, Edits] = {}
        self._added: dict[tuple[str, str], object] = {}
        self._asked: dict[int, Mapping[str, Edits]] = {}

    def add(self, one: ChangeSet) -> None:
        """Let a codemod ask for its edits, and keep them if they meet no others."""
        from turnstay_lint.codemods.edits import Edits
        from turnstay_lint.engine.mending.making import asked

        own = self._mendings[one.own]
        edits = {path: Edits(self._tree(file), one.settings) for path, file in one.files.items()}
        reason = asked(own, one.finding, edits)
        if reason:
            own.refuse(one.finding, reason)
        elif not self._meets(one, edits):
            self._keep(one, edits)

    def _tree(self, file: str) -> Tree:
        if file not in self._trees:
            from turnstay_lint.codemods.tree import Tree

            self._trees[file] = Tree(self._mendings[file].source())
        return self._trees[file]

    def _meets(self, one: ChangeSet, edits: Mapping[str, Edits]) -> bool:
        for other in self.made:
            if one.places & self._moved(other) or other.places & self._moved(one):
                return True
        for part in one.parts:
            if self._added.get(_added(one, part), part.plan) != part.plan:
                return True
        return any(
            file in self._gathered
            and self._gathered[file].meets(edits[path], beside=path != one.finding.path)
            for path, file in one.files.items()
        )

    @staticmethod
    def _moved(one: ChangeSet) -> set[str]:
        return {*one.moves, *one.moves.values()}

    def only(self, some: Iterable[ChangeSet]) -> Round:
        """Return the round with some of its change sets alone."""
        fewer = Round(self._mendings)
        for one in some:
            fewer._keep(one, self._asked[id(one)])
        return fewer

    def _keep(self, one: ChangeSet, edits: Mapping[str, Edits]) -> None:
        from turnstay_lint.codemods.edits import Edits

        self.made.append(one)
        self._asked[id(one)] = edits
        for part in one.parts:
            self._added[_added(one, part)] = part.plan
        for path, file in one.files.items():
            if file not in self._gathered:
                self._gathered[file] = Edits(edits[path].tree, edits[path].settings)
            self._gathered[file].gather(edits[path])

    def take(self) -> None:
        """Let every file be what the edits make of it; raises Reverted where one must not be."""
        from turnstay_lint.engine.mending.making import written

        for file, edits in self._gathered.items():
            mending = self._mendings[file]
            own = [one for one in self.made if one.own == file]
            shared = [one for one in self.made if file in one.files.values() and one.own != file]
            some = (own or shared)[0]
            try:
                text = written(mending, edits, some.project, some.settings)
            except ValueError as error:
                raise Reverted(str(error)) from error
            self._take(mending, text, own, shared)
        for one in self.made:
            for old, new in one.moves.items():
                self._mendings[old].move_to(self._mendings[new], old)
        while self._trees:
            self._trees.popitem()[1].let_go()

    @staticmethod
    def _take(mending: Mending, text: str, own: list[ChangeSet], shared: list[ChangeSet]) -> None:
        found, of_others = [one.finding for one in own], [one.finding for one in shared]
        if text == mending.text and (_moves([*own, *shared]) or _change_others(own, shared)):
            mending.applied.extend(found)
            mending.shared.extend(of_others)
            return
        try:
            mending.take(text, found, of_others)
        except Reverted as problem:
            raise Reverted(f"{mending.path}: {problem}") from problem


def _moves(made: list[ChangeSet]) -> bool:
    """Tell whether one of some fixes moves files; then it need not change each file's text."""
    return any(one.finding.fix is not None and one.finding.fix.moves for one in made)


def _change_others(own: list[ChangeSet], shared: list[ChangeSet]) -> bool:
    """Tell whether the fixes of a file may be made in other files alone."""
    return bool(own) and not shared and all(one.parts for one in own)


def _added(one: ChangeSet, part: Elsewhere) -> tuple[str, str]:
    """What two fixes must not both add in one round: a thing of a name, or a whole file."""
    return one.files[part.path], "" if part.created else part.adds


def make_alone(
    finding: Finding, mendings: Mapping[str, Mending], project: Project, settings: Settings
) -> str:
    """Make one finding's fix in files by finding path; returns why it cannot be made, if so.

    Raises Reverted where it leads nowhere good.
    """
    whole = Round(mendings)
    whole.add(ChangeSet(finding, {path: path for path in mendings}, project, settings))
    whole.take()
    return next(iter(mendings[finding.path].refused.values()), "")
