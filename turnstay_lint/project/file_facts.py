"""Facts of a file that the rest of the service bears on: found once for the two together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from turnstay_lint.project.project import Project
from turnstay_lint.source.file import SourceFile

Result = TypeVar("Result")


def file_fact(
    build: Callable[[Project, SourceFile], Result],
) -> Callable[[Project, SourceFile], Result]:
    """Let a function of a project and of a file be computed once for both.

    It is kept with the file, which outlives the projects that are made around it.
    """

    def remembered(project: Project, source: SourceFile, /) -> Result:
        kept: list[tuple[Project, Result]] = source.facts.setdefault(build, [])
        for known, found in kept:
            if known is project:
                return found
        made = build(project, source)
        kept.append((project, made))
        return made

    remembered.__doc__, remembered.__name__ = build.__doc__, build.__name__
    return remembered
