"""Comparisons of columns that are no key of the tenant's, and may tie a row to it all the same.

Of each nobody can say from the code alone that it does, nor that it does not, so that nothing is
reported of what they tie.
"""

from __future__ import annotations

import re

from turnstay_lint.project.dataflow.environment import Environment, is_owned
from turnstay_lint.project.dataflow.facts import NOTHING, Facts, possible
from turnstay_lint.project.dataflow.values import (
    Column,
    Constant,
    Entity,
    Field,
    Method,
    Raw,
    Unknown,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.models.columns import OrmColumn
from turnstay_lint.project.roles import may_be_tenant
from turnstay_lint.source.patterns import regex

_UNIQUE = regex(
    r"(^|_)(id|uuid|guid|slug|reference|identifier|number|key|name|username|email|handle|code"
    r"|domain|subdomain)$"
)
_ONE_TENANTS = regex(r"(^|_)(username|user_name|email|slug|handle|subdomain)$")
"""Columns that no two tenants share, though nothing may declare it."""
_SECRET = regex(
    r"token|secret|hash|api_?key|password|csrf|nonce|invit|(^|_)cookie$"
    r"|(oauth|auth)_?state|code_verifier|device_code|user_code",
    re.IGNORECASE,
)
_OF_A_SECRET = regex(r"(^|_)(key_id|key_prefix|jti)$")
_CREDENTIAL = regex(r"(Key|Token|Credential)$")
_NUMBER = regex(r"(^|_)(id|uuid|guid|rowid|pk)$")
_ONE_TIME = regex(r"(Authorization|Device|Session|Login|Verification)Code$|OTP$")
_HANDSHAKE = regex(r"oauth|oidc|saml|sso", re.IGNORECASE)
_SHARED = regex(r"^(is_)?(global|public|shared|built_?in|universal|system)$")
_PERSON = regex(r"^(user|member|person|principal|identity|employee|actor|owner)(_(id|uuid))?$")


class Evidence:
    """Weighs comparisons with the models and the tenancy of one service."""

    def __init__(self, words: Vocabulary) -> None:
        """Weigh with the words of a service."""
        self._words = words
        self._tenancy = words.tenancy

    def of(self, column: Column, value: Value, environment: Environment) -> Facts:
        """Return what ``column == value`` may say where the column is no key of the tenant's."""
        key = column.entity.key
        if (
            _is_secret(column)
            or self._is_shared(column, value)
            or self._is_natural_key(column, value, environment)
            or self._is_of_the_tenants_own(column, value, environment)
        ):
            return possible(key)
        if self._is_client(value):
            return NOTHING
        if _is_part_of_secret(column) or self.is_wider(column):
            return possible(key)
        if column.entity.model in self._tenancy.tenant_models:
            return self._of_tenant(column, value, environment)
        return self.of_membership(column, value)

    def of_membership(self, column: Column, value: Value) -> Facts:
        """Whose memberships these are only the caller knows; they tell which tenants are his."""
        if self._is_client(value) or not _PERSON.match(column.name):
            return NOTHING
        if not self._is_membership(column.entity.model):
            return NOTHING
        return Facts(named=frozenset({column.entity.key}))

    @staticmethod
    def _is_client(value: Value) -> bool:
        return isinstance(value, Raw) and value.client

    def _of_tenant(self, column: Column, value: Value, environment: Environment) -> Facts:
        """The tenant itself is found by a name of its own, or by whose it is."""
        key = column.entity.key
        if isinstance(value, Constant):
            fixed = isinstance(value.value, str) and _UNIQUE.search(column.name) is not None
            return possible(key) if fixed else NOTHING
        if isinstance(value, Unknown | Method) or _PERSON.match(column.name):
            return possible(key)
        if self.is_unique(column):
            return possible(key)
        if isinstance(value, Field) and is_owned(value, environment, self._tenancy) is not False:
            return possible(key)
        if column.name == self._words.settings.tenant_column or _UNIQUE.search(column.name):
            return possible(key)
        return Facts(named=frozenset({key}))

    def is_unique(self, column: Column) -> bool:
        """Tell whether a column names one row of its model, though it is no key."""
        declared = self._declared(column.entity.model, column.name)
        if declared is not None and (declared.primary_key or declared.foreign_keys):
            return False
        unique = declared is not None and declared.unique
        return unique or _ONE_TENANTS.search(column.name) is not None

    def _is_membership(self, model: str) -> bool:
        """Tell whether rows of a model tie somebody to the tenant itself."""
        ownership = self._tenancy.ownership(model)
        return ownership is not None and not ownership.steps and not ownership.is_tenant

    @staticmethod
    def _is_shared(column: Column, value: Value) -> bool:
        return value == Constant(True) and _SHARED.match(column.name) is not None

    def is_shared(self, column: Column) -> bool:
        """Tell whether a column of truth values says that a row is everybody's."""
        return _SHARED.match(column.name) is not None

    def is_secret_key(self, column: Column) -> bool:
        """Tell whether rows are kept under what nobody can guess: a token, or its hash."""
        declared = self._declared(column.entity.model, column.name)
        if declared is None or declared.foreign_keys or _NUMBER.search(column.name):
            return False
        return _is_secret(column)

    def is_only_key(self, column: Column) -> bool:
        """Tell whether a column is all of its model's primary key."""
        known = self._words.models.classes.get(column.entity.model)
        return known is not None and known.primary_key == (column.name,)

    def keeps_secrets(self, model: str) -> bool:
        """Tell whether rows of a model may be looked up by what nobody can guess."""
        known = self._words.models.classes.get(model)
        entity = Entity(model, model)
        return known is None or any(_is_secret(Column(entity, name)) for name in known.columns)

    def is_wider(self, column: Column) -> bool:
        """A tenant may lie within another one: what is asked for all of that is meant so."""
        target = self._tenancy.refers_to(column.entity.model, column.name)
        if not target or target in self._tenancy.owned or not may_be_tenant(target):
            return False
        return any(
            referred == target
            for tenant in self._tenancy.tenant_models
            for _, referred in self._tenancy.references(tenant)
        )

    def keeps_keys(self, value: Field) -> bool:
        """A plain column of an object may hold keys of others: ``group.agent_ids``, as JSON."""
        column = self._declared(value.model, value.column)
        return column is not None and not (column.foreign_keys or column.primary_key)

    def is_optional(self, column: Column) -> bool:
        """Tell whether the tenant may be missing, so that a row is shared or nobody's."""
        declared = self._declared(column.entity.model, column.name)
        return declared is not None and declared.nullable is not False and not declared.primary_key

    def _declared(self, model: str, column: str) -> OrmColumn | None:
        known = self._words.models.classes.get(model)
        return known.columns.get(column) if known is not None else None

    def _is_natural_key(self, column: Column, value: Value, environment: Environment) -> bool:
        """A column compared with the same one of an object that is the tenant's may be unique."""
        if not isinstance(value, Field) or value.column != column.name:
            return False
        unique = value.model in self._tenancy.tenant_models or _UNIQUE.search(value.column)
        if not unique or value.model != column.entity.model:
            return False
        if self._tenancy.refers_to(value.model, value.column):
            return False
        return bool(is_owned(value, environment, self._tenancy))

    def _is_of_the_tenants_own(
        self, column: Column, value: Value, environment: Environment
    ) -> bool:
        """``M.user_id == user.id`` for the user that asks, though users belong to no tenant."""
        if not isinstance(value, Field):
            return False
        if self._tenancy.refers_to(column.entity.model, column.name) != value.model:
            return False
        return bool(value.model and is_owned(value, environment, self._tenancy))


def _is_part_of_secret(column: Column) -> bool:
    """An access key is looked up by the part of it that may be shown, and verified by the rest."""
    model = column.entity.model.rpartition(".")[2]
    return _OF_A_SECRET.search(column.name) is not None and _CREDENTIAL.search(model) is not None


def _is_secret(column: Column) -> bool:
    """What nobody can guess is known to its owner alone; a ``state`` is in a handshake only."""
    model = column.entity.model.rpartition(".")[2]
    handshake = column.name == "state" and _HANDSHAKE.search(model) is not None
    once = column.name == "code" and _ONE_TIME.search(model) is not None
    return handshake or once or _SECRET.search(column.name) is not None
