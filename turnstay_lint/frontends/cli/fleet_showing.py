"""What is shown of a run over many repositories: each as it ends, and all of them at the end."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TextIO

from msgspec import Struct, field
from msgspec.structs import replace

from turnstay_lint.engine.checking.report import Report, together
from turnstay_lint.engine.checking.run import displayed
from turnstay_lint.engine.fleet.listing import Repository
from turnstay_lint.engine.fleet.visiting import Order, Visit
from turnstay_lint.engine.repairing.diffs import Naming
from turnstay_lint.frontends.cli.closing import last_line, problems
from turnstay_lint.frontends.cli.colors import has_color
from turnstay_lint.reporters import fleet
from turnstay_lint.reporters.columns import printable
from turnstay_lint.reporters.view import View
from turnstay_lint.source.content import content_of

_FOR_PROGRAMS = ("json", "sarif")
_UNSAFE = re.compile(r"[^\w.-]+")


class Flags(Struct, frozen=True):
    """How much is said, and how the run ends."""

    statistics: bool = False
    quiet: bool = False
    verbose: bool = False
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False


class FleetShowing(Struct):
    """Shows visits in one output format; an empty one lists no findings."""

    order: Order
    form: str
    patches: Path | None
    count: int
    flags: Flags
    visits: list[tuple[Repository, Visit]] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)
    _begun: float = field(default_factory=time.perf_counter)

    @property
    def gives_patch(self) -> bool:
        """Tell whether standard output is a patch."""
        return self.order.dry and self.patches is None and self.form not in _FOR_PROGRAMS

    @property
    def exit_status(self) -> int:
        """Return the worst status of any repository; 2 for one that failed."""
        return max(map(self._status, (visit for _, visit in self.visits)), default=0)

    def _status(self, visit: Visit) -> int:
        if visit.report is None:
            return 2
        return visit.report.exit_status(
            exit_zero=self.flags.exit_zero,
            diff=self.order.dry,
            non_zero_on_fix=self.flags.exit_non_zero_on_fix,
        )

    def tell(self, repository: Repository, visit: Visit) -> None:
        """Show one that has ended."""
        self.visits.append((repository, visit))
        report = visit.report
        if report is None:
            _write([printable(f"{repository.shown}: {visit.error}")], sys.stderr)
            return
        self._patch(repository, visit, report)
        if not self.flags.statistics and self.form and self.form not in _FOR_PROGRAMS:
            _write(self._findings(repository, visit, report), self._stream)
        _write(problems(report, verbose=self.flags.verbose), sys.stderr)
        if not self.flags.quiet:
            line = self._line(replace(report, seconds=visit.seconds))
            _write([printable(f"{repository.shown}: {line}")], self._stream)

    @property
    def _stream(self) -> TextIO:
        aside = self.gives_patch or self.form in _FOR_PROGRAMS
        return sys.stderr if aside else sys.stdout

    def _line(self, report: Report) -> str:
        return last_line(report, dry=self.order.dry, fixing=self.order.fix)

    def _findings(self, repository: Repository, visit: Visit, report: Report) -> Iterable[str]:
        contents = self._contents(repository, visit, report)
        lines: Iterable[str] = import_module(f"turnstay_lint.reporters.{self.form}").report(
            View(report, None, contents, has_color() and self._stream is sys.stdout)
        )
        return lines

    def _contents(self, repository: Repository, visit: Visit, report: Report) -> dict[str, bytes]:
        """Return what files hold that are not there under the name that is shown."""
        if repository.folder is not None:
            return {}
        after = {} if self.order.dry else {c.name: c.after for c in report.changes}
        names = {finding.path for finding in report.findings} - after.keys()
        for name in names:
            place = visit.folder / name.removeprefix(repository.shown).lstrip("/")
            if place.is_file():
                after[name] = content_of(place)
        return after

    def _patch(self, repository: Repository, visit: Visit, report: Report) -> None:
        """Write the patch of a repository, where there is one to write."""
        changes = report.changes
        files = [change.file for change in changes]
        if self.gives_patch and changes:
            here = Path.cwd()
            naming = Naming.of(files, here)
            sys.stdout.flush()
            sys.stdout.buffer.writelines(naming.patches(changes))
            sys.stdout.buffer.flush()
            if naming.folder != here:
                print(f"the patch is for {naming.folder}, to be applied there", file=sys.stderr)
        elif self.patches is not None and changes and (self.order.dry or not repository.folder):
            self.patches.mkdir(parents=True, exist_ok=True)
            file = self.patches / f"{self._name_of(repository)}.patch"
            file.write_bytes(b"".join(Naming.of(files, visit.folder).patches(changes)))
            _write([printable(f"{repository.shown}: patch in {displayed(str(file))}")], sys.stderr)

    def _name_of(self, repository: Repository) -> str:
        """Return a name for files about a repository, which no other has."""
        name = repository.shown.partition("://")[2] or repository.shown
        made = wanted = _UNSAFE.sub("-", name.removesuffix(".git")).strip("-.") or "repository"
        while made in self._named:
            made = f"{wanted}-{len(self._named)}"
        self._named.add(made)
        return made

    def close(self, visits: list[tuple[Repository, Visit]]) -> None:
        """Show what all of them come to, given in the order of the list."""
        if self.form == "json":
            _write(fleet.as_json(visits, dry=self.order.dry), sys.stdout)
        elif self.form == "sarif":
            contents: dict[str, bytes] = {}
            for repository, visit in visits:
                if visit.report is not None:
                    contents |= self._contents(repository, visit, visit.report)
            report = _of_all(visits)
            _write(
                import_module("turnstay_lint.reporters.sarif").report(View(report, None, contents)),
                sys.stdout,
            )
        elif not self.flags.quiet or self.flags.statistics:
            _write(fleet.table(visits), self._stream)
        if not self.flags.quiet:
            failed = sum(visit.report is None for _, visit in visits)
            words = f"{self.count} " + ("repository" if self.count == 1 else "repositories")
            said = f"{words}, {failed} failed" if failed else words
            seconds = time.perf_counter() - self._begun
            line = self._line(replace(_of_all(visits), seconds=seconds))
            _write([f"{said}: {line}"], self._stream)


def _of_all(visits: Iterable[tuple[Repository, Visit]]) -> Report:
    return together(visit.report for _, visit in visits if visit.report is not None)


def _write(lines: Iterable[str], stream: TextIO) -> None:
    for line in lines:
        stream.write(f"{line}\n")
    stream.flush()
