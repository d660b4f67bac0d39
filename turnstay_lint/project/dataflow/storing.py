"""Columns that are stored: foreign keys, and the tenant's own, from which of the client's values.

A constructor, ``model_validate``, ``values(...)`` of an update or insert, an attribute that is
assigned, and ``setattr`` in the loop over a schema's fields (handbook 4, Patch Request Pattern).
What a column holds counts where the function ends: code that puts it right afterwards, or compares
the tenant of the object with its own, has seen to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment, StoredColumn
from turnstay_lint.project.dataflow.events import TenantName, tenant_names
from turnstay_lint.project.dataflow.patch_loops import set_fields
from turnstay_lint.project.dataflow.values import (
    Collection,
    Constant,
    Entity,
    Field,
    Object,
    Query,
    Raw,
    Record,
    Value,
)
from turnstay_lint.project.schemas.schemas import dumped_fields
from turnstay_lint.source.scopes import Scope

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator


class Written(Struct, frozen=True):
    """A ``column`` that gets the value ``origin`` of the client.

    ``target`` is the model that it refers to, empty for the column that says whose the row is.
    ``client`` says that it is certain that a client chose it; ``expression`` is what is written
    for it, None where it comes with a dict. ``set_only`` says that it may have been left out.
    ``at`` takes the client's value: the expression, what ``**`` spreads, what is validated, or
    the ``setattr`` of a loop. ``dump`` made the dict, ``schema`` is whose fields it holds.
    """

    column: str
    target: str
    origin: str
    client: bool
    at: ast.expr
    expression: ast.expr | None = None
    set_only: bool = False
    dump: ast.Call | None = None
    schema: str = ""


class Stored(Struct, frozen=True):
    """Columns of ``model`` that are stored at one place, in ``scope``, unverified.

    ``form`` says how: ``constructed``, ``validated``, ``values``, ``rows`` (several at once),
    ``assigned`` or ``loop``.
    """

    at: ast.expr
    scope: Scope
    model: str
    form: str
    written: tuple[Written, ...]
    tenants: tuple[TenantName, ...] = ()

    @property
    def foreign_keys(self) -> tuple[Written, ...]:
        """Return the columns that refer to what belongs to a tenant."""
        return tuple(written for written in self.written if written.target)

    @property
    def tenant_columns(self) -> tuple[Written, ...]:
        """Return the columns that say whose the row is."""
        return tuple(written for written in self.written if not written.target)


class Storing:
    """Records what is stored, for one function."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Record for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._stored: dict[int, Stored] = {}
        self._kept: set[StoredColumn] = set()

    @property
    def unverified(self) -> Iterator[Stored]:
        """Yield what is stored without anybody having asked, in the order of the text."""
        places = {id(stored): place for place, stored in self._stored.items()}
        for stored in sorted(self._stored.values(), key=lambda s: (s.at.lineno, s.at.col_offset)):
            left = [w for w in stored.written if self._stays(places[id(stored)], w)]
            if left:
                yield replace(stored, written=tuple(left))

    def _stays(self, place: int, written: Written) -> bool:
        if _stored_column(place, written) not in self._kept:
            return False
        asking = self._evaluator.asking
        return not written.target or not asking.covers(written.origin, written.target)

    def leave(self, environment: Environment) -> None:
        """Keep what objects hold where a function is left."""
        for state in environment.objects.values():
            if state.stored:
                self._kept |= state.stored

    def constructed(self, model: str, given: Given, environment: Environment) -> None:
        """``Booking(account_id=..., **request_data.model_dump())``."""
        found = self._keywords(model, given)
        self._record(given.call, given.place, model, "constructed", found, environment)
        self._hold(given.place, given.place, found, environment)

    def made_of(self, model: str, given: Given, environment: Environment) -> None:
        """``Booking.model_validate(request_data)``, as SQLModel has it."""
        said = given.keyword("update")
        if not given.positional or (said is not None and not _is_written_out(said)):
            return
        known = {name for name, _ in said.items} if isinstance(said, Record) else set()
        spread = self._spread(model, given.positional[0], given.call.args[0])
        found = [written for written in spread if written.column not in known]
        self._record(given.call, given.place, model, "validated", found, environment)
        self._hold(given.place, given.place, found, environment)

    def values(self, query: Query, given: Given, environment: Environment) -> None:
        """``update(Booking).values(account_id=...)``, by keywords or a dict."""
        first = query.columns[0] if query.columns else None
        if query.kind in ("update", "insert") and isinstance(first, Entity):
            found = self._keywords(first.model, given)
            several = any(isinstance(value, Collection) for value in given.positional)
            form = "rows" if several else "values"
            self._record(given.call, given.place, first.model, form, found, environment)
            self._kept |= {_stored_column(given.place, written) for written in found}

    def rows(self, query: Query, given: Given, environment: Environment) -> None:
        """``session.execute(insert(Booking), [...])``: the rows stand beside the statement."""
        first = query.columns[0] if query.columns else None
        if query.kind == "insert" and isinstance(first, Entity) and len(given.call.args) > 1:
            found = [*self._each(first.model, given.positional[1], given.call.args[1])]
            self._record(given.call, given.place, first.model, "rows", found, environment)
            self._kept |= {_stored_column(given.place, written) for written in found}

    def assigned(
        self,
        field: Field,
        target: ast.Attribute,
        expression: ast.expr,
        value: Value,
        environment: Environment,
    ) -> None:
        """``booking.account_id = request_data.account_id``; another value puts right what was."""
        self._settle(field, environment)
        found = [*self._one(field.model, field.column, value, expression)]
        place = self._evaluator.place(target)
        self._record(target, place, field.model, "assigned", found, environment)
        self._hold(field.place, place, found, environment)

    def set_by_name(self, given: Given, environment: Environment) -> None:
        """``setattr(booking, field, value)`` for the fields of a schema."""
        if len(given.positional) != 3:
            return
        owner, key, value = given.positional
        if not isinstance(owner, Object):
            return
        found: list[Written] = []
        form = "loop"
        if isinstance(key, Constant) and isinstance(key.value, str):
            form = "assigned"
            self._settle(Field(owner.model, key.value, owner.place), environment)
            found += self._one(owner.model, key.value, value, given.call.args[2])
        elif isinstance(value, Raw) and value.part == "value" and not isinstance(key, Constant):
            passed = set_fields(self._evaluator.scope.node, given.call)
            if passed is not None:
                spread = self._spread(owner.model, value, given.call)
                found += (written for written in spread if passed.holds(written.column))
        self._record(given.call, given.place, owner.model, form, found, environment)
        self._hold(owner.place, given.place, found, environment)

    def _keywords(self, model: str, given: Given) -> list[Written]:
        found: list[Written] = []
        for (name, value), keyword in zip(given.keywords, given.call.keywords, strict=True):
            if name == "**":
                found += self._spread(model, value, keyword.value)
            else:
                found += self._one(model, name, value, keyword.value)
        if len(given.positional) == len(given.call.args):
            for value, argument in zip(given.positional, given.call.args, strict=True):
                found += self._each(model, value, argument)
        named = {keyword.arg for keyword in given.call.keywords}
        return [w for w in found if w.expression is not None or w.column not in named]

    def _one(
        self, model: str, column: str, value: Value, expression: ast.expr
    ) -> Iterator[Written]:
        """What is given to a column by its name."""
        value = self._evaluator.identifiers.before(value)
        if not isinstance(value, Raw) or value.part or value.dump is not None or value.schema:
            return
        target = self._words.stores.of(model).get(column, "")
        if (target and value.origin) or (value.client and self._is_the_tenants(model, column)):
            yield Written(column, target, value.origin, value.client, expression, expression)

    def _each(self, model: str, value: Value, at: ast.expr) -> Iterator[Written]:
        """What a dict brings along, or each dict of a list."""
        for row in value.items if isinstance(value, Collection) else (value,):
            yield from self._spread(model, row, at)

    def _spread(self, model: str, value: Value, at: ast.expr) -> Iterator[Written]:
        """What a dict, or a schema, brings along."""
        if isinstance(value, Record):
            for column, inner in value.items:
                for written in self._one(model, column, inner, at):
                    if written.target:
                        yield replace(written, expression=None)
        elif isinstance(value, Raw) and value.origin and (value.schema or value.is_body):
            keys = self._words.stores.of(model)
            for column in self._fields(model, value):
                if value.dump is not None and not value.dump.holds(column):
                    continue
                if column in keys or (value.client and self._is_the_tenants(model, column)):
                    yield Written(
                        column,
                        keys.get(column, ""),
                        f"{value.origin}.{column}",
                        value.client,
                        at,
                        set_only=value.dump is not None and value.dump.set_only,
                        dump=value.dump.call if value.dump is not None else None,
                        schema=value.schema,
                    )

    def _fields(self, model: str, value: Raw) -> tuple[str, ...]:
        """The fields of a schema; a body that no schema describes may hold any column."""
        if value.schema:
            return tuple(dumped_fields(self._words.project, value.schema))
        tenants = sorted(self._words.tenancy.tenant_columns(model))
        return tuple(dict.fromkeys((*self._words.stores.of(model), *tenants)))

    def _is_the_tenants(self, model: str, column: str) -> bool:
        tenancy = self._words.tenancy
        return (
            model not in tenancy.tenant_models
            and tenancy.ownership(model) is not None
            and tenancy.is_tenant_column(model, column)
        )

    def _record(
        self,
        at: ast.expr,
        place: int,
        model: str,
        form: str,
        written: list[Written],
        environment: Environment,
    ) -> None:
        if written:
            tenants = tenant_names(environment, self._words.settings.tenant_column)
            scope = self._evaluator.scope
            self._stored[place] = Stored(at, scope, model, form, tuple(written), tenants)
            self._evaluator.recorder.has_stored |= any(not w.target for w in written)

    @staticmethod
    def _hold(owner: int, place: int, written: list[Written], environment: Environment) -> None:
        """Remember that the objects of a place hold what was written."""
        if written:
            state = environment.state(owner)
            held = state.stored | {_stored_column(place, w) for w in written}
            environment.objects[owner] = replace(state, stored=held)

    @staticmethod
    def _settle(field: Field, environment: Environment) -> None:
        state = environment.state(field.place)
        left = frozenset(stored for stored in state.stored if stored.column != field.column)
        if left != state.stored:
            environment.objects[field.place] = replace(state, stored=left)


def _stored_column(place: int, written: Written) -> StoredColumn:
    return StoredColumn(place, written.column, not written.target)


def _is_written_out(value: Value) -> bool:
    return isinstance(value, Record) and not value.open
