"""Calls: of SQLAlchemy, of sessions and queries, of the service's functions and classes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.access import access
from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.columns import column_method
from turnstay_lint.project.dataflow.containers import (
    CASTS,
    builtin,
    collection_method,
    record_method,
)
from turnstay_lint.project.dataflow.environment import Environment, ObjectState, is_owned
from turnstay_lint.project.dataflow.facts import UNDERSTOOD_BY_NOBODY
from turnstay_lint.project.dataflow.naming import tainted
from turnstay_lint.project.dataflow.sending import Sending
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Access,
    Closure,
    Collection,
    Column,
    Condition,
    Constant,
    Entity,
    Field,
    Instance,
    Method,
    Named,
    Object,
    Path,
    Query,
    Raw,
    Record,
    Request,
    Result,
    Session,
    SessionMaker,
    Sql,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.summary import ClassSummary, FunctionSummary

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_SQLALCHEMY = ("sqlalchemy.", "sqlmodel.")
_MAKERS = frozenset(
    {"sessionmaker", "async_sessionmaker", "async_scoped_session", "scoped_session"}
)
_SESSIONS = {
    "AsyncSession": True,
    "Session": False,
    "async_object_session": True,
    "object_session": False,
}


class Calls:
    """Evaluates calls for an evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Evaluate for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._sending = Sending(evaluator)

    def value(self, call: ast.Call, environment: Environment) -> Value:
        """Return what a call gives, and record what it does."""
        evaluator = self._evaluator
        if isinstance(call.func, ast.Attribute):
            owner = evaluator.value(call.func.value, environment)
            name = call.func.attr
            given = self._given(call, environment, owner)
            if isinstance(owner, Named):
                target = evaluator.globals.named(f"{owner.name}.{name}", evaluator.scope.module, 0)
                return self._called(target, given, environment)
            return self._method(owner, name, given, environment)
        target = evaluator.value(call.func, environment)
        return self._called(target, self._given(call, environment, target), environment)

    def iterated(self, query: Query, at: ast.expr, environment: Environment) -> Value:
        """Return what iterating over a legacy Query gives, which sends it."""
        return self._sending.iterated(query, at, environment)

    def _given(self, call: ast.Call, environment: Environment, owner: Value) -> Given:
        evaluator = self._evaluator
        positional: list[Value] = []
        for argument in call.args:
            value = self._argument(argument, environment, positional)
            if isinstance(argument, ast.Starred) and isinstance(value, Collection):
                positional.extend(value.items if value.items or not value.open else (UNKNOWN,))
            elif isinstance(argument, ast.Starred):
                positional.append(UNKNOWN)
            else:
                positional.append(value)
        keywords = tuple(
            (keyword.arg or "**", evaluator.value(keyword.value, environment))
            for keyword in call.keywords
        )
        return Given(call, tuple(positional), keywords, evaluator.place(call))

    def _argument(self, argument: ast.expr, environment: Environment, before: list[Value]) -> Value:
        """A lambda beside an entity (``with_loader_criteria``) is called with that entity."""
        if isinstance(argument, ast.Lambda) and before and isinstance(before[0], Entity):
            inner = Environment({}, environment.objects, True, environment)
            for parameter in argument.args.args:
                inner.names[parameter.arg] = before[0]
            return self._evaluator.value(argument.body, inner)
        return self._evaluator.value(argument, environment)

    def _called(self, target: Value, given: Given, environment: Environment) -> Value:
        match target:
            case Named(name=name):
                return self._named(name, given, environment)
            case Entity(model=model) if model:
                return self._constructed(model, given, environment)
            case Method(owner=owner, name=name):
                return self._method(owner, name, given, environment)
            case SessionMaker():
                return Session()
            case Session():
                return target
            case Instance(type=type_):
                return self._returned(f"{type_}.__call__", given, environment)
            case Closure():
                self._sending.handed_over(given, environment, None)
                return UNKNOWN
        return self._unknown(given, environment)

    def _named(self, name: str, given: Given, environment: Environment) -> Value:
        last = name.rpartition(".")[2]
        if name.startswith(_SQLALCHEMY):
            return self._sqlalchemy(name, last, given)
        if name.startswith("builtins.") or name in CASTS:
            return builtin(name, given)
        if last == "gather" and name.startswith(("asyncio.", "anyio.")):
            return Collection(given.positional)
        if last == "deepcopy" and given.positional:
            return given.positional[0]
        symbol = self._words.symbol(name)
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            return self._returned(name, given, environment)
        if symbol is not None and isinstance(symbol.definition, ClassSummary):
            return self._words.of_class(name, symbol.module.name, given.place)
        return self._unknown(given, environment)

    def _sqlalchemy(self, name: str, last: str, given: Given) -> Value:
        if last in _MAKERS:
            return SessionMaker()
        if last in _SESSIONS:
            return Session(_SESSIONS[last])
        if name.startswith(("sqlalchemy.func.", "sqlalchemy.sql.func.")):
            return self._evaluator.queries.function("func", given)
        if last == "with_parent" and len(given.positional) >= 1:
            return Condition(UNDERSTOOD_BY_NOBODY)
        return self._evaluator.queries.function(last, given)

    def _constructed(self, model: str, given: Given, environment: Environment) -> Value:
        """A new object is the tenant's when it is made with the tenant's id."""
        if model in self._words.tenancy.tenant_models:
            return Object(model, given.place)
        owned = None
        for name, value in given.keywords:
            if self._words.tenancy.is_tenant_column(model, name) or (
                self._words.tenancy.refers_to(model, name)
            ):
                owned = owned or is_owned(value, environment, self._words.tenancy) or None
        environment.objects[given.place] = ObjectState(owned)
        return Object(model, given.place)

    def _method(self, owner: Value, name: str, given: Given, environment: Environment) -> Value:
        evaluator = self._evaluator
        match owner:
            case Session():
                return self._sending.session(owner, name, given, environment)
            case SessionMaker():
                return Session()
            case Query():
                if owner.sends and name in self._sending.TERMINALS:
                    return self._sending.legacy(owner, name, given, environment)
                return evaluator.queries.method(owner, name, given, environment)
            case Result():
                return self._sending.fetched(owner, name)
            case Column() | Sql() | Path():
                return column_method(owner, name, given, environment, evaluator)
            case Condition():
                return owner if name in ("self_group", "label") else Condition(UNDERSTOOD_BY_NOBODY)
            case Collection():
                return collection_method(owner, name, given, environment)
            case Record():
                return record_method(owner, name, given)
            case Access():
                return self._access(name, given, environment)
            case Raw() | Request():
                return self._of_client(owner, given, environment)
            case Instance(type=type_):
                return self._returned(f"{type_}.{name}", given, environment)
            case Entity(model=model) if model:
                if name == "in_":
                    return Condition(UNDERSTOOD_BY_NOBODY)
                return self._returned(f"{model}.{name}", given, environment)
            case Object(model=model):
                return self._returned(f"{model}.{name}", given, environment)
        if name in self._sending.METHODS and any(isinstance(v, Query) for v in given.positional):
            return self._sending.session(Session(), name, given, environment)
        return self._unknown(given, environment)

    def _of_client(self, owner: Value, given: Given, environment: Environment) -> Value:
        """A method of a parameter: of a session that nothing annotates, or of raw data."""
        name = given.call.func.attr if isinstance(given.call.func, ast.Attribute) else ""
        if name in self._sending.METHODS and any(isinstance(v, Query) for v in given.positional):
            return self._sending.session(Session(), name, given, environment)
        self._sending.handed_over(given, environment, None)
        if isinstance(owner, Request):
            return Raw(client=True) if name in ("json", "body", "form", "stream") else UNKNOWN
        assert isinstance(owner, Raw)
        values = (*given.positional, *(value for _, value in given.keywords))
        plain = all(isinstance(value, Raw | Constant | Record | Collection) for value in values)
        return Raw(owner.client) if plain else UNKNOWN

    def _access(self, name: str, given: Given, environment: Environment) -> Value:
        """A getter gives what is the tenant's; asking it for an object's key checks the object."""
        for value in (*given.positional, *(v for _, v in given.keywords)):
            if isinstance(value, Field | Object):
                self._evaluator.checks.own(value.place, environment)
        return self._returned(f"{self._words.access}.{name}", given, environment, tenant=True)

    def _returned(
        self, name: str, given: Given, environment: Environment, *, tenant: bool = False
    ) -> Value:
        """Return what a function of the service gives, by its annotation or that of its helper."""
        symbol = self._words.symbol(name)
        definition = symbol.definition if symbol is not None else None
        if symbol is None or not isinstance(definition, FunctionSummary):
            return self._unknown(given, environment)
        near = symbol.module.name
        self._sending.handed_over(given, environment, definition)
        values = (*given.positional, *(value for _, value in given.keywords))
        tenant = tenant or any(isinstance(v, TenantId | Tenant | Access) for v in values)
        environment.objects[given.place] = ObjectState(owned=True if tenant else None)
        found = self._words.of_type(definition.returns, near, given.place)
        if tenant and found == UNKNOWN:
            found = self._by_getter(name, given.place)
        if isinstance(found, Query):
            return self._passed_on(found, definition, values)
        return UNKNOWN if isinstance(found, Raw) else found

    def _by_getter(self, name: str, place: int) -> Value:
        """An unannotated getter returns what its helper does."""
        found = access(self._words.project)
        getter = found.getters.get(name.rpartition(".")[2]) if found is not None else None
        if found is None or getter is None or not name.startswith(found.name):
            return UNKNOWN
        value = Object(getter.model, place)
        return Collection((value,), open=True) if getter.many else value

    @staticmethod
    def _passed_on(found: Query, definition: FunctionSummary, values: tuple[Value, ...]) -> Query:
        """A helper that takes a query and gives one may have added any condition to it."""
        handed = next((value for value in values if isinstance(value, Query)), None)
        if handed is not None:
            return replace(handed.having(UNDERSTOOD_BY_NOBODY), sends=False)
        return found

    def _unknown(self, given: Given, environment: Environment) -> Value:
        self._sending.handed_over(given, environment, None)
        values = [*given.positional, *(value for _, value in given.keywords)]
        queries = [value for value in values if isinstance(value, Query)]
        if queries:
            return queries[0].having(UNDERSTOOD_BY_NOBODY)
        return tainted(values) if values else UNKNOWN
