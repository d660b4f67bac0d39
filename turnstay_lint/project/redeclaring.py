"""Whether a class that derives from another says something else in its place."""

from __future__ import annotations

from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summary import ClassSummary


@project_fact
def redeclared(project: Project, owner: str, name: str) -> bool:
    """Tell whether an attribute or method of a class, by canonical name, is another in an heir."""
    for symbol in project.classes():
        definition = symbol.definition
        if not isinstance(definition, ClassSummary) or symbol.name == owner:
            continue
        if name in definition.methods or definition.attribute(name) is not None:
            if project.derives(symbol.name, symbol.module.name, owner):
                return True
    return False
