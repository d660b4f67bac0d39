"""Joins: which entities a query ties together, and by what."""

from __future__ import annotations

from msgspec.structs import replace

from turnstay_lint.project.dataflow.conditions import Conditions
from turnstay_lint.project.dataflow.facts import (
    NOTHING,
    UNDERSTOOD_BY_NOBODY,
    Facts,
    linked,
)
from turnstay_lint.project.dataflow.values import (
    Column,
    Condition,
    Entity,
    Path,
    Query,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary


class Joins:
    """Joins entities as SQLAlchemy does: by a relationship, an ON clause, or the foreign key."""

    def __init__(self, words: Vocabulary) -> None:
        """Join with the models of a service."""
        self._words = words

    def join(
        self,
        query: Query,
        target: Value | None,
        on: Value | None,
        conditions: Conditions,
        *,
        outer: bool,
        full: bool,
    ) -> Query:
        """Return the query with ``target`` joined; what is not understood may tie anything."""
        entity, facts = self._target(target)
        if entity is None:
            return query.having(UNDERSTOOD_BY_NOBODY)
        if on is not None:
            facts = facts.also(self._on(entity, on, conditions))
        elif facts == NOTHING:
            facts = self._by_key(query, entity)
        before = tuple(e.key for e in query.joined)
        joined = replace(query, joined=tuple(dict.fromkeys((*query.joined, entity))))
        if full:
            return joined
        if not outer:
            return joined.having(facts)
        hung = (entity.key, self._hangs_on(facts, entity, before), facts)
        return replace(joined, outer=(*joined.outer, hung))

    @staticmethod
    def _hangs_on(facts: Facts, entity: Entity, before: tuple[str, ...]) -> tuple[str, ...]:
        """An ON clause that names no other entity hangs on whatever stands before it."""
        return () if any(entity.key in link for link in facts.links) else before[:1]

    def _target(self, target: Value | None) -> tuple[Entity | None, Facts]:
        match target:
            case Entity():
                return target, NOTHING
            case Query(kind="join" | "exists" | "text"):
                return None, NOTHING
            case Query():
                return Entity("", f"@{hash(target)}", target), NOTHING
            case Column() | Path():
                path = target if isinstance(target, Path) else Path(target)
                entity = path.target or self.related(path.column)
                if entity is None:
                    return None, NOTHING
                return entity, path.facts.also(linked(path.column.entity.key, entity.key))
        return None, NOTHING

    def related(self, column: Column) -> Entity | None:
        """Return the entity that a relationship leads to, or None."""
        model = self._words.models.classes.get(column.entity.model)
        relationship = model.relationships.get(column.name) if model is not None else None
        if relationship is None or relationship.target not in self._words.models.classes:
            return None
        return self._words.entity(relationship.target)

    def _on(self, entity: Entity, on: Value, conditions: Conditions) -> Facts:
        match on:
            case Column() if self.related(on) is not None:
                return linked(on.entity.key, entity.key)
            case Path(column=column, facts=facts):
                return facts.also(linked(column.entity.key, entity.key))
            case Condition():
                return on.facts
        return conditions.facts_of(on)

    def _by_key(self, query: Query, entity: Entity) -> Facts:
        """Without an ON clause the only foreign key between the two decides."""
        others = [other for other in query.joined if other.key != entity.key]
        tied = [other for other in others if self._refer(other.model, entity.model)]
        facts = NOTHING
        for other in tied or others[-1:]:
            facts = facts.also(linked(other.key, entity.key))
        return facts

    def _refer(self, one: str, other: str) -> bool:
        if not one or not other:
            return True
        tenancy = self._words.tenancy
        return any(target == other for _, target in tenancy.references(one)) or any(
            target == one for _, target in tenancy.references(other)
        )
