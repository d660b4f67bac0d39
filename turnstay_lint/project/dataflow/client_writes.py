"""Tenant columns that are given what the client says, by every way that a column is written.

A write counts when it is still there where the function ends: code that puts the tenant right
afterwards, or compares the object's with its own, has seen to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import ClientWrite, tenant_names
from turnstay_lint.project.dataflow.values import (
    Constant,
    Entity,
    Field,
    Object,
    Query,
    Raw,
    Record,
    Value,
)
from turnstay_lint.project.schemas import fields
from turnstay_lint.project.values import Call, Literal
from turnstay_lint.project.values import Value as SmallValue

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator


class ClientWrites:
    """Sees what is written to tenant columns, and remembers what the client chose of it."""

    def __init__(self, evaluator: Evaluator) -> None:
        """See for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words

    def constructed(
        self, model: str, given: Given, environment: Environment
    ) -> tuple[ClientWrite, ...]:
        """Return the writes of ``Model(company_id=...)`` and ``Model(**data)``."""
        if any(isinstance(value, Record) for key, value in given.keywords if key == "**"):
            return ()
        said = {key for key, _ in given.keywords}
        found: list[ClientWrite] = []
        for keyword, (key, value) in zip(given.call.keywords, given.keywords, strict=True):
            if key == "**":
                found += self._spread(model, keyword.value, value, given.call, environment, said)
            elif self._is_tenant_column(model, key) and is_clients(value):
                found.append(
                    self._write("keyword", keyword.value, model, key, environment, given.call)
                )
        return tuple(found)

    def _spread(
        self,
        model: str,
        at: ast.expr,
        value: Value,
        call: ast.Call,
        environment: Environment,
        said: set[str],
    ) -> Iterator[ClientWrite]:
        if not isinstance(value, Raw) or not value.client or value.dump is None or value.part:
            return
        for column in self._columns_in(model, value):
            if column not in said:
                write = self._write("fields", at, model, column, environment, call)
                yield replace(write, dump=value.dump.call, schema=value.schema)

    def validated(
        self, model: str, given: Given, environment: Environment
    ) -> tuple[ClientWrite, ...]:
        """Return the writes of SQLModel's ``Model.model_validate(request_data)``."""
        value = given.positional[0] if given.positional else None
        if not isinstance(value, Raw) or not value.client or not value.schema:
            return ()
        said = given.keyword("update")
        if said is not None and not (isinstance(said, Record) and not said.open):
            return ()
        known = {name for name, _ in said.items} if isinstance(said, Record) else set()
        return tuple(
            replace(
                self._write(
                    "validated", given.call.args[0], model, column, environment, given.call
                ),
                schema=value.schema,
            )
            for column in self._columns_of(model, value.schema)
            if column not in known and (value.dump is None or value.dump.holds(column))
        )

    def valued(self, query: Query, given: Given, environment: Environment) -> None:
        """See ``insert(Model).values(company_id=...)``, and the same of an update."""
        entity = next((c for c in query.columns if isinstance(c, Entity) and c.model), None)
        if query.kind not in ("insert", "update") or entity is None:
            return
        writes = list(self.constructed(entity.model, given, environment))
        for argument, value in zip(given.call.args, given.positional, strict=False):
            writes += self._spread(entity.model, argument, value, given.call, environment, set())
        for write in writes:
            form = "values" if write.at in given.call.args else write.form
            self._evaluator.recorder.write(replace(write, form=form))

    def assigned(self, field: Field, at: ast.expr, value: Value, environment: Environment) -> None:
        """See ``account.company_id = ...``: what is not the client's puts right what was."""
        if not self._is_tenant_column(field.model, field.column):
            return
        state = environment.state(field.place)
        left = tuple(w for w in state.writes if w.column != field.column)
        if is_clients(value):
            left = (*left, self._write("assignment", at, field.model, field.column, environment))
        if left != state.writes:
            environment.objects[field.place] = replace(state, writes=left)

    def set_by_name(self, given: Given, environment: Environment) -> None:
        """See ``setattr(account, field, value)`` over the fields of a schema."""
        if len(given.positional) != 3:
            return
        owner, key, value = given.positional
        if not isinstance(owner, Object) or not isinstance(value, Raw) or value.part != "value":
            return
        if isinstance(key, Constant) or value.dump is None:
            return
        for column in self._columns_in(owner.model, value):
            write = self._write("loop", given.call, owner.model, column, environment, given.call)
            write = replace(write, dump=value.dump.call, schema=value.schema)
            state = environment.state(owner.place)
            if value.client and write not in state.writes:
                environment.objects[owner.place] = replace(state, writes=(*state.writes, write))

    def leave(self, environment: Environment) -> None:
        """Record the writes that are still there where a function is left."""
        for state in environment.objects.values():
            for write in state.writes:
                self._evaluator.recorder.write(write)

    def _is_tenant_column(self, model: str, column: str) -> bool:
        tenancy = self._words.tenancy
        return (
            model not in tenancy.tenant_models
            and tenancy.ownership(model) is not None
            and tenancy.is_tenant_column(model, column)
        )

    def _columns_in(self, model: str, value: Raw) -> Iterator[str]:
        """Yield the tenant columns of a model that a dumped schema has a field for."""
        assert value.dump is not None
        for column in self._columns_of(model, value.schema):
            if value.dump.holds(column):
                yield column

    def _columns_of(self, model: str, schema: str) -> Iterator[str]:
        symbol = self._words.symbol(schema)
        for field in fields(self._words.project, symbol) if symbol is not None else ():
            if self._is_tenant_column(model, field.name) and not _is_left_out(field.value):
                yield field.name

    def _write(
        self,
        form: str,
        at: ast.expr,
        model: str,
        column: str,
        environment: Environment,
        call: ast.Call | None = None,
    ) -> ClientWrite:
        self._evaluator.recorder.has_written = True
        names = tenant_names(environment, self._words.settings.tenant_column)
        scope = self._evaluator.scope
        return ClientWrite(at, scope, form, model, column, call, tenants=names)


def is_clients(value: Value) -> bool:
    """Tell whether the client chose a value, and may choose it freely."""
    return isinstance(value, Raw) and value.client and value.dump is None


def _is_left_out(declared: SmallValue | None) -> bool:
    """``Field(exclude=True)`` is in no dump."""
    return isinstance(declared, Call) and declared.keyword("exclude") == Literal(True)
