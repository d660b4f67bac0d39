"""Services joined of what the first pass says of their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from turnstay_lint.engine.passes.portions import Portion
from turnstay_lint.engine.passes.survey import Kept, Surveyed, survey
from turnstay_lint.engine.services.at_hand import AtHand
from turnstay_lint.engine.services.roots import Reader, Root
from turnstay_lint.project.modules import Unpacked
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import ModuleSummary
from turnstay_lint.source.file import SourceFile


class Projects(Mapping[Root, Project]):
    """The services of a run, each joined when it is asked for."""

    def __init__(
        self,
        portions: list[Portion],
        surveyed: Mapping[str, Surveyed],
        contents: Mapping[str, bytes] | None = None,
        sources: Mapping[tuple[str, bytes | None], SourceFile] | None = None,
    ) -> None:
        self._portions = {portion.root: portion for portion in portions}
        self._surveyed = surveyed
        self._contents = contents or {}
        self._sources = {} if sources is None else sources
        self._known: dict[Root, Mapping[str, bytes]] = {}
        self.made: dict[Root, Project] = {}

    def __getitem__(self, root: Root) -> Project:
        if root not in self.made:
            self.made[root] = self._joined(self._portions[root])
            self.made[root].known = self._known.get(root, {})
        return self.made[root]

    def tell(self, root: Root, known: Mapping[str, bytes]) -> None:
        """Tell what is known of a service."""
        self._known[root] = known
        if root in self.made:
            self.made[root].known = known

    def make(self, roots: Iterable[Root]) -> None:
        """Join services before they are asked for."""
        for root in roots:
            self[root]

    def __iter__(self) -> Iterator[Root]:
        return iter(self._portions)

    def __len__(self) -> int:
        return len(self._portions)

    def _joined(self, portion: Portion) -> Project:
        self._hear_again(portion)
        return Project(
            self._summaries(portion),
            portion.configuration.settings,
            read=AtHand(Reader(portion.root, self._contents), portion.root, self._sources),
            layout=portion.layout,
        )

    def _summaries(self, portion: Portion) -> list[ModuleSummary] | Unpacked:
        """Return what files say to others, unpacked when it is asked for where it waits in bytes.

        Of a run in which little is new, little is asked.
        """
        said = [(task.file, self._surveyed[task.file]) for task in portion.tasks]
        said = [(file, one) for file, one in said if one.has_summary]
        if all(one.made is not None for _, one in said):
            return [one.summary() for _, one in said]
        found: dict[str, Surveyed] = {}
        packages = set()
        for file, one in said:
            module = portion.root.module_of(file)
            name = module.removesuffix(".__init__")
            if found.setdefault(name, one) is one and module.rpartition(".")[2] == "__init__":
                packages.add(name)
        return Unpacked({name: one.summary for name, one in found.items()}, packages)

    def _hear_again(self, portion: Portion) -> None:
        """Summarise the files whose summaries stayed in the process that made them."""
        withheld = [t for t in portion.tasks if self._surveyed[t.file].withheld]
        tasks = tuple(task._replace(linted=False) for task in withheld)
        for again in survey([replace(portion, tasks=tasks, kept=False)], Kept(0)):
            said = self._surveyed[again.file]
            said.made, said.withheld = again.made, False
