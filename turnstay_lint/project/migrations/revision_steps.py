"""The steps of a revision's upgrade, with those that functions of other files take in it.

A summary has what its own file tells. Where that calls a function of the service which may change
the database, the file is read again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from turnstay_lint.frameworks.alembic.operations import Operation
from turnstay_lint.frameworks.alembic.revision import Revision
from turnstay_lint.project.following import file_at, is_followed, revision_in
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.column_steps import (
    CALLED,
    CALLED_BACK,
    UNREAD,
    column_steps_of,
)
from turnstay_lint.project.summaries.schema_steps import ANYTHING, schema_steps_of
from turnstay_lint.project.summaries.summary import ColumnStep, ModuleSummary, SchemaStep

_COLUMNS = frozenset({CALLED, CALLED_BACK, UNREAD})
_SCHEMA = frozenset({CALLED, CALLED_BACK, ANYTHING})


def column_steps_in(project: Project, module: ModuleSummary) -> tuple[ColumnStep, ...]:
    """Return what a revision's upgrade does to columns, in order."""
    called = [(s.to, s.what != CALLED) for s in module.steps if s.what in _COLUMNS]
    read = _column_steps_read(project, module.path) if _leads_on(project, module, called) else None
    return read if read is not None else module.steps


def schema_steps_in(project: Project, module: ModuleSummary) -> tuple[SchemaStep, ...]:
    """Return what the upgrade of a revision makes, each once."""
    called = [(s.name, s.what != CALLED) for s in module.makes if s.what in _SCHEMA]
    if not _leads_on(project, module, called):
        return module.makes
    revision, words = _read(project, module.path), frozenset[str]()

    def words_of(operation: Operation) -> Collection[str]:
        path = operation.origin.path if operation.origin is not None else module.path
        source = file_at(project, path)
        return source.words if source is not None else words

    return schema_steps_of(revision, words_of) if revision is not None else module.makes


def _leads_on(project: Project, module: ModuleSummary, called: Iterable[tuple[str, bool]]) -> bool:
    """Tell whether one of the functions that a revision calls, or hands ``op``, is followed."""
    return any(is_followed(project, name, module.name, handed) for name, handed in called if name)


@project_fact
def _column_steps_read(project: Project, path: str) -> tuple[ColumnStep, ...] | None:
    revision = _read(project, path)
    return column_steps_of(revision) if revision is not None else None


def _read(project: Project, path: str) -> Revision | None:
    source = file_at(project, path)
    return revision_in(project, source) if source is not None else None
