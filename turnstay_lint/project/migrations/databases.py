"""Which database a service runs on, and which of its revisions need a type of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from turnstay_lint.project.migrations.revision_steps import schema_steps_in
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.schema_steps import TYPE

_POSTGRESQL = ("asyncpg", "psycopg", "sqlalchemy.dialects.postgresql")
_OTHERS = frozenset({"mariadb", "mssql", "mysql", "oracle", "sqlite"})


def on_postgresql(project: Project, path: str) -> bool:
    """Tell whether a revision may run on PostgreSQL, as imports of the service tell.

    One in a folder that is called like another database does not.
    """
    return _OTHERS.isdisjoint(PurePosixPath(path).parts) and _imports_postgresql(project)


@project_fact
def _imports_postgresql(project: Project) -> bool:
    return any(
        target.startswith(_POSTGRESQL)
        for module in project.modules.values()
        for target in module.imports.values()
    )


def is_needed_elsewhere(project: Project, type_name: str, path: str) -> bool:
    """Tell whether another revision than that at ``path`` makes a type, or a column of it."""
    return bool(_paths_by_type(project).get(type_name, frozenset()) - {path})


@project_fact
def _paths_by_type(project: Project) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for module in project.modules.values():
        for step in schema_steps_in(project, module) if module.makes else ():
            if step.what == TYPE:
                found.setdefault(step.name, set()).add(module.path)
    return {name: frozenset(paths) for name, paths in found.items()}
