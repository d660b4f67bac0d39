"""What is read from a file again because its summary is too small for it, and few ever ask.

Nothing is known of a file that is there no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.sites import sites_by_function
from turnstay_lint.project.summaries.summary import CallSite
from turnstay_lint.source.file import SourceFile

READINGS: Mapping[str, Callable[[SourceFile], Any]] = {
    "sites": sites_by_function,
}
"""What may be read again, by a name for each kind; a project notes which of it was.

That says less than all that ``Project.read`` gives, and so changes less often.
"""


def reread(project: Project, path: str) -> SourceFile | None:
    """Return a file of the service as it stands, None where it is there no more."""
    source = _source(project, path)
    project.beyond.note(path, source)
    return source


@project_fact
def sites(project: Project, path: str) -> Mapping[str, Sequence[CallSite]]:
    """Return the calls in a file's functions, by the qualified name of who makes them."""
    found: Mapping[str, Sequence[CallSite]] | None = _noted(project, path, "sites")
    return found or {}


@project_fact
def _source(project: Project, path: str) -> SourceFile | None:
    return project.unnoted(path)


def _noted(project: Project, path: str, kind: str) -> Any:
    source = _source(project, path)
    found = READINGS[kind](source) if source is not None else None
    project.beyond.again[path, kind] = found
    return found
