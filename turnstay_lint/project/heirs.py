"""The classes of a service that derive from one, over any others."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary


def heirs(project: Project, name: str) -> Iterator[str]:
    """Yield the classes that derive from one."""
    by_base = _classes_by_base(project)
    seen, todo = {name}, [name]
    while todo:
        for heir in by_base.get(todo.pop().rpartition(".")[2], ()):
            if heir not in seen and name in project.ancestors(heir):
                seen.add(heir)
                todo.append(heir)
                yield heir


@project_fact
def _classes_by_base(project: Project) -> dict[str, list[str]]:
    """Return the classes by the bare names of what they derive from."""
    found: dict[str, list[str]] = {}
    for symbol in project.classes():
        if isinstance(symbol.definition, ClassSummary):
            for base in symbol.definition.bases:
                found.setdefault(base.name.rpartition(".")[2], []).append(symbol.name)
    return found
