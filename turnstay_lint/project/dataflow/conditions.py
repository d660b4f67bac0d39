"""What a comparison in a query says of whose the rows are."""

from __future__ import annotations

import ast

from msgspec.structs import replace

from turnstay_lint.project.dataflow.asking import Asking
from turnstay_lint.project.dataflow.client_values import is_clients_own
from turnstay_lint.project.dataflow.environment import Environment, is_owned, is_tenant_id
from turnstay_lint.project.dataflow.evidence import Evidence
from turnstay_lint.project.dataflow.facts import (
    NOTHING,
    UNDERSTOOD_BY_NOBODY,
    ClientTenant,
    Facts,
    Verdict,
    anchored,
    linked,
    possible,
    weaker,
)
from turnstay_lint.project.dataflow.judging import facts_of_rows, judge, reads_owned
from turnstay_lint.project.dataflow.keys import Keys
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.values import (
    CHECKED,
    NONE,
    Collection,
    Column,
    Condition,
    Constant,
    Entity,
    Field,
    Object,
    Query,
    Raw,
    Sql,
    Tenant,
    TenantId,
    Unknown,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary


class Conditions:
    """Reads comparisons with the models and the tenancy of one service."""

    def __init__(self, words: Vocabulary, asking: Asking) -> None:
        """Read with the words of a service; ``asking`` is told what is compared."""
        self._words = words
        self._asking = asking
        self._tenancy = words.tenancy
        self._evidence = Evidence(words)
        self._keys = Keys(words)

    def facts_of(self, value: Value) -> Facts:
        """Return what a value says as an argument of ``where``."""
        match value:
            case Condition(facts=facts):
                return facts
            case Collection(items=items, open=is_open):
                facts = UNDERSTOOD_BY_NOBODY if is_open and not items else NOTHING
                for item in items:
                    facts = facts.also(self.facts_of(item))
                return facts
            case Constant(value=constant):
                return UNDERSTOOD_BY_NOBODY if constant is ... else NOTHING
            case Column(entity=entity):
                shared = self._evidence.is_shared(value)
                return possible(entity.key) if shared else NOTHING
            case Sql(columns=columns):
                return self.mentioned(*columns)
            case Query(kind="exists") as query:
                return self.of_exists(query)
            case Query(kind="text", sql=sql):
                named = self._words.settings.tenant_column
                return UNDERSTOOD_BY_NOBODY if named in sql or not sql else NOTHING
        return UNDERSTOOD_BY_NOBODY

    def mentioned(self, *columns: Column) -> Facts:
        """A tenant column in an expression that is not understood may scope its entity."""
        keys = [
            column.entity.key
            for column in columns
            if self._keys.holds_tenant(column)
            and column.entity.model not in self._tenancy.tenant_models
        ]
        return possible(*keys) if keys else NOTHING

    def compared(self, column: Column, value: Value, *, same: bool) -> Facts:
        """Return that the tenant column is compared with a value, if it is; None is nobody's."""
        if value == NONE or isinstance(value, Column) or not self._keys.holds_tenant(column):
            return NOTHING
        return Facts(compared=frozenset({(column.entity.key, same)}))

    def of_exists(self, query: Query) -> Facts:
        """``exists()`` ties whatever of the outer query its own conditions are linked to."""
        facts = query.facts
        own = {entity.key for entity in query.entities}
        return Facts(
            anchored=facts.certain - own,
            partial=facts.sometimes - facts.certain - own,
            possible=facts.perhaps - facts.sometimes - own,
            client=facts.client,
        )

    def equal(
        self, column: Column, value: Value, environment: Environment, expression: ast.expr
    ) -> Facts:
        """Return what ``column == value`` says; ``expression`` is where the value is written."""
        entity = column.entity
        self._asking.about(value)
        if value == CHECKED:
            return possible(entity.key)
        if isinstance(value, Column):
            return self._columns(column, value)
        if isinstance(value, Query):
            return self._subquery(column, value)
        if isinstance(value, Collection):
            return self._all_equal(column, value, environment, expression)
        if entity.query is not None and not entity.model:
            return NOTHING
        if self._keys.is_relationship(column):
            return self._object(entity, value, environment)
        if value == Raw() and _is_named(expression, environment):
            if self._evidence.is_only_key(column):
                # ``M.id == DEFAULT_ID``: the one row that the code itself names is nobody's.
                return possible(entity.key)
        if self._keys.holds_tenant(column):
            if value == NONE and self._evidence.is_optional(column):
                # Rows of nobody's, which every tenant may see.
                return possible(entity.key)
            return self._tenant(entity, value, environment, expression)
        if self._keys.is_key(column):
            if self._evidence.is_secret_key(column):
                return possible(entity.key)
            facts = self._key(column, value, environment)
            facts = facts.also(self._evidence.of_membership(column, value))
            return facts.also(_asked(column, value, expression))
        return self._evidence.of(column, value, environment)

    def of_some_column(self, entity: Entity, value: Value) -> Facts:
        """What a client chose scopes nothing, whatever column it is compared with, but a secret."""
        if is_clients_own(value) and not self._evidence.keeps_secrets(entity.model):
            return NOTHING
        return UNDERSTOOD_BY_NOBODY

    def folded(
        self, column: Column, value: Value, environment: Environment, expression: ast.expr
    ) -> Facts:
        """Return what is said of the tenant's own name, in lower case or otherwise made alike."""
        if column.entity.model not in self._tenancy.tenant_models or self._keys.is_key(column):
            return NOTHING
        plain = Raw() if isinstance(value, Sql) and not value.columns else value
        return self.equal(column, plain, environment, expression)

    def _tenant(
        self, entity: Entity, value: Value, environment: Environment, expression: ast.expr
    ) -> Facts:
        """The tenant column itself is compared."""
        is_tenant_model = entity.model in self._tenancy.tenant_models
        if is_tenant_id(value, environment, self._tenancy) or isinstance(value, Tenant):
            return anchored(entity.key)
        match value:
            case Raw(client=True):
                if is_tenant_model:
                    return NOTHING
                return Facts(client=(ClientTenant(entity.key, expression),))
            case Raw(alias=True) if is_tenant_model:
                return possible(entity.key)
            case Raw() | Constant():
                if is_tenant_model or value == Constant(None):
                    return NOTHING
                return anchored(entity.key)
            case Field():
                owned = is_owned(value, environment, self._tenancy)
                if owned:
                    return anchored(entity.key)
                # Whose tenant it is was asked, or not, where that tenant was fetched.
                fetched = not is_tenant_model and value.model in self._tenancy.tenant_models
                return NOTHING if owned is False and not fetched else possible(entity.key)
            case Unknown():
                return possible(entity.key) if is_tenant_model else anchored(entity.key)
        return possible(entity.key)

    def _key(self, column: Column, value: Value, environment: Environment) -> Facts:
        """A primary or foreign key is compared: it ties if its value can only be the tenant's."""
        match value:
            case Raw() | Constant():
                return NOTHING
            case TenantId() | Tenant():
                return possible(column.entity.key)
            case Field():
                owned = is_owned(value, environment, self._tenancy)
                if owned is not False and self._evidence.keeps_keys(value):
                    return possible(column.entity.key)
                if not self._keys.is_owned_key(value.model, value.column):
                    return NOTHING
                if owned:
                    return anchored(column.entity.key)
                return NOTHING if owned is False else possible(column.entity.key)
        return possible(column.entity.key)

    def _object(self, entity: Entity, value: Value, environment: Environment) -> Facts:
        """``M.account == account`` compares a relationship with an object."""
        match value:
            case Tenant():
                return anchored(entity.key)
            case Object(model=model):
                if not self._tenancy.ownership(model):
                    return NOTHING
                owned = is_owned(value, environment, self._tenancy)
                if owned:
                    return anchored(entity.key)
                return NOTHING if owned is False else possible(entity.key)
            case Constant():
                return NOTHING
        return possible(entity.key)

    def _columns(self, one: Column, other: Column) -> Facts:
        """Two columns are compared: a key, or the tenant, ties their entities together."""
        if one.entity.key == other.entity.key:
            return NOTHING
        tenants = [self._keys.holds_tenant(column) for column in (one, other)]
        if not (all(tenants) or (self._keys.is_key(one) and self._keys.is_key(other))):
            return NOTHING
        facts = linked(one.entity.key, other.entity.key)
        for entity in (one.entity, other.entity):
            if entity.query is not None:
                facts = facts.also(facts_of_rows(entity, entity.query, self._tenancy))
        return facts

    def _subquery(self, column: Column, query: Query) -> Facts:
        """``M.account_id.in_(select(Account.id).where(...))`` is as scoped as the inner query."""
        if not (self._keys.is_key(column) or self._keys.holds_tenant(column)):
            return self.of_exists(query)
        verdict = judge(query, self._tenancy).verdict
        outer = self.of_exists(query)
        selected = [c for c in query.columns if isinstance(c, Column)]
        if verdict is Verdict.SCOPED and (reads_owned(query, self._tenancy) or not selected):
            return outer.also(anchored(column.entity.key))
        if verdict is Verdict.PARTIAL:
            return outer.also(Facts(partial=frozenset({column.entity.key})))
        memberships = column.entity.model in self._tenancy.tenant_models and query.facts.named
        if verdict is Verdict.UNKNOWN or memberships:
            return outer.also(possible(column.entity.key))
        if verdict is Verdict.FROM_REQUEST:
            client = tuple(
                ClientTenant(column.entity.key, c.expression) for c in query.facts.client
            )
            return outer.also(Facts(client=client))
        return outer

    def _all_equal(
        self, column: Column, values: Collection, environment: Environment, at: ast.expr
    ) -> Facts:
        """``.in_([...])`` says only what each of its values would."""
        if not values.items:
            return possible(column.entity.key) if values.open else NOTHING
        if column.entity.model in self._tenancy.tenant_models and not self._keys.is_key(column):
            # Several tenants at once, and not the one that the code runs for.
            raw = all(isinstance(item, Raw) for item in values.items)
            told = self._evidence.is_unique(column) or self._evidence.is_wider(column)
            if values.open and raw and not told:
                return Facts(named=frozenset({column.entity.key}))
        # Some of many ids may be the tenant's, so that none is checked by what is found.
        each = [
            replace(self.equal(column, item, environment, at), asked=frozenset())
            for item in values.items
        ]
        found = each[0]
        for facts in each[1:]:
            if facts.client:
                return facts
            found = found if found == facts else weaker(found, facts)
        if not self._keys.is_key(column):
            return found
        origins = {item.origin for item in values.items if isinstance(item, Raw)}
        asked = {(column.entity.key, column.name, o) for o in origins if o.endswith("[]")}
        return found.also(Facts(asked=frozenset(asked))) if asked else found


def _is_named(expression: ast.expr, environment: Environment) -> bool:
    """Tell whether an expression is a name of a module, and no variable of the function."""
    root = dotted_name(expression).partition(".")[0]
    return bool(root) and environment.get(root) is None


def _asked(column: Column, value: Value, expression: ast.expr) -> Facts:
    variable = dotted_name(expression)
    if not variable or not isinstance(value, Raw):
        return NOTHING
    return Facts(asked=frozenset({(column.entity.key, column.name, variable)}))
