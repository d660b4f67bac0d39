"""Whether a call that a revision makes to another file may reach Alembic's operations."""

from __future__ import annotations

import sys

from turnstay_lint.frameworks.alembic.changes import CallElsewhere, Change
from turnstay_lint.project.following import makes_operations
from turnstay_lint.project.project import Project, project_fact

_LOGS = frozenset({"debug", "info", "warning", "error", "exception"})


def may_make_operations(project: Project, change: Change, near: str) -> bool:
    """Tell whether a change is a call that may use ``op``: of what the project does not know, all.

    Messages of a log, what is made of a class and methods of the service's objects do not.
    """
    if not isinstance(change, CallElsewhere):
        return False
    owner, _, last = change.function.rpartition(".")
    if change.function.partition(".")[0] in sys.stdlib_module_names or last in _LOGS:
        return False
    if project.find(change.function, near) is not None:
        return makes_operations(project, change.function, near)
    while "." in owner:
        if project.find(owner, near) is not None:
            return False
        owner = owner.rpartition(".")[0]
    return not last[:1].isupper()


def is_of_service(project: Project, function: str) -> bool:
    """Tell whether a dotted name begins with a package or module of the project."""
    return function.partition(".")[0] in _roots(project)


@project_fact
def _roots(project: Project) -> frozenset[str]:
    return frozenset(module.name.partition(".")[0] for module in project.modules.values())
