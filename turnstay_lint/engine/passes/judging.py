"""Both passes of a run, over what nothing is known of from before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct, field

from turnstay_lint.engine.configuring.registry import import_rules
from turnstay_lint.engine.passes.basis import Beside
from turnstay_lint.engine.passes.joining import Projects
from turnstay_lint.engine.passes.memory import Memory
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.portions import Portion
from turnstay_lint.engine.passes.processes import are_forked, crew, default_jobs
from turnstay_lint.engine.passes.shares import Share, are_whole, as_taken, asking, only, shared_out
from turnstay_lint.engine.passes.survey import Kept, Surveyed
from turnstay_lint.engine.passes.turns import in_turn
from turnstay_lint.engine.passes.workers import FEW_FILES, Passes
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.project.noting import kept_facts


class Judging(Struct, dict=True):
    """The passes over the files of ``portions``; the first is spared for what is ``known``.

    What is remembered of earlier runs spares the second as well, and is kept at the end.
    """

    portions: list[Portion]
    known: Mapping[str, Surveyed]
    memories: list[Memory]
    options: Options
    what: str = ""
    projects: Projects = field(default_factory=lambda: Projects([], {}))
    kept: Kept | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def done(self) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Return what each pass says of each file."""
        tasks = [task for portion in self.portions for task in portion.tasks]
        fresh = sum(task.file not in self.known for task in tasks)
        if fresh > FEW_FILES or not self.memories:
            wanted = sum(task.linted or task.file not in self.known for task in tasks)
            return self._in_one_go(wanted if fresh else wanted // 2)
        return self._little_by_little()

    def _in_one_go(self, count: int) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Let the same processes make both passes, so that each meets its own trees again."""
        shares = shared_out(self.portions, self._jobs(count))
        if len(shares) > 1:
            import_rules(rule for portion in self.portions for rule in portion.rules)
        whole = are_whole(shares) and not (self.known or self._stands_in)
        taken_in_turn = 0 if whole else 2
        with _crewed(len(shares), taken_in_turn, awaited=self.options.holding is None) as passes:
            self.kept = passes.kept
            passes.done = self._progress(shares, 2)
            if whole:
                return self._service_by_service(passes, shares)
            fresh = [only(share, lambda file: file not in self.known) for share in shares]
            surveyed = self._surveyed(passes, fresh)
            shares = as_taken(shares, passes.taken)
            judged = self._judged(passes, shares, surveyed, self._stale(surveyed))
            return surveyed, self._finished(passes, surveyed, judged)

    @property
    def _stands_in(self) -> bool:
        """Tell whether some files are not as they lie on disk."""
        return bool(self.options.contents or self.options.gone)

    def _service_by_service(
        self, passes: Passes, shares: list[Share]
    ) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Let each process make both passes over services that no other looks at."""
        passes.send(shares[1:])
        surveyed = self._surveyed(passes, shares[:1])
        self.projects = Projects(self.portions, surveyed)
        judged = self._judged(passes, shares[:1], surveyed, _asking(surveyed))
        if len(shares) > 1:
            with self.options.stage("wait for other processes"):
                for found, verdicts in passes.heard(shares[1:]):
                    surveyed |= {said.file: said for said in found}
                    judged.update(verdicts)
        return surveyed, self._finished(passes, surveyed, judged)

    def _little_by_little(self) -> tuple[dict[str, Surveyed], dict[str, Verdict]]:
        """Look first at what little is new, for then nothing may be left to be looked at."""
        passes = Passes.among(1)
        self.kept, passes.done = passes.kept, self._progress([self.portions], 1)
        fresh = only(self.portions, lambda file: file not in self.known)
        surveyed = self._surveyed(passes, [fresh])
        stale = self._stale(surveyed)
        shares = shared_out(only(self.portions, stale.__contains__), self._jobs(len(stale)))
        with _crewed(len(shares), 1, awaited=self.options.holding is None) as several:
            passes.executor, passes.turns = several.executor, several.turns
            passes.budget = several.budget
            judged = self._judged(passes, shares, surveyed, stale)
            return surveyed, self._finished(passes, surveyed, judged)

    def _jobs(self, count: int) -> int:
        return min(self.options.jobs or (default_jobs() if count > FEW_FILES else 1), max(count, 1))

    def _progress(self, shares: list[Share], passes: int) -> Callable[[], object]:
        steps = passes * sum(len(portion.tasks) for portion in shares[0])
        return self.options.progress(steps, self.what)

    def _surveyed(self, passes: Passes, fresh: list[Share]) -> dict[str, Surveyed]:
        with self.options.stage("look at each file alone"):
            return {**self.known, **{said.file: said for said in passes.survey(fresh)}}

    def _stale(self, surveyed: Mapping[str, Surveyed]) -> set[str]:
        """Return the files that the second pass must look at; others are judged already."""
        kept = self.kept.sources if self.kept is not None else {}
        self.projects = Projects(self.portions, surveyed, self.options.contents, kept)
        for memory in self.memories:
            self.verdicts.update(memory.verdicts(surveyed, self.projects))
            self.projects.tell(memory.portion.root, memory.facts)
        linted = {task.file for portion in self.portions for task in portion.tasks if task.linted}
        return (_asking(surveyed) & linted) - self.verdicts.keys()

    def _judged(
        self,
        passes: Passes,
        shares: list[Share],
        surveyed: dict[str, Surveyed],
        stale: set[str],
    ) -> dict[str, Verdict]:
        wanted = [asking(share, surveyed, stale) for share in shares]
        with self.options.stage("join what files say to each other"):
            self.projects.make(p.root for share in wanted for p in share if p.tasks)
        with self.options.stage("look at files within their services"):
            return passes.judge(wanted, self.projects) if stale else {}

    def _finished(
        self, passes: Passes, surveyed: dict[str, Surveyed], judged: dict[str, Verdict]
    ) -> dict[str, Verdict]:
        """Keep what was found out, and return what the second pass says of each file."""
        if self.options.timings is not None:
            self.options.timings.take(passes.kept.timings)
        verdicts = {**self.verdicts, **judged}
        if not self._stands_in:
            with self.options.stage("keep what is known"):
                self._keep(passes, surveyed, verdicts)
        return {file: verdicts.get(file, Verdict(())) for file in surveyed}

    def _keep(
        self, passes: Passes, surveyed: dict[str, Surveyed], verdicts: dict[str, Verdict]
    ) -> None:
        for memory in self.memories:
            root = memory.portion.root
            project, there = self.projects.made.get(root), passes.beside.get(root, ())
            here = [] if project is None else [Beside.of(project)]
            facts = {} if project is None else kept_facts(project)
            outside = memory.keep(surveyed, verdicts, Beside.all_of((*here, *there)), facts)
            if self.options.looked is not None:
                self.options.looked.files |= outside | surveyed.keys()
                self.options.looked.stamps |= memory.taken


@contextmanager
def _crewed(jobs: int, count: int, *, awaited: bool) -> Iterator[Passes]:
    """Give the passes of so many processes, of which they make the next ``count`` in turn."""
    with in_turn(jobs, count) as turns, crew(jobs - 1, awaited=awaited) as executor:
        yield Passes.among(jobs, executor, turns if are_forked(executor) else None)


def _asking(surveyed: Mapping[str, Surveyed]) -> set[str]:
    return {file for file, said in surveyed.items() if said.asks}
