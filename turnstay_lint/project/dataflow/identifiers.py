"""Ids that a function goes on with after what they identify was asked for, or its owner checked.

``account = await company_access.get_account(account_id)`` answers 404 for what is another
company's, so that ``account_id`` is from there on the id of an account of the company's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Access,
    Collection,
    Column,
    Condition,
    Field,
    Instance,
    Object,
    Path,
    Query,
    Raw,
    Record,
    Result,
    Session,
    SessionMaker,
    Sql,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.source.patterns import regex

_ID = regex(r"(^|_)(id|pk|key|uuid|guid|ident|identifier|slug)s?$")
_ASKS = regex(
    r"(^|_)(access|allow|assert|authori[sz]|belong|can_|check|confirm|enforce|ensure|exist|fetch"
    r"|find|forbid|get|guard|load|must|own|permi|protect|read|refuse|requir|resolve|restrict"
    r"|retriev|valid|verif)"
)
_TELLS = regex(
    r"^_*(add|audit|cache|create|delete|emit|insert|log|notify|print|publish|record|remove|save"
    r"|send|set|store|trace|track|update|write)_"
)
_NO_ASKERS = (
    Collection, Column, Condition, Path, Query, Record, Result, Session, SessionMaker, Sql
)  # fmt: skip


class Identifiers:
    """Sees who is asked for the thing of an id, and gives the id's name its new value."""

    def __init__(self, words: Vocabulary) -> None:
        """See with the words of a service."""
        self._words = words
        self._before: dict[int, Raw] = {}

    def before(self, value: Value) -> Value:
        """Return the id that was asked for, where a value is the key of what was found by it."""
        if not isinstance(value, Field) or value.column != self._primary_key(value.model):
            return value
        return self._before.get(value.place, value)

    def asked(
        self, name: str, owner: Value | None, given: Given, found: Value, environment: Environment
    ) -> dict[str, Raw] | None:
        """``validate_agent_exists(session, agent_id, actor)``: whoever knows the tenant may refuse.

        What the access object gives is certain; of the others only their names speak. Returns the
        variables of what was asked for, None where nobody was asked.
        """
        if not _may_ask(name) or isinstance(owner, _NO_ASKERS):
            return None
        values = (*given.positional, *(value for _, value in given.keywords))
        if not any(self._knows_tenant(value) for value in (owner, *values) if value is not None):
            return None
        ids = dict(_ids(given))
        seen: Value = UNKNOWN
        if isinstance(owner, Access) and isinstance(found, Object) and len(ids) == 1:
            seen = Field(found.model, self._primary_key(found.model), found.place)
            self._before.update((found.place, raw) for raw in ids.values())
        for variable in ids:
            environment.set(variable, seen)
        return ids

    def _primary_key(self, model: str) -> str:
        known = self._words.models.classes.get(model)
        return known.primary_key[0] if known is not None and known.primary_key else "id"

    def _knows_tenant(self, value: Value) -> bool:
        """The tenant, its id, its access object, and who has the tenant's id: a user, a context."""
        match value:
            case TenantId() | Tenant() | Access():
                return True
            case Instance(type=name) | Raw(client=False, schema=name) if name:
                return self._words.has_tenant(name)
            case Object(model=model):
                column = self._words.settings.tenant_column
                return self._words.tenancy.is_tenant_column(model, column)
        return False


@lru_cache(maxsize=4096)
def _may_ask(name: str) -> bool:
    return _ASKS.search(name) is not None and not _TELLS.match(name)


def _ids(given: Given) -> Iterator[tuple[str, Raw]]:
    """Yield the variables of unchecked ids among the arguments, with what they hold."""
    if len(given.positional) == len(given.call.args):
        for expression, value in zip(given.call.args, given.positional, strict=True):
            yield from _id(expression, value, "")
    for keyword in given.call.keywords:
        if keyword.arg is not None:
            yield from _id(keyword.value, given.keyword(keyword.arg), keyword.arg)


def _id(expression: ast.expr, value: Value | None, keyword: str) -> Iterator[tuple[str, Raw]]:
    plain = value
    if isinstance(value, Collection):
        plain = next((item for item in value.items if not isinstance(item, Raw)), Raw())
    variable = dotted_name(expression)
    if variable and isinstance(plain, Raw):
        if _ID.search(keyword) or _ID.search(variable.rpartition(".")[2]):
            yield variable, plain
