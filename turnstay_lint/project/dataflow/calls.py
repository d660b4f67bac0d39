"""Calls: of SQLAlchemy, of sessions and queries, of the service's functions and classes."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow import client_values
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
from turnstay_lint.project.dataflow.loader_options import option_method
from turnstay_lint.project.dataflow.reducing import REDUCE, reduced
from turnstay_lint.project.dataflow.returned import Returned, called_name, query_by
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
    Instance,
    LoaderOption,
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
    SomeColumn,
    Sql,
    Value,
)
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_SQLALCHEMY = ("sqlalchemy.", "sqlmodel.")
_MAKERS = frozenset(
    {"sessionmaker", "async_sessionmaker", "async_scoped_session", "scoped_session"}
)
_OF_TABLE = frozenset({"select", "update", "delete", "insert", "join", "outerjoin", "alias"})
_INSERTS = regex(r"insert|upsert")
_SESSIONS = {
    "AsyncSession": True,
    "Session": False,
    "async_object_session": True,
    "object_session": False,
}


@lru_cache(maxsize=4096)
def _inserts(name: str) -> bool:
    return _INSERTS.search(name) is not None


class Calls:
    """Evaluates calls for an evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Evaluate for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._sending = Sending(evaluator)
        self._returned = Returned(evaluator, self._sending)

    def value(self, call: ast.Call, environment: Environment) -> Value:
        """Return what a call gives, and record what it does."""
        evaluator = self._evaluator
        if isinstance(call.func, ast.Attribute):
            owner = evaluator.value(call.func.value, environment)
            name = call.func.attr
            given = self._given(call, environment, owner)
            if isinstance(owner, Named):
                if self._evaluator.tracker.validated(owner.name, name, given, environment):
                    return Instance(owner.name)
                target = evaluator.globals.named(f"{owner.name}.{name}", evaluator.module, 0)
                found = self._called(target, given, environment)
            else:
                found = self._method(owner, name, given, environment)
            asked = evaluator.identifiers.asked(name, owner, given, found, environment)
            if asked is not None:
                evaluator.asked_again.called(name, owner, asked, given, found, environment)
            evaluator.checked.called(name, owner, given, found, environment)
            return found
        target = evaluator.value(call.func, environment)
        given = self._given(call, environment, target)
        found = self._called(target, given, environment)
        if isinstance(call.func, ast.Name):
            name = call.func.id
            asked = evaluator.identifiers.asked(name, None, given, found, environment)
            if asked is not None:
                evaluator.asked_again.called(name, target, asked, given, found, environment)
            evaluator.checked.called(name, None, given, found, environment)
        return found

    def iterated(self, query: Query, at: ast.expr, environment: Environment) -> Value:
        """Return what iterating over a legacy Query gives, which sends it."""
        return self._sending.iterated(query, at, environment)

    def _given(self, call: ast.Call, environment: Environment, owner: Value) -> Given:
        evaluator = self._evaluator
        positional: list[Value] = []
        for argument in call.args:
            if type(argument) is ast.Lambda:
                positional.append(self._lambda(argument, environment, positional))
                continue
            value = evaluator.value(argument, environment)
            if type(argument) is not ast.Starred:
                positional.append(value)
            elif isinstance(value, Collection):
                positional.extend(value.items if value.items or not value.open else (UNKNOWN,))
            else:
                positional.append(UNKNOWN)
        keywords = tuple(
            [(k.arg or "**", evaluator.value(k.value, environment)) for k in call.keywords]
        )
        if _inserts(called_name(call)):
            self._inserted((*positional, *(value for _, value in keywords)))
        return Given(call, tuple(positional), keywords, evaluator.place(call))

    def _inserted(self, values: tuple[Value, ...]) -> None:
        for value in values:
            if isinstance(value, Entity) and value.model:
                self._evaluator.recorder.inserted.add(value.model)
                if value.model in self._words.tenancy.tenant_models:
                    self._evaluator.recorder.founded.add(value.model)

    def _lambda(self, argument: ast.Lambda, environment: Environment, before: list[Value]) -> Value:
        """A lambda beside an entity (``with_loader_criteria``) is called with that entity."""
        if before and isinstance(before[0], Entity):
            inner = environment.inner()
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
                return self._returned.by(f"{type_}.__call__", given, environment)
            case Closure():
                self._evaluator.asking.taken(given)
                self._sending.handed_over(given, environment, None)
                return UNKNOWN
        return self._returned.unknown(given, environment)

    def _named(self, name: str, given: Given, environment: Environment) -> Value:
        last = name.rpartition(".")[2]
        evaluator = self._evaluator
        if name.startswith(_SQLALCHEMY):
            return self._sqlalchemy(name, last, given)
        if name == "builtins.getattr":
            of_model = self._of_model(given, environment)
            found = of_model or client_values.by_name(given, self._words)
            if found is not None:
                return found
        if name in REDUCE:
            joined = reduced(given, environment, evaluator)
            if joined is not None:
                return joined
        if name == "builtins.setattr":
            evaluator.storing.set_by_name(given, environment)
        if name.startswith("builtins.") or name in CASTS:
            return builtin(name, given)
        if last == "gather" and name.startswith(("asyncio.", "anyio.")):
            return Collection(given.positional)
        if last == "deepcopy" and given.positional:
            return given.positional[0]
        symbol = self._words.symbol(name)
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            return self._returned.by(name, given, environment)
        if symbol is not None and isinstance(symbol.definition, ClassSummary):
            self._evaluator.asking.taken(given, only_if_told=True)
            self._evaluator.tracker.built(name, given, environment)
            return self._words.of_class(name, symbol.module.name, given.place)
        return self._returned.unknown(given, environment, only_if_told=True)

    def _of_model(self, given: Given, environment: Environment) -> Value | None:
        """``getattr(M, "company_id")`` is that column, ``getattr(M, field)`` any of them."""
        owner, key = given.positional[:2] if len(given.positional) > 1 else (None, None)
        if not isinstance(owner, Entity) or not owner.model:
            return None
        if isinstance(key, Constant) and isinstance(key.value, str):
            return self._evaluator.attribute(owner, key.value, given.call, environment)
        return SomeColumn(owner)

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
        found = self._made(model, given, environment)
        self._evaluator.storing.constructed(model, given, environment)
        return found

    def _made(self, model: str, given: Given, environment: Environment) -> Value:
        self._evaluator.tracker.constructed(model, given, environment)
        if model in self._words.tenancy.tenant_models:
            self._evaluator.recorder.founded.add(model)
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
                if name in ("values", "update"):
                    evaluator.storing.values(owner, given, environment)
                if owner.sends and name in self._sending.TERMINALS:
                    return self._sending.legacy(owner, name, given, environment)
                return evaluator.queries.method(owner, name, given, environment)
            case Result():
                return self._sending.fetched(owner, name, environment)
            case LoaderOption():
                return option_method(owner, name, given)
            case Column() | Sql() | Path():
                return column_method(owner, name, given, environment, evaluator)
            case Condition():
                return owner if name in ("self_group", "label") else Condition(UNDERSTOOD_BY_NOBODY)
            case Collection():
                return collection_method(owner, name, given, environment)
            case Record():
                return record_method(owner, name, given, environment)
            case Access():
                return self._returned.by_access(name, given, environment)
            case Raw() | Request():
                return self._of_client(owner, given, environment)
            case Instance(type=type_):
                method = f"{type_}.{name}"
                return self._returned.by(method, given, environment, receiver=owner)
            case Entity(model=model) if model:
                if name in _OF_TABLE and self._is_table(model, name):
                    of_table = replace(given, positional=(owner, *given.positional))
                    return evaluator.queries.function(name, of_table)
                if name == "in_":
                    return Condition(UNDERSTOOD_BY_NOBODY)
                if name == "model_validate":
                    found = self._made(model, given, environment)
                    evaluator.storing.made_of(model, given, environment)
                    return found
                method = f"{model}.{name}"
                return self._returned.by(method, given, environment, receiver=owner)
            case Object(model=model):
                return self._returned.by(f"{model}.{name}", given, environment)
        if name in self._sending.METHODS and any(isinstance(v, Query) for v in given.positional):
            return self._sending.session(Session(), name, given, environment)
        return self._returned.unknown(given, environment)

    def _is_table(self, model: str, name: str) -> bool:
        """A mapped class has no such method but one of its own; what has it is its table."""
        known = self._words.models.classes[model].is_table
        return known or self._words.symbol(f"{model}.{name}") is None

    def _of_client(self, owner: Value, given: Given, environment: Environment) -> Value:
        """A method of a parameter: of a session that nothing annotates, or of raw data."""
        name = given.call.func.attr if isinstance(given.call.func, ast.Attribute) else ""
        if name in self._sending.METHODS and any(isinstance(v, Query) for v in given.positional):
            return self._sending.session(Session(), name, given, environment)
        self._sending.handed_over(given, environment, None)
        if isinstance(owner, Raw):
            found = client_values.method(owner, name, given, environment)
            if found is not None:
                return found
        self._evaluator.asking.taken(given)
        if isinstance(owner, Request):
            return client_values.body(name, given)
        assert isinstance(owner, Raw)
        values = (*given.positional, *(value for _, value in given.keywords))
        plain = all(isinstance(value, Raw | Constant | Record | Collection) for value in values)
        return Raw(owner.client) if plain else query_by(given, values) or UNKNOWN
