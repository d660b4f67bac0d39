"""Who looks at repositories: this process, others of this machine, or a cluster.

All of them stand on an executor of ``concurrent.futures`` kind. A repository is one piece of work:
what is known of its files together does not pay to be sent about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.configuring.configuration import ConfigurationError
from turnstay_lint.engine.fleet.cloning import CannotClone, clone
from turnstay_lint.engine.fleet.listing import Repository
from turnstay_lint.engine.fleet.parcels import CannotPack, packed
from turnstay_lint.engine.fleet.visiting import (
    Order,
    failed,
    hold_to_known_revision,
    surroundings,
    visit_elsewhere,
    visit_here,
)
from turnstay_lint.engine.passes.processes import processes

Result = TypeVar("Result")


class Crew(Protocol):
    """Takes repositories and promises visits of them, as ``visit_here`` gives them."""

    size: int

    def submit(self, repository: Repository, order: Order, scratch: Path) -> Future[bytes]:
        """Have a repository looked at; ``scratch`` is a folder, not there yet, for what is made."""

    def renew(self) -> None:
        """Go on after a process died."""

    def one_apart(self) -> Crew:
        """Give a crew of one that is not this process, nor one of this crew."""

    def dismiss(self) -> None:
        """Let go of all, what is not done included."""


class _Here(Executor):
    """Does what it is given at once, in this process."""

    def submit(
        self, function: Callable[..., Result], /, *arguments: object, **named: object
    ) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:  # as every executor does
            future.set_exception(error)
        return future


class LocalCrew:
    """Processes of this machine, which read the repositories where they are."""

    def __init__(self, size: int, *, apart: bool = False) -> None:
        """Have so many; one is this process itself unless it is to be ``apart``."""
        self.size = size
        self.apart = apart or size > 1
        self._begin()

    def _begin(self) -> None:
        self._stack = ExitStack()
        count = self.size if self.apart else 0
        self._executor = self._stack.enter_context(processes(count)) or _Here()

    def submit(self, repository: Repository, order: Order, scratch: Path) -> Future[bytes]:
        """Have a repository looked at."""
        return self._executor.submit(visit_here, repository, order, scratch)

    def renew(self) -> None:
        """Start other processes."""
        self.dismiss()
        self._begin()

    def one_apart(self) -> LocalCrew:
        """Give another process."""
        return type(self)(1, apart=True)

    def dismiss(self) -> None:
        """End the processes."""
        with self._stack:
            self._executor.shutdown(wait=True, cancel_futures=True)


class DistantCrew:
    """Processes anywhere behind an executor, which are sent what they are to look at."""

    def __init__(self, executor: Executor, size: int) -> None:
        self.size = size
        self._executor = executor

    def submit(self, repository: Repository, order: Order, scratch: Path) -> Future[bytes]:
        """Send a repository; one that cannot be sent as it is, is looked at here."""
        folder = repository.folder or scratch
        try:
            if repository.folder is None:
                clone(repository.address, repository.revision, scratch)
            if folder.is_dir():
                hold_to_known_revision(folder, order.since)
                parcel = packed(folder, order.services(folder))
                return self._executor.submit(visit_elsewhere, parcel, order, surroundings())
        except CannotPack:
            pass
        except (ConfigurationError, CannotClone) as error:
            return _Here().submit(failed, folder, displayed(str(error)))
        return _Here().submit(visit_here, repository, order, scratch)

    def renew(self) -> None:
        """A cluster starts other workers itself."""

    def one_apart(self) -> LocalCrew:
        """Give a process of this machine."""
        return LocalCrew(1, apart=True)

    def dismiss(self) -> None:
        """Leave what is not done."""
        self._executor.shutdown(wait=False)


@contextmanager
def crew_of(executor: str, size: int) -> Iterator[Crew]:
    """Give who does the work; ``executor`` is empty or ``dask://host:port``.

    Raises CannotReach.
    """
    if not executor:
        local = LocalCrew(size)
        try:
            yield local
        finally:
            local.dismiss()
        return
    from turnstay_lint.engine.fleet.dask import cluster

    with cluster(executor) as (distant, count):
        crew = DistantCrew(distant, count)
        try:
            yield crew
        finally:
            with suppress(Exception):
                crew.dismiss()
