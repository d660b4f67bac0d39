"""A tenant that the client names and that is handed on to what queries or stores by it.

``await count_accounts(session, request_data.company_id)`` asks for the rows of whichever tenant
the client says, as a query written in its place would.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from turnstay_lint.project.access.verification import verifies_by_name
from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import TenantName, tenant_names
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Collection,
    Column,
    Constant,
    Entity,
    Instance,
    Query,
    Raw,
    Record,
    Session,
    Tenant,
    Value,
)
from turnstay_lint.project.meanings import meant
from turnstay_lint.project.models.models import orm_class
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.scopes import Scope

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_STATEMENTS = frozenset({"select", "update", "delete", "insert", "text"})
_MOST_HOPS = 4


class HandedOn(Struct, frozen=True):
    """The client's word for the tenant, the expression ``at``, as an argument of ``function``."""

    at: ast.expr
    scope: Scope
    function: str
    tenants: tuple[TenantName, ...] = ()


class HandingOn:
    """Records what an evaluator's function hands on."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Record for an evaluator."""
        self._evaluator = evaluator
        self._words = evaluator.words
        self._found: dict[ast.expr, HandedOn] = {}

    @property
    def found(self) -> tuple[HandedOn, ...]:
        """Return what was handed on, in the order of the text."""
        return tuple(sorted(self._found.values(), key=lambda h: (h.at.lineno, h.at.col_offset)))

    def called(self, symbol: Symbol, given: Given, gives: Value, environment: Environment) -> None:
        """Note the call of a function of the service that gives a value.

        What may be told who asks as well may find out whether they may, and what gives the tenant
        itself may be asked to.
        """
        function = symbol.definition
        column = self._words.settings.tenant_column
        if not isinstance(function, FunctionSummary) or function.parameter(column) is None:
            return
        pairs = list(self._pairs(function, given))
        others = [value for name, _, value in pairs if name != column]
        if not all(map(_says_nobody, (*others, *self._made_with(given, environment)))):
            return
        if isinstance(gives, Tenant) or verifies_by_name(function.name):
            return
        for name, expression, value in pairs:
            if name == column and isinstance(value, Raw) and self._is_said(value):
                if self._queries(symbol, _MOST_HOPS):
                    names = tenant_names(environment, column)
                    scope = self._evaluator.scope
                    self._found[expression] = HandedOn(expression, scope, function.name, names)

    @staticmethod
    def _is_said(value: Raw) -> bool:
        return value.client and not value.schema and value.dump is None and not value.part

    def _made_with(self, given: Given, environment: Environment) -> Iterator[Value]:
        """Yield what the object was made with whose method is called: ``Accounts(session)``."""
        called = given.call.func
        if not isinstance(called, ast.Attribute):
            return
        owner = self._evaluator.value(called.value, environment)
        if not isinstance(owner, Instance):
            return
        made: ast.expr | None = called.value
        if isinstance(made, ast.Name):
            bound = self._evaluator.scope.bindings.get(made.id, [])
            made = bound[0].value if len(bound) == 1 else None
        if not isinstance(made, ast.Call):
            yield UNKNOWN
            return
        for argument in (*made.args, *(keyword.value for keyword in made.keywords)):
            yield self._evaluator.value(argument, environment)

    @staticmethod
    def _pairs(function: FunctionSummary, given: Given) -> Iterator[tuple[str, ast.expr, Value]]:
        """Yield parameter, argument and value, as far as a call shows which is which."""
        plain = [p.name for p in function.parameters if p.kind == "positional"]
        plain = plain[1:] if plain and plain[0] in ("self", "cls") else plain
        if len(given.positional) == len(given.call.args):
            yield from zip(plain, given.call.args, given.positional, strict=False)
        for (name, value), keyword in zip(given.keywords, given.call.keywords, strict=True):
            yield name, keyword.value, value

    def _queries(self, symbol: Symbol, hops: int) -> bool:
        """Tell whether a function builds a query or a row, or calls what does."""
        function, project = symbol.definition, self._words.project
        if not isinstance(function, FunctionSummary) or not hops:
            return False
        near = symbol.module.name
        for called in function.calls:
            if called.startswith("<"):
                continue
            name = project.canonical(called, near)
            if name.startswith("sqlalchemy.") and name.rpartition(".")[2] in _STATEMENTS:
                return True
            if orm_class(project, name, near) is not None:
                return True
        further = (n for c in function.calls for n in meant(project, symbol.module, function, c))
        callees = (project.find(name, near) for name in further)
        return any(self._queries(c, hops - 1) for c in callees if c is not None and c != symbol)


def _says_nobody(value: Value) -> bool:
    """Tell whether a value certainly does not say who asks."""
    match value:
        case Session() | Raw() | Constant() | Query() | Column():
            return True
        case Entity(model=model):
            return bool(model)
        case Collection(items=items):
            return all(map(_says_nobody, items))
        case Record(items=pairs):
            return all(_says_nobody(inner) for _, inner in pairs)
    return False
