"""Foreign keys that are stored: which column of which model, from which of the client's values.

A constructor, ``values(...)`` of an update or insert, an attribute that is assigned, and
``setattr`` in the loop over a schema's fields (handbook 4, Patch Request Pattern).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import TenantName, tenant_names
from turnstay_lint.project.dataflow.patch_loops import set_fields
from turnstay_lint.project.dataflow.values import (
    Constant,
    Entity,
    Object,
    Query,
    Raw,
    Record,
    Value,
)
from turnstay_lint.project.schemas import field_types
from turnstay_lint.source.scopes import Scope

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator


class Written(Struct, frozen=True):
    """A foreign key ``column`` to ``target`` that gets the value ``origin`` of the client.

    ``client`` says that it is certain that a client chose it; ``expression`` is what is written
    for it, None where it comes with a dict. ``set_only`` says that it may have been left out.
    """

    column: str
    target: str
    origin: str
    client: bool
    expression: ast.expr | None = None
    set_only: bool = False


class Stored(Struct, frozen=True):
    """Foreign keys of ``model`` that are stored at one place, in ``scope``, unverified."""

    at: ast.expr
    scope: Scope
    model: str
    written: tuple[Written, ...]
    tenants: tuple[TenantName, ...] = ()


class Storing:
    """Records what is stored, for one function."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Record for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._stored: dict[int, Stored] = {}

    @property
    def unverified(self) -> Iterator[Stored]:
        """Yield what is stored without anybody having asked, in the order of the text."""
        asking = self._evaluator.asking
        for stored in sorted(self._stored.values(), key=lambda s: (s.at.lineno, s.at.col_offset)):
            left = [w for w in stored.written if not asking.covers(w.origin, w.target)]
            if left:
                yield Stored(stored.at, stored.scope, stored.model, tuple(left), stored.tenants)

    def constructed(self, model: str, given: Given, environment: Environment) -> None:
        """``Booking(account_id=..., **request_data.model_dump())``."""
        self._keywords(model, given, environment)

    def made_of(self, model: str, given: Given, environment: Environment) -> None:
        """``Booking.model_validate(request_data)``, as SQLModel has it."""
        found = [w for value in given.positional[:1] for w in self._spread(model, value)]
        self._record(given.call, given.place, model, found, environment)

    def values(self, query: Query, given: Given, environment: Environment) -> None:
        """``update(Booking).values(account_id=...)``, by keywords or a dict."""
        first = query.columns[0] if query.columns else None
        if query.kind in ("update", "insert") and isinstance(first, Entity):
            self._keywords(first.model, given, environment)

    def assigned(self, target: ast.expr, value: Value, environment: Environment) -> None:
        """``booking.account_id = request_data.account_id``."""
        if not isinstance(target, ast.Attribute) or not isinstance(value, Raw):
            return
        owner = self._evaluator.value(target.value, environment)
        if isinstance(owner, Object):
            found = [*self._one(owner.model, target.attr, value, None)]
            self._record(target, self._evaluator.place(target), owner.model, found, environment)

    def set_by_name(self, given: Given, environment: Environment) -> None:
        """``setattr(booking, field, value)`` for the fields of a schema."""
        if len(given.positional) != 3:
            return
        owner, key, value = given.positional
        if not isinstance(owner, Object) or not isinstance(value, Raw):
            return
        found: list[Written] = []
        if isinstance(key, Constant) and isinstance(key.value, str):
            found += self._one(owner.model, key.value, value, given.call.args[2])
        elif value.part == "value" and not isinstance(key, Constant):
            passed = set_fields(self._evaluator.scope.node, given.call)
            if passed is not None:
                found += (w for w in self._spread(owner.model, value) if passed.holds(w.column))
        self._record(given.call, given.place, owner.model, found, environment)

    def _keywords(self, model: str, given: Given, environment: Environment) -> None:
        if not self._words.stores.of(model):
            return
        found: list[Written] = []
        for (name, value), keyword in zip(given.keywords, given.call.keywords, strict=True):
            if name == "**":
                found += self._spread(model, value)
            else:
                found += self._one(model, name, value, keyword.value)
        for value in given.positional:
            found += self._spread(model, value) if isinstance(value, Raw | Record) else ()
        named = {keyword.arg for keyword in given.call.keywords}
        found = [w for w in found if w.expression is not None or w.column not in named]
        self._record(given.call, given.place, model, found, environment)

    def _one(
        self, model: str, column: str, value: Value, expression: ast.expr | None
    ) -> Iterator[Written]:
        target = self._words.stores.of(model).get(column)
        if target and isinstance(value, Raw) and value.origin and not value.part:
            if value.dump is None and not value.schema:
                yield Written(column, target, value.origin, value.client, expression)

    def _spread(self, model: str, value: Value) -> Iterator[Written]:
        """What a dict, or a schema, brings along."""
        if isinstance(value, Record):
            for column, inner in value.items:
                yield from self._one(model, column, inner, None)
        elif isinstance(value, Raw) and value.schema and value.origin:
            fields = field_types(self._words.project, value.schema)
            for column, target in self._words.stores.of(model).items():
                if column in fields and (value.dump is None or value.dump.holds(column)):
                    origin = f"{value.origin}.{column}"
                    set_only = value.dump is not None and value.dump.set_only
                    yield Written(column, target, origin, value.client, set_only=set_only)

    def _record(
        self,
        at: ast.expr,
        place: int,
        model: str,
        written: list[Written],
        environment: Environment,
    ) -> None:
        if written:
            tenants = tenant_names(environment, self._words.settings.tenant_column)
            scope = self._evaluator.scope
            self._stored[place] = Stored(at, scope, model, tuple(written), tenants)
