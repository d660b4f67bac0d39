"""Which files a fix of several needs, and whether the run may change, create and move them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from turnstay_lint.engine.checking.run import Examined
from turnstay_lint.engine.mending.change_sets import ChangeSet
from turnstay_lint.engine.mending.mending import Mending
from turnstay_lint.engine.services.lint import Verdict
from turnstay_lint.engine.services.roots import read_source
from turnstay_lint.findings import Finding, Fix
from turnstay_lint.project.project import Project

if TYPE_CHECKING:
    from turnstay_lint.engine.repairing.work import Work


class OutOfReach(Exception):
    """A fix would change what the run may not; the message is for the user."""


def reached(work: Work, file: str, finding: Finding, examined: Examined) -> ChangeSet:
    """Return the fix of a finding in a file with all its files, opened; raises OutOfReach."""
    fix = finding.fix
    assert fix is not None
    base = work.root_of(file).base
    created = {part.path for part in fix.elsewhere if part.created}
    places = dict(_places(fix, base))
    for path, place in places.items():
        if path in created:
            _create(work, path, place)
        else:
            _open(work, path, place, examined)
    moves = {str(base / move.old): str(base / move.new) for move in fix.moves}
    for move in fix.moves:
        _create(work, move.new, str(base / move.new))
    service = work.service(file)
    settings = service.configuration.settings
    project = examined.projects.get(service.root) or Project((), settings)
    return ChangeSet(finding, {finding.path: file, **places}, project, settings, moves)


def _places(fix: Fix, base: Path) -> Iterator[tuple[str, str]]:
    for path in (*(part.path for part in fix.elsewhere), *(move.old for move in fix.moves)):
        yield path, str(base / path)


def _open(work: Work, path: str, file: str, examined: Examined) -> None:
    if file not in examined.judged:
        raise OutOfReach(f"its fix changes {path} too, which this run does not look at")
    opened = work.opened(file, examined.judged[file].verdict)
    if opened.problem:
        raise OutOfReach(f"its fix changes {path} too: {opened.problem}")


def _create(work: Work, path: str, file: str) -> None:
    """Open a file that is not there yet."""
    if file in work.mendings:
        if work.mendings[file].problem:
            raise OutOfReach(work.mendings[file].problem)
        return
    if Path(file).exists() or file in work.options.contents:
        raise OutOfReach(f"its fix creates {path}, which is there already")
    if not any(Path(file).is_relative_to(folder) for folder in work.folders):
        raise OutOfReach(f"its fix creates {path}, outside of what this run looks at")
    source = read_source(work.root_of(file), file, b"")
    work.mendings[file] = Mending.of(source, Verdict(()), created=True)
