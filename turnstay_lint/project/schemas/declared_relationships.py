"""The relationships of a file that a mapper will see."""

from __future__ import annotations

from collections.abc import Iterator

from turnstay_lint.frameworks.relationships import Relationship, relationships
from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import is_schema
from turnstay_lint.source.file import SourceFile


def declared_relationships(project: Project, source: SourceFile) -> Iterator[Relationship]:
    """Yield the relationships of a file, those left out that stand in a schema.

    A class without a table has no mapper: SQLModel's ``Relationship`` is a default value there.
    """
    near = source.scope.module
    for relationship in relationships(source, lambda name: project.canonical(name, near)):
        holder = relationship.scope
        if holder.is_class and is_schema(project, f"{near}.{holder.qualname}", near):
            continue
        yield relationship
