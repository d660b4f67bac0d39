"""Both passes of a run, over what nothing is known of from before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.basis import Beside
from turnstay_lint.engine.lint import Verdict
from turnstay_lint.engine.memory import Memory
from turnstay_lint.engine.processes import default_jobs, processes
from turnstay_lint.engine.registry import import_rules
from turnstay_lint.engine.service import Reader, Root
from turnstay_lint.engine.survey import Kept, Portion, Surveyed, Task
from turnstay_lint.engine.workers import FEW_FILES, Passes, Share, shared_out
from turnstay_lint.project.project import Project

if TYPE_CHECKING:
    from turnstay_lint.engine.run import Options


class Projects(Mapping[Root, Project]):
    """The services of a run, each joined when it is asked for."""

    def __init__(
        self,
        portions: list[Portion],
        surveyed: Mapping[str, Surveyed],
        contents: Mapping[str, bytes],
    ) -> None:
        self._portions = {portion.root: portion for portion in portions}
        self._surveyed = surveyed
        self._contents = contents
        self.made: dict[Root, Project] = {}

    def __getitem__(self, root: Root) -> Project:
        if root not in self.made:
            self.made[root] = self._joined(self._portions[root])
        return self.made[root]

    def make(self, roots: Iterable[Root]) -> None:
        """Join services before they are asked for."""
        for root in roots:
            self[root]

    def __iter__(self) -> Iterator[Root]:
        return iter(self._portions)

    def __len__(self) -> int:
        return len(self._portions)

    def _joined(self, portion: Portion) -> Project:
        said = (self._surveyed[task.file].summary for task in portion.tasks)
        return Project(
            [summary for summary in said if summary is not None],
            portion.configuration.settings,
            read=Reader(portion.root, self._contents),
            layout=portion.layout,
        )


class Judging(Struct, dict=True):
    """The passes over the files of ``portions``; the first is spared for what is ``known``.

    What is remembered of earlier runs spares the second as well, and is kept at the end.
    """

    portions: list[Portion]
    known: Mapping[str, Surveyed]
    memories: list[Memory]
    options: Options
    what: str = ""
    projects: Projects = field(default_factory=lambda: Projects([], {}, {}))
    kept: Kept | None = None

    def done(self) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Return what each pass says of each file."""
        tasks = [task for portion in self.portions for task in portion.tasks]
        fresh = sum(task.file not in self.known for task in tasks)
        if fresh > FEW_FILES or not self.memories:
            return self._in_one_go(len(tasks) if fresh else len(tasks) // 2)
        return self._little_by_little()

    def _in_one_go(self, count: int) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Let the same processes make both passes, so that each meets its own trees again."""
        shares = shared_out(self.portions, self._jobs(count))
        if len(shares) > 1:
            import_rules()
        with processes(len(shares) - 1) as executor:
            passes = Passes(executor, len(shares), self._progress(shares, 2))
            self.kept = passes.kept
            surveyed = self._surveyed(passes, shares)
            return surveyed, self._judged(passes, shares, surveyed, self._stale(surveyed))

    def _little_by_little(self) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Look first at what little is new, for then nothing may be left to be looked at."""
        passes = Passes(done=self._progress([self.portions], 1))
        self.kept = passes.kept
        surveyed = self._surveyed(passes, [self.portions])
        stale = self._stale(surveyed)
        shares = shared_out(_only(self.portions, stale.__contains__), self._jobs(len(stale)))
        with processes(len(shares) - 1) as executor:
            passes.executor, passes.jobs = executor, len(shares)
            return surveyed, self._judged(passes, shares, surveyed, stale)

    def _jobs(self, count: int) -> int:
        return min(self.options.jobs or (default_jobs() if count > FEW_FILES else 1), max(count, 1))

    def _progress(self, shares: list[Share], passes: int) -> Callable[[], object]:
        steps = passes * sum(len(portion.tasks) for portion in shares[0])
        return self.options.progress(steps, self.what)

    def _surveyed(self, passes: Passes, shares: list[Share]) -> dict[str, Surveyed]:
        fresh = [_only(share, lambda file: file not in self.known) for share in shares]
        with self.options.stage("look at each file alone"):
            return {**self.known, **{said.file: said for said in passes.survey(fresh)}}

    def _stale(self, surveyed: Mapping[str, Surveyed]) -> set[str]:
        """Return the files that the second pass must look at; others are judged already."""
        self.verdicts: dict[str, Verdict] = {}
        self.projects = Projects(self.portions, surveyed, self.options.contents)
        for memory in self.memories:
            self.verdicts.update(memory.verdicts(surveyed, self.projects))
        return {file for file, said in surveyed.items() if said.asks} - self.verdicts.keys()

    def _judged(
        self,
        passes: Passes,
        shares: list[Share],
        surveyed: dict[str, Surveyed],
        stale: set[str],
    ) -> dict[str, Verdict]:
        wanted = [_sure(_only(share, stale.__contains__), surveyed) for share in shares]
        with self.options.stage("join what files say to each other"):
            self.projects.make(p.root for share in wanted for p in share if p.tasks)
        with self.options.stage("look at files within their services"):
            judged = dict(passes.judge(wanted, self.projects)) if stale else {}
        if self.options.timings is not None:
            self.options.timings.take(passes.kept.timings)
        verdicts = {**self.verdicts, **judged}
        if not (self.options.contents or self.options.gone):
            with self.options.stage("keep what is known"):
                self._keep(passes, surveyed, verdicts)
        return {file: verdicts.get(file, Verdict(())) for file in surveyed}

    def _keep(
        self, passes: Passes, surveyed: dict[str, Surveyed], verdicts: dict[str, Verdict]
    ) -> None:
        for memory in self.memories:
            root = memory.portion.root
            here = [Beside.of(p) for r, p in self.projects.made.items() if r == root]
            there = passes.beside.get(root, ())
            outside = memory.keep(surveyed, verdicts, Beside.all_of((*here, *there)))
            if self.options.looked is not None:
                self.options.looked.files |= outside | surveyed.keys()


def _only(share: Share, wanted: Callable[[str], bool]) -> Share:
    return [
        replace(portion, tasks=tuple(t for t in portion.tasks if wanted(t.file)))
        for portion in share
    ]


def _sure(share: Share, surveyed: Mapping[str, Surveyed]) -> Share:
    """Tell the second pass of which files the first knew more."""
    return [
        replace(portion, tasks=tuple(_told(t, surveyed[t.file]) for t in portion.tasks))
        for portion in share
    ]


def _told(task: Task, said: Surveyed) -> Task:
    return task._replace(sure=said.sure)
