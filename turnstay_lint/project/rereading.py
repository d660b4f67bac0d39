"""What is read from a file again because its summary is too small for it, and few ever ask.

Nothing is known of a file that is there no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.sites import sites_by_function
from turnstay_lint.project.summarise import summarise
from turnstay_lint.project.summary import CallSite, ModuleSummary
from turnstay_lint.source.file import SourceFile


@project_fact
def reread(project: Project, path: str) -> SourceFile | None:
    """Return a file of the service as it stands, None where it is there no more."""
    return project.read(path)


@project_fact
def whole(project: Project, path: str) -> ModuleSummary | None:
    """Return a summary of a test that says what its functions do as well."""
    source = reread(project, path)
    return summarise(source, whole=True) if source is not None else None


@project_fact
def sites(project: Project, path: str) -> Mapping[str, Sequence[CallSite]]:
    """Return the calls in a file's functions, by the qualified name of who makes them."""
    source = reread(project, path)
    return sites_by_function(source) if source is not None else {}
