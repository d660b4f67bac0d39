"""Whether a class that derives from another says something else in its place."""

from __future__ import annotations

from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary


@project_fact
def redeclared(project: Project, owner: str, name: str) -> bool:
    """Tell whether an attribute or method of a class, by canonical name, is another in an heir."""
    return any(
        symbol.name != owner and project.derives(symbol.name, symbol.module.name, owner)
        for symbol in _declaring(project).get(name, ())
    )


@project_fact
def _declaring(project: Project) -> dict[str, list[Symbol]]:
    """Return the classes that say something of an attribute or method of each name."""
    found: dict[str, list[Symbol]] = {}
    for symbol in project.classes():
        if isinstance(symbol.definition, ClassSummary):
            names = {attribute.name for attribute in symbol.definition.attributes}
            for name in names.union(symbol.definition.methods):
                found.setdefault(name, []).append(symbol)
    return found
