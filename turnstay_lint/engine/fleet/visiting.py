"""One repository looked at, wherever that is: its report, and what its fixes would write."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint import __version__
from turnstay_lint.engine.checking.check import check
from turnstay_lint.engine.checking.report import Change, Report
from turnstay_lint.engine.checking.run import Examined, displayed
from turnstay_lint.engine.configuring.configuration import ConfigurationError
from turnstay_lint.engine.fleet.cloning import CannotClone, clone
from turnstay_lint.engine.fleet.listing import Repository
from turnstay_lint.engine.fleet.parcels import below, laid_down
from turnstay_lint.engine.fleet.renaming import renamed
from turnstay_lint.engine.keeping.git import Unknown, knows
from turnstay_lint.engine.passes.options import Options
from turnstay_lint.engine.passes.remembered import Caching
from turnstay_lint.engine.repairing.delivery import Made, by_service
from turnstay_lint.engine.services.discovery import Unreadable
from turnstay_lint.engine.services.history import as_told
from turnstay_lint.engine.services.service import Services

_DECISIVE = ("libcst", "inflection", "astroid", "black", "pgparse")
_ONE_AT_A_TIME = threading.Lock()


class Order(Struct, frozen=True):
    """What is to be done in every repository; ``dry`` fixes are only shown.

    With ``cached`` what is known of files is kept in the services, or in ``cache_dir``.
    """

    fix: bool = False
    dry: bool = False
    unsafe_too: bool = False
    config: Path | None = None
    isolated: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] = ()
    unfixable: tuple[str, ...] = ()
    since: str = ""
    fix_history: bool = False
    jobs: int | None = None
    cached: bool = False
    cache_dir: Path | None = None

    @property
    def caching(self) -> Caching | None:
        """Return where things are kept between runs, None where nothing is to be."""
        return Caching(self.cache_dir, plans=self.fix) if self.cached else None

    def services(self, folder: Path) -> Services:
        """Return how the services of a repository are looked at."""
        return Services(
            self.config,
            self.isolated,
            self.select,
            self.ignore,
            self.fixable,
            self.unfixable,
            self.since,
            self.fix_history,
            folder,
        )


class Visit(Struct, frozen=True):
    """What came of a repository: a report as if all ``planned`` was written, or an ``error``.

    ``planned`` are changes by the folder of the service that is to be written.
    """

    folder: Path
    report: Report | None = None
    planned: Mapping[Path, list[Change]] = {}
    error: str = ""
    seconds: float = 0.0


def visited(folder: Path, order: Order) -> Visit:
    """Look at a repository by its absolute path, and write nothing there."""
    begun = time.perf_counter()
    try:
        made = _visited(folder, order)
    except (ConfigurationError, CannotClone) as error:
        made = Visit(folder, error=displayed(str(error)))
    except Exception as error:  # one repository stops no other; its line says why
        made = Visit(folder, error=f"failed ({type(error).__name__}: {error})")
    # The collector is off, and the next repository may be as large.
    gc.collect()
    return replace(made, seconds=time.perf_counter() - begun)


def _visited(folder: Path, order: Order) -> Visit:
    if not folder.is_dir():
        there = os.path.lexists(folder)
        return Visit(folder, error="is no folder" if there else "there is no such folder")
    options = Options(order.services(folder), jobs=order.jobs, caching=order.caching)
    if not order.fix:
        return Visit(folder, check([folder], options))
    from turnstay_lint.engine.repairing.repair import repair

    planned: dict[Path, list[Change]] = {}

    def plan(changes: list[Change], examined: Examined, given: Mapping[str, bytes]) -> Made:
        planned.update(by_service(changes, examined, given))
        return changes, []

    report = repair([folder], options, unsafe_too=order.unsafe_too, dry=order.dry, deliver=plan)
    return Visit(folder, report, planned)


def hold_to_known_revision(folder: Path, since: str) -> None:
    """Raise ConfigurationError where git does not know the revision of ``--since``."""
    try:
        known = not since or knows(folder, since)
    except Unknown as reason:
        raise ConfigurationError(f"--since {since}: {reason}") from None
    if not known:
        raise ConfigurationError(f"--since {since}: git knows no such revision here")


def visit_here(repository: Repository, order: Order, scratch: Path) -> bytes:
    """Look at a repository from the file system that has it; what is cloned goes to ``scratch``."""
    folder = repository.folder or scratch
    try:
        if repository.folder is None:
            clone(repository.address, repository.revision, scratch)
            order = replace(order, cached=False)
        if folder.is_dir():
            hold_to_known_revision(folder, order.since)
    except (ConfigurationError, CannotClone) as error:
        return failed(folder, displayed(str(error)))
    return _told(visited(folder, order))


def visit_elsewhere(parcel: bytes, order: Order, around: tuple[str, ...]) -> bytes:
    """Look at a repository that was sent; paths in the answer are those of the sender.

    ``around`` is what surrounds the sender, without which an answer may be another. One at a time
    in a process: threads would share its processor and add up their memory.
    """
    if others := difference(around, surroundings()):
        return failed(Path(), f"the worker has {others}")
    with _ONE_AT_A_TIME, TemporaryDirectory(prefix="turnstay-lint-") as name:
        top = Path(name).resolve()
        sent = laid_down(parcel, top)
        config = order.config and below(top, os.fsencode(order.config))
        told = {below(top, at): said for at, said in sent.told.items()}
        with as_told(told):
            visit = visited(
                below(top, sent.folder), replace(order, config=config, jobs=1, cached=False)
            )
    if visit.report is not None:
        report = replace(visit.report, recovered=(*sent.recovered, *visit.report.recovered))
        visit = replace(visit, report=report)
    return _told(renamed(renamed(visit, str(top), ""), displayed(str(top)), ""))


def _told(visit: Visit) -> bytes:
    return pickle.dumps(visit, pickle.HIGHEST_PROTOCOL)


def failed(folder: Path, why: str) -> bytes:
    """Give the visit of a repository that came to nothing."""
    return _told(Visit(folder, error=why))


def unwritten(visit: Visit, made: list[Change], problems: list[Unreadable], order: Order) -> Visit:
    """Return a visit of which not all could be written: what is left is looked at again."""
    assert visit.report is not None
    lost = [change for change in visit.report.changes if change not in made]
    report = check([visit.folder], Options(order.services(visit.folder)))
    counts = {code: sum(f.code == code for c in lost for f in c.applied) for code in _codes(lost)}
    fixes = tuple(
        replace(
            tally,
            applied=tally.applied - counts.get(tally.code, 0),
            refused=tally.refused + counts.get(tally.code, 0),
        )
        for tally in visit.report.fixes
    )
    return replace(
        visit,
        report=replace(
            visit.report,
            findings=report.findings,
            unwritable=(*visit.report.unwritable, *problems),
            changes=tuple(made),
            fixes=fixes,
        ),
    )


def _codes(changes: list[Change]) -> set[str]:
    return {finding.code for change in changes for finding in change.applied}


@cache
def surroundings() -> tuple[str, ...]:
    """Return what an answer depends on besides files and configuration, in words."""
    from importlib.metadata import PackageNotFoundError, version

    said = [f"turnstay-lint {__version__}", "Python {}.{}".format(*sys.version_info)]
    for package in _DECISIVE:
        try:
            said.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            said.append(f"no {package}")
    return tuple(said)


def difference(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """Say what surrounds another process and is not as it is for one; empty for nothing."""
    return ", ".join(f"{b} (here {a})" for a, b in zip(one, other, strict=True) if a != b)
