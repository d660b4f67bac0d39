"""A run over many repositories: each is looked at by itself, and written here when that has ended.

What a visit would change is checked against the files as they are and written by the engine's own
writing, by this process alone, whoever made it. One that fails stops none of the others.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.checking.report import Report
from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.files.rewriting import new_mark
from turnstay_lint.engine.fleet.crews import Crew
from turnstay_lint.engine.fleet.listing import Repository
from turnstay_lint.engine.fleet.renaming import renamed
from turnstay_lint.engine.fleet.visiting import Order, Visit, unwritten
from turnstay_lint.engine.repairing.delivery import written

_AHEAD = 2
"""So many repositories wait for each process, so that none waits for the next."""

_DIED = "the process that looked at it died"


class Fleet(Struct):
    """The repositories of a run; what is cloned goes below ``scratch``."""

    repositories: list[Repository]
    order: Order
    crew: Crew
    scratch: Path
    mark: str = field(default_factory=new_mark)
    _running: dict[Future[bytes], Repository] = field(default_factory=dict)
    _lost: list[Repository] = field(default_factory=list)

    def visits(self) -> Iterator[tuple[Repository, Visit]]:
        """Yield each repository with what came of it, as it ends."""
        waiting: deque[Repository] = deque()
        for repository in self.repositories:
            outer = self._around(repository)
            if outer is None:
                waiting.append(repository)
            else:
                why = f"lies in {outer.shown}, which is listed too"
                yield repository, Visit(repository.folder or Path(), error=why)
        while waiting or self._running:
            while waiting and len(self._running) < self.crew.size * _AHEAD:
                self._send(waiting.popleft())
            ended, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=lambda f: self.number_of(self._running[f])):
                repository = self._running.pop(future)
                visit = self._visit(future, repository)
                if visit is not None:
                    yield repository, self._delivered(repository, visit)
        for repository in self._lost:
            yield repository, self._delivered(repository, self._alone(repository))

    def _around(self, repository: Repository) -> Repository | None:
        """Return the listed repository in which one lies, whose fixes would meet its own."""
        if repository.folder is None:
            return None
        parents = repository.folder.resolve().parents
        folders = ((one, one.folder.resolve()) for one in self.repositories if one.folder)
        return next((one for one, folder in folders if folder in parents), None)

    def number_of(self, repository: Repository) -> int:
        """Return where in the list a repository stands."""
        return self.repositories.index(repository)

    def _send(self, repository: Repository) -> None:
        folder = self.scratch / f"{self.number_of(repository):04d}"
        try:
            future = self.crew.submit(repository, self.order, folder)
        except BrokenExecutor:
            self.crew.renew()
            future = self.crew.submit(repository, self.order, folder)
        self._running[future] = repository

    def _visit(self, future: Future[bytes], repository: Repository) -> Visit | None:
        """Return what came of a repository; None if its process died, of it or of another."""
        folder = repository.folder or Path()
        try:
            visit: Visit = pickle.loads(future.result())
        except BrokenExecutor:
            self._lost.append(repository)
            return None
        except CancelledError:
            return Visit(folder, error="the cluster let go of it")
        except Exception as error:  # one repository stops no other; its line says why
            return Visit(folder, error=f"failed ({type(error).__name__}: {error})")
        return visit

    def _alone(self, repository: Repository) -> Visit:
        """Look once more at a repository whose process died, in one that has no other."""
        crew = self.crew.one_apart()
        folder = self.scratch / f"{self.number_of(repository):04d}-again"
        try:
            visit: Visit = pickle.loads(crew.submit(repository, self.order, folder).result())
        except BrokenExecutor:
            return Visit(repository.folder or Path(), error=_DIED)
        finally:
            crew.dismiss()
        return visit

    def _delivered(self, repository: Repository, visit: Visit) -> Visit:
        """Write what is to be written, and name files as the user is shown them."""
        if visit.report is None:
            return visit
        if self.order.fix and not self.order.dry and repository.folder is not None:
            visit = self._written(visit, visit.report)
        prefixes = {f"{Path.cwd()}/".replace("//", "/"): ""}
        if repository.folder is None:
            shown = repository.shown
            prefixes = {str(visit.folder): shown, displayed(str(visit.folder)): shown}
        return replace(visit, report=_shown(visit.report, prefixes))

    def _written(self, visit: Visit, report: Report) -> Visit:
        made, problems = written(visit.planned, report.changes, self.mark)
        if len(made) == len(report.changes):
            return visit
        return unwritten(visit, made, problems, self.order)


def _shown(report: Report | None, prefixes: Mapping[str, str]) -> Report | None:
    """Return a report whose files are named as the user knows them; changes keep their places."""
    if report is None:
        return None
    for old, new in prefixes.items():
        changes = tuple(
            replace(
                change,
                name=renamed(change.name, old, new),
                applied=renamed(change.applied, old, new),
                shared=renamed(change.shared, old, new),
            )
            for change in report.changes
        )
        report = replace(renamed(replace(report, changes=()), old, new), changes=changes)
    return report
