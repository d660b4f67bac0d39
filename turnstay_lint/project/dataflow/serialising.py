"""What a schema reads of an object: its fields that are relationships, and theirs in turn."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.dataflow.values import Object
from turnstay_lint.project.models.relationship_loading import Relation, relations
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.schemas.schemas import fields, is_schema, makes_up_fields
from turnstay_lint.project.summaries.summary import AttributeSummary, ClassSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.source.types import Type

_MOST_DEPTH = 4


class Wanted(Struct, frozen=True):
    """A relationship of an object that a schema reads."""

    owner: Object
    relation: Relation


class Serialising:
    """Follows schemas from field to field, beside the objects that they serialise."""

    def __init__(self, project: Project) -> None:
        """Follow the schemas of a service."""
        self._project = project
        self._relations = relations(project)

    def is_schema(self, dotted: str) -> bool:
        """Tell whether a class is a schema of the service."""
        return is_schema(self._project, dotted, "")

    def wanted(
        self, schema: Type, near: str, owner: Object, depth: int = _MOST_DEPTH
    ) -> Iterator[Wanted]:
        """Yield what validating an object reads: relationships by name, to a bound in depth.

        Nothing of a schema that makes up its fields.
        """
        symbol = self._project.find(schema.name, near) if depth else None
        if symbol is None or not isinstance(symbol.definition, ClassSummary):
            return
        if not is_schema(self._project, symbol.name, symbol.module.name):
            return
        if makes_up_fields(self._project, symbol):
            return
        of_model = self._relations.of(owner.model)
        for field in fields(self._project, symbol):
            relation = of_model.get(field.name)
            if relation is None or _has_alias(field):
                continue
            yield Wanted(owner, relation)
            inner = Object(relation.target, owner.place, (*owner.path, relation.name))
            for member in self._members(field, symbol):
                yield from self.wanted(member, symbol.module.name, inner, depth - 1)

    def _members(self, field: AttributeSummary, symbol: Symbol) -> Iterator[Type]:
        type_, _ = self._project.unaliased(field.type or Type("?"), symbol.module.name)
        for member in type_.members:
            if not member.arguments:
                yield member
            elif len(member.arguments) == 1:
                yield from member.arguments[0].members


def _has_alias(field: AttributeSummary) -> bool:
    """A field of another name is read by that name."""
    value = field.value
    return isinstance(value, Call) and any("alias" in name for name, _ in value.keywords)
