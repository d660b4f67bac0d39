"""What an attribute of a value is: a column, a relationship, a method, a part of the request."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from turnstay_lint.project.dataflow import client_values
from turnstay_lint.project.dataflow.environment import Environment, ObjectState
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Access,
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
from turnstay_lint.project.models.concurrency import names_asynchronous_sessions
from turnstay_lint.project.redeclaring import redeclared
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary
from turnstay_lint.project.summaries.values import Name
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_SENT_BY_CLIENT = frozenset({"query_params", "path_params", "body", "json", "form", "url"})
_BESIDE_THE_BODY = frozenset({"headers", "cookies"})
_SESSION_NAMES = frozenset({"session", "db", "db_session", "async_session"})
_PAYLOAD = regex(
    r"(^|_)(args|body|data|dto|form|in|input|json|kwargs|params|patch|payload|query|req|request"
    r"|schema|spec|update|values)$"
)
"""What is called so is what somebody sent, and no row."""
OWN = 1
"""The place of what belongs to the tenant because it was reached from the tenant."""


class Attributes:
    """Reads attributes with the models and words of a service."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Read for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words

    def value(self, attribute: ast.Attribute, environment: Environment) -> Value:
        """Return the value of an attribute expression."""
        dotted = dotted_name(attribute)
        if dotted:
            known = environment.get(dotted)
            if known is not None:
                return known
        awaited = self._awaited(attribute, environment)
        if awaited is not None:
            return awaited
        base = self._evaluator.value(attribute.value, environment)
        if isinstance(base, Object):
            self._evaluator.tracker.read(base, attribute, environment)
        return self.of(base, attribute.attr, attribute, environment)

    def _awaited(self, attribute: ast.Attribute, environment: Environment) -> Value | None:
        """``await account.awaitable_attrs.company`` loads, and gives, the company."""
        inner = attribute.value
        if not isinstance(inner, ast.Attribute) or inner.attr != "awaitable_attrs":
            return None
        base = self._evaluator.value(inner.value, environment)
        if not isinstance(base, Object):
            return None
        self._evaluator.tracker.load(base, environment, attribute.attr)
        return self.of(base, attribute.attr, attribute, environment)

    def of(self, base: Value, name: str, node: ast.AST, environment: Environment) -> Value:
        """Return an attribute of a value."""
        match base:
            case Named(name=dotted):
                near = self._evaluator.module
                return self._evaluator.globals.named(f"{dotted}.{name}", near, 0)
            case Entity():
                return self._of_entity(base, name)
            case Object():
                return self._of_object(base, name)
            case Tenant():
                return self._of_tenant(name, environment)
            case Access():
                return self._of_access(name)
            case Request():
                return self._of_request(base, name)
            case Instance():
                return self._of_instance(base, name, node)
            case Raw():
                if not base.client and name == self._words.settings.tenant_column and base.schema:
                    return TenantId()
                if name == "id" and self._may_be_row(base, node):
                    return UNKNOWN
                return client_values.attribute(base, name, self._words)
            case Collection(items=items):
                # A row has its columns as attributes.
                row = (item for item in items if isinstance(item, Field) and item.column == name)
                return next(row, Method(base, name))
            case Query() if name in ("c", "columns", "selected_columns", "exported_columns"):
                return Entity("", f"@{self._evaluator.place(node)}", base)
            case (
                Query() | Session() | SessionMaker() | Result() | Column() | Path() | Sql()
                | Record() | Condition() | Field() | Constant() | TenantId()
            ):  # fmt: skip
                return Method(base, name)
        return self._by_name(name)

    @staticmethod
    def _may_be_row(base: Raw, node: ast.AST) -> bool:
        """``node.id``, ``node.current.id``: what is handed in without a type may be a row."""
        if base.client or base.schema or not isinstance(node, ast.Attribute):
            return False
        dotted = dotted_name(node.value)
        return bool(dotted) and not _PAYLOAD.search(dotted)

    def _by_name(self, name: str) -> Value:
        """``anything.company_id`` is called so because it is the tenant's."""
        if name == self._words.settings.tenant_column:
            return TenantId()
        return Tenant() if name == self._words.tenant_name else UNKNOWN

    def _of_entity(self, entity: Entity, name: str) -> Value:
        model = self._words.models.classes.get(entity.model)
        if name in ("c", "columns", "__table__", "__mapper__") and not (
            model is not None and name in model.columns
        ):
            return entity
        if model is None:
            return self._of_subquery(entity, name)
        if name in model.columns or name in model.relationships:
            return Column(entity, name)
        if name == "query":
            return Query("select", (entity,), (entity,), (entity,), sends=True)
        if self._method(model.name, name) is not None:
            return Method(entity, name)
        return Column(entity, name)

    @staticmethod
    def _of_subquery(entity: Entity, name: str) -> Value:
        """A column of a subquery is that of the entity inside, seen from outside."""
        return Column(entity, name)

    def _of_object(self, owner: Object, name: str) -> Value:
        model_name, place = owner.model, owner.place
        model = self._words.models.classes.get(model_name)
        if model is None:
            return UNKNOWN
        relationship = model.relationships.get(name)
        if relationship is not None:
            if relationship.target not in self._words.models.classes:
                return UNKNOWN
            related = Object(relationship.target, place, (*owner.path, name))
            return Collection((related,), open=True) if relationship.many else related
        if name not in model.columns and self._method(model_name, name) is not None:
            return Method(owner, name)
        return Field(model_name, name, place)

    def _of_tenant(self, name: str, environment: Environment) -> Value:
        for model_name in self._words.tenancy.tenant_models:
            model = self._words.models.classes[model_name]
            if name in model.primary_key:
                return TenantId()
            environment.objects.setdefault(OWN, ObjectState(owned=True))
            return self._of_object(Object(model_name, OWN), name)
        return TenantId() if name == "id" else UNKNOWN

    def _of_access(self, name: str) -> Value:
        named = self._by_name(name)
        if named != UNKNOWN:
            return named
        if name in _SESSION_NAMES:
            return Session(asynchronous=True)
        return Method(Access(), name)

    def _of_request(self, request: Request, name: str) -> Value:
        if name in ("state", "scope", "app"):
            return Request(name)
        if name == self._words.tenant_name:
            return Tenant()
        if request.part == "state" and name in _SESSION_NAMES:
            # Any middleware may have put it there; the handbook's is asynchronous.
            known = names_asynchronous_sessions(self._words.project)
            return Session(asynchronous=True if known else None)
        if not request.part and name in _SENT_BY_CLIENT:
            return Raw(client=True)
        if not request.part and name in _BESIDE_THE_BODY:
            return Raw()
        return self._by_name(name)

    def _of_instance(self, instance: Instance, name: str, node: ast.AST) -> Value:
        if instance.type.startswith("flask_sqlalchemy."):
            if name == "session":
                return Session(asynchronous=False)
            return Named(f"sqlalchemy.{name}")
        project = self._words.project
        for ancestor in project.ancestors(instance.type):
            symbol = project.find(ancestor)
            if symbol is None or not isinstance(symbol.definition, ClassSummary):
                continue
            declared = symbol.definition.attribute(name)
            if declared is not None and declared.type is not None:
                place = self._evaluator.place(f"{ancestor}.{name}")
                found = self._words.of_type(declared.type, symbol.module.name, place)
                return found if found != UNKNOWN else self._by_name(name)
            if declared is not None and isinstance(declared.value, Name):
                entity = self._evaluator.globals.named(declared.value.name, symbol.module.name, 0)
                if isinstance(entity, Entity):
                    return UNKNOWN if redeclared(project, instance.type, name) else entity
            if name in symbol.definition.methods:
                return self._member(symbol.name, name, instance)
        return self._by_name(name)

    def _member(self, owner: str, name: str, instance: Instance) -> Value:
        method = self._method(owner, name)
        if method is not None and any("property" in str(d) for d in method.decorators):
            near = owner.rpartition(".")[0]
            place = self._evaluator.place(f"{owner}.{name}")
            return self._words.of_type(method.returns, near, place)
        return Method(instance, name)

    def _method(self, owner: str, name: str) -> FunctionSummary | None:
        symbol = self._words.symbol(f"{owner}.{name}")
        definition = symbol.definition if symbol is not None else None
        return definition if isinstance(definition, FunctionSummary) else None
