"""What the answers of a service's second pass rest on besides what its files say to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from turnstay_lint.engine.passes.survey import digest_of
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.packing import told

Again = dict[str, dict[str, bytes]]


class Beside(Struct, frozen=True):
    """What rules looked at besides summaries: what they read ``again``, digests by the file's path
    from the root's base and what for, and what is installed, by absolute paths; ``asked`` says
    that they asked for that at all. ``sought`` are names of which it matters what tests call them.
    """

    again: Again = field(default_factory=dict)
    outside: frozenset[str] = frozenset()
    asked: bool = False
    sought: frozenset[str] = frozenset()

    @classmethod
    def of(cls, project: Project) -> Beside:
        """Return what the rules looked at in a project until now."""
        again: Again = {}
        for (path, kind), found in project.beyond.again.items():
            again.setdefault(path, {})[kind] = digest_of(told(found))
        consulted = project.consulted
        sought = frozenset(project.beyond.sought)
        return cls(again, consulted or frozenset(), consulted is not None, sought)

    def __or__(self, other: Beside) -> Beside:
        """Return both; where they tell of the same, the other is newer."""
        again = self.newer(other.again).again
        outside, sought = self.outside | other.outside, self.sought | other.sought
        return Beside(again, outside, self.asked or other.asked, sought)

    def newer(self, again: Mapping[str, Mapping[str, bytes]]) -> Beside:
        """Return this with newer digests of what was read again."""
        merged = {path: dict(kinds) for path, kinds in self.again.items()}
        for path, kinds in again.items():
            merged.setdefault(path, {}).update(kinds)
        return Beside(merged, self.outside, self.asked, self.sought)

    @classmethod
    def all_of(cls, several: Iterable[Beside]) -> Beside:
        """Return what several looked at together."""
        together = cls()
        for one in several:
            together |= one
        return together

    @property
    def place(self) -> str:
        """Return where the program runs, if it matters: what lies there is the user's own."""
        return str(Path.cwd()) if self.asked else ""
