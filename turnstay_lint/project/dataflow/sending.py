"""Sending a query: by a session's method, by the legacy Query, or by a helper it is handed to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment, ObjectState
from turnstay_lint.project.dataflow.events import Sent, tenant_names
from turnstay_lint.project.dataflow.facts import NOTHING, UNDERSTOOD_BY_NOBODY, Verdict
from turnstay_lint.project.dataflow.judging import judge
from turnstay_lint.project.dataflow.merging import element, fetched
from turnstay_lint.project.dataflow.sql_text import flattened, query_of
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Access,
    Collection,
    Column,
    Constant,
    Entity,
    Field,
    Query,
    Record,
    Result,
    Session,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.summaries.summary import FunctionSummary

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_OWNED = {Verdict.SCOPED: True, Verdict.UNSCOPED: False, Verdict.UNVERIFIABLE: False}
_ALL = frozenset({"all", "fetchall", "fetchmany", "partitions"})
_SAME = frozenset({"unique", "tuples", "yield_per", "freeze", "columns"})
_ONE = frozenset(
    {"first", "one", "one_or_none", "fetchone", "scalar", "scalar_one", "scalar_one_or_none"}
)


_RAISING = frozenset({"one", "scalar_one"})


class Sending:
    """Judges and records queries where they are sent."""

    METHODS = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars", "exec"})
    TERMINALS = frozenset(
        {
            "all", "count", "delete", "first", "get", "one", "one_or_none", "paginate",
            "scalar", "scalar_one", "scalar_one_or_none", "scalars", "update", "first_or_404",
            "get_or_404", "one_or_404",
        }
    )  # fmt: skip

    def __init__(self, evaluator: Evaluator) -> None:
        """Send for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words

    def session(self, session: Session, name: str, given: Given, environment: Environment) -> Value:
        """Return what a session's method gives, and record the query that it sends."""
        first = given.positional[0] if given.positional else given.keyword("statement")
        tracker = self._evaluator.tracker
        if name in self.METHODS:
            query = self._statement(first, given)
            if query is None:
                return Result(given.place, ())
            if query.kind == "update" and len(given.positional) > 1:
                # A bulk update finds its rows by the keys in its parameters.
                query = query.having(UNDERSTOOD_BY_NOBODY)
            self._evaluator.storing.rows(query, given, environment)
            self._send(query, name, given, environment)
            tracker.sent(session, query, given, environment, several=name != "scalar")
            if name == "scalar":
                return fetched(query.columns[0], given.place) if query.columns else UNKNOWN
            is_scalars = name in ("scalars", "stream_scalars", "exec") and len(query.columns) == 1
            return Result(given.place, query.columns, scalars=is_scalars)
        if name in ("get", "get_one") and isinstance(first, Entity):
            tracker.got(session, given, environment)
            return self._get(first, name, given, environment)
        tracker.session_method(name, given, environment)
        if name == "query":
            query = self._legacy_query(given)
            return query
        if name in ("begin", "begin_nested", "connection"):
            return session
        if name == "merge":
            return first if first is not None else UNKNOWN
        if name == "run_sync":
            return UNKNOWN
        return UNKNOWN

    def _statement(self, first: Value | None, given: Given) -> Query | None:
        if isinstance(first, Query):
            return first
        if isinstance(first, Constant) and isinstance(first.value, str):
            return query_of(flattened(given.call.args[0]) or "", self._words)
        return None

    def _get(self, entity: Entity, name: str, given: Given, environment: Environment) -> Value:
        """``session.get(M, id)`` is a query of M by its primary key."""
        options = given.keyword("options")
        facts = NOTHING
        key = given.positional[1] if len(given.positional) > 1 else given.keyword("ident")
        model = self._words.models.classes.get(entity.model)
        names = model.primary_key if model is not None else ("id",)
        at = given.call.args[1] if len(given.call.args) > 1 else given.call
        conditions = self._evaluator.conditions
        if isinstance(key, Record):
            for column, value in key.items:
                facts = facts.also(conditions.equal(Column(entity, column), value, environment, at))
        elif isinstance(key, Collection) and len(names) == len(key.items):
            for column, value in zip(names, key.items, strict=True):
                facts = facts.also(conditions.equal(Column(entity, column), value, environment, at))
        elif key is not None and len(names) == 1:
            facts = conditions.equal(Column(entity, names[0]), key, environment, at)
        elif key is None:
            facts = UNDERSTOOD_BY_NOBODY
        query = Query("select", (entity,), (entity,), (entity,), facts)
        if options is not None:
            query = query.then("options", given.call)
        self._send(query, name, given, environment)
        return fetched(entity, given.place)

    def _legacy_query(self, given: Given) -> Query:
        made = self._evaluator.queries.function("select", given)
        return replace(made, sends=True) if isinstance(made, Query) else Query("select", sends=True)

    def legacy(self, query: Query, name: str, given: Given, environment: Environment) -> Value:
        """Return what a method of the legacy Query gives that sends it."""
        if name in ("get", "get_or_404") and query.entities and given.positional:
            column = Column(query.entities[0], "id")
            at = given.call.args[0] if given.call.args else given.call
            equal = self._evaluator.conditions.equal(column, given.positional[0], environment, at)
            query = query.having(equal)
        self._send(query.then(name, given.call), name, given, environment)
        first = query.columns[0] if query.columns else UNKNOWN
        row = Collection(tuple(fetched(column, given.place) for column in query.columns))
        is_object = len(query.columns) == 1 and isinstance(first, Entity)
        single = fetched(first, given.place) if is_object else row
        if name in ("all", "paginate"):
            return Collection((single,), open=True)
        if name == "scalar":
            return fetched(first, given.place)
        return single if name not in ("count", "delete", "update") else UNKNOWN

    def iterated(self, query: Query, expression: ast.expr, environment: Environment) -> Value:
        """Return what iterating over a legacy Query gives, which sends it."""
        if not isinstance(expression, ast.Call):
            return UNKNOWN
        place = self._evaluator.place(expression)
        given = Given(expression, (), (), place)
        return element(self.legacy(query, "all", given, environment))

    def handed_over(
        self, given: Given, environment: Environment, helper: FunctionSummary | None
    ) -> None:
        """Record a query handed to a function that sends it: with a session, or awaited.

        A function that is told the tenant too may add the condition itself.
        """
        values = (*given.positional, *(value for _, value in given.keywords))
        queries = [value for value in values if isinstance(value, Query)]
        if len(queries) != 1 or queries[0].kind in ("exists", "join", "text"):
            return
        if any(isinstance(value, TenantId | Tenant | Access) for value in values):
            return
        if helper is not None and helper.returns.name.rpartition(".")[2] in ("Select", "Query"):
            return
        if any(isinstance(value, Session) for value in values):
            self._send(queries[0], "helper", given, environment)

    def _send(self, query: Query, method: str, given: Given, environment: Environment) -> None:
        evaluator = self._evaluator
        judgement = judge(query, self._words.tenancy)
        if query.kind == "text" and judgement.verdict is Verdict.UNSCOPED:
            judgement = replace(judgement, verdict=Verdict.UNVERIFIABLE)
        if environment.is_privileged and judgement.verdict is not Verdict.SCOPED:
            judgement = replace(judgement, verdict=Verdict.UNKNOWN)
        if query.kind == "select" and judgement.verdict is Verdict.UNSCOPED:
            if evaluator.recorder.inserted.issuperset(judgement.models):
                # What the function itself has just written is read back.
                judgement = replace(judgement, verdict=Verdict.UNKNOWN)
        owned = _OWNED.get(judgement.verdict)
        if given.place in evaluator.recorder.checked:
            owned = True
        asked = self._asked(query, given.place)
        environment.objects[given.place] = ObjectState(owned, given.place, asked)
        if judgement.verdict is Verdict.SCOPED and not query.entities and not query.arms:
            return
        column = self._words.settings.tenant_column
        session = given.call.func
        name = ""
        if isinstance(session, ast.Attribute) and isinstance(session.value, ast.Name):
            name = session.value.id
        evaluator.recorder.send(
            given.place,
            Sent(
                given.call,
                evaluator.scope,
                method,
                query,
                judgement,
                name,
                tenant_names(environment, column),
            ),
        )

    @staticmethod
    def _asked(query: Query, place: int) -> tuple[tuple[str, Field], ...]:
        """Return the variables that hold a key of the objects that a query gives, or changes."""
        first = query.columns[0] if query.columns else None
        if first is None and query.kind in ("update", "delete") and query.entities:
            first = query.entities[0]
        entity = first.entity if isinstance(first, Column) else first
        if not isinstance(entity, Entity) or not entity.model:
            return ()
        found = [
            (variable, Field(entity.model, column, place))
            for key, column, variable in query.facts.asked
            if key == entity.key
        ]
        return tuple(sorted(found, key=lambda pair: pair[0]))

    def fetched(self, result: Result, name: str, environment: Environment) -> Value:
        """Return what a method of a result gives."""
        if name in _RAISING and environment.state(result.place).owned:
            environment.known_by_key(result.place)
        if name == "scalars":
            return replace(result, scalars=True)
        if name in _SAME:
            return result
        row = element(result)
        if name in _ALL:
            return Collection((row,), open=True)
        if name in _ONE:
            self._evaluator.tracker.only_one(result.place, environment)
            first = result.columns[0] if result.columns else UNKNOWN
            return fetched(first, result.place) if name.startswith("scalar") else row
        return UNKNOWN
