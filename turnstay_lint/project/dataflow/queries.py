"""How a query is built: SQLAlchemy's functions and the methods of what they give.

https://docs.sqlalchemy.org/en/20/core/selectable.html has the methods. One that is not known here
may add any condition, so that nothing is reported of a query that went through it.
"""

from __future__ import annotations

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given, columns_in, entities_in, flat
from turnstay_lint.project.dataflow.combining import compound, from_join, negated, of_statement
from turnstay_lint.project.dataflow.conditions import Conditions
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.facts import (
    NOTHING,
    UNDERSTOOD_BY_NOBODY,
    Facts,
    any_of,
    either,
)
from turnstay_lint.project.dataflow.joins import Joins
from turnstay_lint.project.dataflow.loader_options import (
    LOADER_OPTIONS,
    loader_option,
    loads_of,
)
from turnstay_lint.project.dataflow.sql_text import read_sql
from turnstay_lint.project.dataflow.values import (
    Column,
    Condition,
    Constant,
    Entity,
    Path,
    Query,
    Record,
    Sql,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary

_CASTS = frozenset({"cast", "try_cast", "type_coerce"})
_COMPOUND = frozenset({"union", "union_all", "intersect", "intersect_all", "except_", "except_all"})
_CONDITIONS = frozenset({"where", "filter", "having"})
"""What keeps rows back; a column in HAVING is that of the group, the same in each of its rows."""
_NEUTRAL = frozenset(
    {
        "add_cte", "autoflush", "comment", "correlate", "correlate_except", "distinct",
        "enable_eagerloads", "enable_assertions", "execution_options", "fetch", "group_by",
        "label", "limit", "nest", "offset", "on_conflict_do_nothing",
        "on_conflict_do_update", "on_duplicate_key_update", "order_by", "ordered_values",
        "params", "populate_existing", "prefix_with", "reset_joinpoint", "scalar_subquery",
        "set_label_style", "slice", "suffix_with", "values", "with_dialect_options",
        "with_for_update", "with_hint", "with_labels", "with_statement_hint", "yield_per",
        "as_scalar", "self_group", "set_joinpoint", "with_session", "only_return_tuples",
        "reduce_columns", "return_defaults", "inline", "compile",
    }
)  # fmt: skip
_OF_TEXT = frozenset({"bindparams", "columns"})
_SUBQUERIES = frozenset({"subquery", "cte", "alias", "lateral", "tablesample"})
_STATEMENTS = {"select": "select", "update": "update", "delete": "delete", "insert": "insert"}


class Queries:
    """Builds queries with the words of one service."""

    def __init__(self, words: Vocabulary, conditions: Conditions) -> None:
        """Take the words, and what reads conditions."""
        self._words = words
        self._conditions = conditions
        self._joins = Joins(words)
        self.related = self._joins.related

    def function(self, name: str, given: Given) -> Value:
        """Return what a function of SQLAlchemy gives; ``name`` is its last part."""
        values = given.positional
        if name in LOADER_OPTIONS:
            return loader_option(name, given)
        if name in _STATEMENTS:
            return self._statement(name, given)
        if name == "text":
            return read_sql(given.call, self._words)
        if name in ("and_", "or_", "not_"):
            return self._junction(name, values)
        if name == "exists":
            return self._exists(given)
        if name == "true":
            return Condition(NOTHING)
        if name in ("aliased", "alias") and values:
            return self._aliased(given)
        if name in _COMPOUND:
            return compound(values, given)
        if name == "with_loader_criteria":
            return self._criteria(values)
        if name == "with_parent" and values:
            return Condition(UNDERSTOOD_BY_NOBODY)
        if name in ("join", "outerjoin") and len(values) >= 2:
            return self._standalone_join(name, given)
        if name in _CASTS and values and isinstance(values[0], Column):
            return values[0]
        return Sql(tuple(columns_in(given)), tuple(entities_in(given)))

    def _statement(self, name: str, given: Given) -> Query:
        columns = flat(given.positional)
        query = Query(name, columns=columns, clauses=()).then(name, given.call)
        if name == "insert":
            return query
        return self._selecting(query, columns)

    def _selecting(self, query: Query, columns: tuple[Value, ...]) -> Query:
        """Add what columns read; a subquery among them must be scoped itself."""
        entities = list(query.entities)
        arms = list(query.arms)
        unknown = NOTHING
        for column in columns:
            match column:
                case Query(kind="join"):
                    query = from_join(query, column)
                    entities.extend(column.entities)
                case Entity():
                    entities.append(column)
                case Column(entity=entity):
                    entities.append(entity)
                case Sql(entities=found):
                    entities.extend(found)
                case Query():
                    arms.append(column)
                case Condition() | Constant() | Path():
                    pass
                case _:
                    unknown = UNDERSTOOD_BY_NOBODY
        found_entities = tuple(dict.fromkeys(entities))
        return replace(
            query,
            entities=found_entities,
            joined=tuple(dict.fromkeys((*query.joined, *found_entities))),
            arms=tuple(arms),
            facts=query.facts.also(unknown if not found_entities else NOTHING),
        )

    def _junction(self, name: str, values: tuple[Value, ...]) -> Condition:
        arms = [self._conditions.facts_of(value) for value in values]
        if name == "or_":
            return Condition(any_of(arms))
        facts = NOTHING
        for arm in arms:
            facts = facts.also(arm)
        return Condition(facts) if name == "and_" else negated(Condition(facts))

    def _exists(self, given: Given) -> Query:
        first = given.positional[0] if given.positional else None
        if isinstance(first, Query):
            return replace(first, kind="exists", sends=False)
        return replace(self._selecting(Query("exists"), given.positional), kind="exists")

    def _aliased(self, given: Given) -> Value:
        first, *rest = given.positional
        query = next((v.query for v in rest if isinstance(v, Entity)), None)
        match first:
            case Entity(model=model):
                return Entity(model, f"{model}@{given.place}", query or first.query)
            case Query():
                return Entity("", f"@{given.place}", first)
        return Sql()

    @staticmethod
    def _criteria(values: tuple[Value, ...]) -> Condition:
        """The condition, its lambda called with the entity, comes second; see the evaluator."""
        second = values[1] if len(values) > 1 else None
        return second if isinstance(second, Condition) else Condition(UNDERSTOOD_BY_NOBODY)

    def _standalone_join(self, name: str, given: Given) -> Value:
        left, target, *on = given.positional
        query = self._selecting(Query("join"), (left,)) if isinstance(left, Entity) else left
        if not isinstance(query, Query):
            return Sql()
        outer = name == "outerjoin" or given.keyword("isouter") == Constant(True)
        return self._joined(query, (target, *on), given, outer=outer)

    def method(self, query: Query, name: str, given: Given, environment: Environment) -> Value:
        """Return what a method of a query gives."""
        values = given.positional
        query = query.then(name, given.call)
        if name in _CONDITIONS:
            for value in values:
                query = query.having(self._conditions.facts_of(value))
            return query
        if name == "filter_by":
            return self._filter_by(query, given, environment)
        if name in ("join", "outerjoin"):
            outer = name == "outerjoin" or given.keyword("isouter") == Constant(True)
            return self._joined(query, values, given, outer=outer)
        if name in ("join_from", "outerjoin_from") and values:
            if isinstance(values[0], Entity):
                query = replace(query, joined=tuple(dict.fromkeys((values[0], *query.joined))))
            return self._joined(query, values[1:], given, outer=name.startswith("outer"))
        if name == "select_from":
            return self._from(query, values)
        if name in ("add_columns", "add_entity", "add_column", "returning"):
            columns = (*query.columns, *flat(values)) if name != "returning" else flat(values)
            added = replace(query, columns=columns)
            return added if name == "returning" else self._selecting(added, flat(values))
        if name in ("with_only_columns", "with_entities"):
            return self._only(query, flat(values))
        return self._other(query, name, given)

    def _other(self, query: Query, name: str, given: Given) -> Value:
        values = given.positional
        if name in _SUBQUERIES:
            return Entity("", f"@{given.place}", replace(query, sends=False))
        if name == "exists":
            return replace(query, kind="exists", sends=False)
        if name in _COMPOUND:
            return compound((query, *values), given)
        if name == "options":
            for value in values:
                if isinstance(value, Condition):
                    query = query.having(value.facts)
            return replace(query, loads=query.loads | loads_of(values))
        if name == "from_statement" and values and isinstance(values[0], Query):
            return of_statement(query, values[0])
        if name in _NEUTRAL or (query.kind == "text" and name in _OF_TEXT):
            return query
        if name in ("as_string", "get_final_froms", "get_label_style"):
            return Sql()
        return query.handed_on()

    def _only(self, query: Query, columns: tuple[Value, ...]) -> Query:
        fresh = self._selecting(replace(query, entities=(), columns=columns), columns)
        return fresh if fresh.entities else replace(query, columns=columns)

    def _from(self, query: Query, values: tuple[Value, ...]) -> Query:
        for value in values:
            if isinstance(value, Query) and value.kind == "join":
                query = from_join(query, value)
            else:
                query = self._selecting(query, (value,))
        return query

    def _joined(
        self, query: Query, values: tuple[Value, ...], given: Given, *, outer: bool
    ) -> Query:
        on = values[1] if len(values) > 1 else given.keyword("onclause")
        target = values[0] if values else given.keyword("target")
        full = given.keyword("full") == Constant(True)
        return self._joins.join(query, target, on, self._conditions, outer=outer, full=full)

    def _filter_by(self, query: Query, given: Given, environment: Environment) -> Query:
        facts = NOTHING
        for name, value in given.keywords:
            if name != "**":
                facts = facts.also(self._equal(query, given, name, value, environment))
                continue
            if not isinstance(value, Record) or not value.is_known:
                facts = facts.also(UNDERSTOOD_BY_NOBODY)
            for key, inner in value.items if isinstance(value, Record) else ():
                facts = facts.also(self._equal(query, given, key, inner, environment))
            for key, inner in value.sometimes if isinstance(value, Record) else ():
                found = self._equal(query, given, key, inner, environment)
                facts = facts.also(either(found, NOTHING))
        return query.having(facts)

    def _equal(
        self, query: Query, given: Given, name: str, value: Value, environment: Environment
    ) -> Facts:
        """Return what ``filter_by(name=value)`` says."""
        entity = self._filtered(query, name)
        if entity is None:
            return UNDERSTOOD_BY_NOBODY
        at = given.expression(name)
        return self._conditions.equal(Column(entity, name), value, environment, at)

    def _filtered(self, query: Query, name: str) -> Entity | None:
        """``filter_by`` speaks of what was joined last, else of what is selected first."""
        candidates = [e for e in (*query.joined[::-1][:1], *query.joined[:1]) if e.model]
        for entity in candidates:
            model = self._words.models.classes.get(entity.model)
            if model is not None and (name in model.columns or name in model.relationships):
                return entity
        return candidates[0] if candidates else None
