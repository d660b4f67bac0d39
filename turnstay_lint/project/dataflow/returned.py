"""What functions of the service give: by their annotation, by their helper, by what they are told.

A function that is told the tenant gives what is the tenant's; one that picks a tenant by what
somebody sent gives one of which nothing is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.built import built
from turnstay_lint.project.dataflow.environment import Environment, ObjectState
from turnstay_lint.project.dataflow.facts import UNDERSTOOD_BY_NOBODY
from turnstay_lint.project.dataflow.naming import dotted_name, tainted
from turnstay_lint.project.dataflow.sending import Sending
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Access,
    Collection,
    Entity,
    Field,
    Object,
    Query,
    Raw,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.models.access import access
from turnstay_lint.project.schemas.decoders import decoders
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_QUERIES = regex(r"query|select|stmt|statement")


class Returned:
    """Says what calls of functions give, for an evaluator."""

    def __init__(self, evaluator: Evaluator, sending: Sending) -> None:
        """Say it for an evaluator; queries that are handed over are sent."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._sending = sending
        self._decoders = decoders(evaluator.words.project)

    def by_access(self, name: str, given: Given, environment: Environment) -> Value:
        """A getter gives what is the tenant's; asking it for an object's key checks the object."""
        for value in (*given.positional, *(v for _, v in given.keywords)):
            if isinstance(value, Field | Object):
                self._evaluator.checks.own(value.place, environment)
        found = access(self._words.project)
        getter = found.getters.get(name) if found is not None else None
        for value in (*given.positional, *(v for _, v in given.keywords)):
            self._evaluator.asking.about(value, getter.model if getter is not None else "")
        return self.by(f"{self._words.access}.{name}", given, environment, tenant=True)

    def by(
        self,
        name: str,
        given: Given,
        environment: Environment,
        *,
        tenant: bool = False,
        receiver: Value | None = None,
    ) -> Value:
        """Return what a function of the service gives, by its annotation or that of its helper.

        ``receiver`` is what a method is called on.
        """
        symbol = self._words.symbol(name)
        definition = symbol.definition if symbol is not None else None
        if symbol is None or not isinstance(definition, FunctionSummary):
            return self.unknown(given, environment)
        near = symbol.module.name
        if not tenant:
            plain = not definition.is_async and "." not in definition.name
            self._evaluator.asking.taken(given, only_if_told=plain)
        query = built(symbol, given, receiver, environment, self._evaluator)
        if query is not None:
            self._evaluator.handing_on.called(symbol, given, query, environment)
            return query
        self._sending.handed_over(given, environment, definition)
        values = (*given.positional, *(value for _, value in given.keywords))
        tenant = tenant or any(isinstance(v, TenantId | Tenant | Access) for v in values)
        environment.objects[given.place] = ObjectState(owned=True if tenant else None)
        self._evaluator.tracker.called(symbol.name, given, environment)
        found = self._words.of_type(definition.returns, near, given.place)
        self._evaluator.handing_on.called(symbol, given, found, environment)
        if tenant and found == UNKNOWN:
            found = self._by_getter(name, given.place)
        if isinstance(found, Query):
            return self._passed_on(found, definition, values)
        if isinstance(found, Tenant) and any(isinstance(value, Raw) for value in values):
            return self._picked(definition, near, given.place)
        if found in (UNKNOWN, Raw()) and self._decoders.decodes(symbol.name):
            return tainted([*values])
        if found == UNKNOWN:
            return query_by(given, values) or UNKNOWN
        return UNKNOWN if isinstance(found, Raw) else found

    def _picked(self, definition: FunctionSummary, near: str, place: int) -> Value:
        """A tenant that somebody's id or name picks need not be the one that the code runs for."""
        for member in definition.returns.members:
            model = self._words.orm(member.name, near)
            if model is not None:
                return Object(model.name, place)
        return UNKNOWN

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
            return replace(handed.handed_on(), sends=False)
        return found

    def unknown(
        self, given: Given, environment: Environment, *, only_if_told: bool = False
    ) -> Value:
        """Return what a call gives of which nothing is known but its arguments."""
        self._evaluator.asking.taken(given, only_if_told=only_if_told)
        self._evaluator.tracker.handed_over(given, environment)
        self._sending.handed_over(given, environment, None)
        values = [*given.positional, *(value for _, value in given.keywords)]
        queries = [value for value in values if isinstance(value, Query)]
        if queries:
            return queries[0].handed_on()
        made = query_by(given, values)
        if made is not None:
            return made
        return tainted(values) if values else UNKNOWN


def query_by(given: Given, values: Iterable[Value]) -> Query | None:
    """Return what ``self._get_query(session, Account)`` gives: conditions that nobody sees."""
    entities = tuple(value for value in values if isinstance(value, Entity) and value.model)
    if len(entities) != 1 or not _QUERIES.search(called_name(given.call)):
        return None
    return Query("select", entities, entities, entities, UNDERSTOOD_BY_NOBODY, sends=True)


def called_name(call: ast.Call) -> str:
    """Return the last part of what is called, empty where it has no name."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted_name(call.func)
