"""What a query selects by: the id, the tenant, further columns; and what it does besides.

Read from the conditions as they are written, so that a getter can be held against each of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.dataflow.values import Clause, Entity
from turnstay_lint.project.models.models import OrmClass
from turnstay_lint.project.models.tenancy import Ownership, Tenancy, tenancy
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve

_FILTERS = frozenset({"where", "filter"})
CHANGES = ("update", "delete")
"""The kinds of queries that change their rows where they are."""
_OF_CHANGES = frozenset({"values", "returning", "execution_options"})
_BESIDES = {
    "order_by": "orders its rows",
    "options": "has loader options",
    "with_for_update": "locks its rows (with_for_update)",
    "limit": "pages",
    "offset": "pages",
    "slice": "pages",
    "fetch": "pages",
    "join": "joins",
    "join_from": "joins",
}


class Filter(Struct, frozen=True):
    """A column of the model compared with a value, ``code`` being that of the value."""

    column: str
    value: ast.expr
    code: str


class Selection(Struct, frozen=True):
    """The parts of a query of one model.

    ``key`` is the code of the id that it selects by, empty for none. ``tenants`` are the values
    that the tenant is compared with, ``filters`` further columns, ``further`` in words what the
    query does besides.
    """

    key: str = ""
    tenants: tuple[ast.expr, ...] = ()
    filters: tuple[Filter, ...] = ()
    further: tuple[str, ...] = ()


def selection(look: Look, sent: Sent, model: OrmClass, ownership: Ownership) -> Selection | None:
    """Return what a query selects by, or None where it gives something else than rows of it."""
    return _Reader(look, sent, model, ownership).read()


class _Reader:
    """Reads the clauses of one query."""

    def __init__(self, look: Look, sent: Sent, model: OrmClass, ownership: Ownership) -> None:
        self._look = look
        self._sent = sent
        self._model = model
        self._tenancy: Tenancy = tenancy(look.project)
        self._on_path = {model.name, *(step.target for step in ownership.steps)}
        self._key = ""
        self._tenants: list[ast.expr] = []
        self._filters: list[Filter] = []
        self._further: dict[str, None] = {}

    def read(self) -> Selection | None:
        query, call = self._sent.query, self._sent.call
        changes = query.kind in CHANGES
        rows = query.entities if changes else query.columns
        if query.kind not in ("select", *CHANGES) or len(rows) != 1 or query.arms or query.outer:
            return None
        entity = rows[0]
        if not isinstance(entity, Entity) or entity.model != self._model.name:
            return None
        if self._sent.method in ("get", "get_one"):
            return self._got(call)
        if len(call.args) != 1 or call.keywords:
            return None
        first, *steps = query.clauses or (None,)
        if first is None or first.method != query.kind or len(first.call.args) != 1:
            return None
        for step in steps:
            self._step(step)
        return Selection(
            self._key, tuple(self._tenants), tuple(self._filters), tuple(self._further)
        )

    def _got(self, call: ast.Call) -> Selection | None:
        """``session.get(Account, id, options=[...])``."""
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        key = given.pop("ident", None) if len(call.args) == 1 else call.args[1]
        code = self._code(key) if key is not None and len(call.args) < 3 else None
        if code is None or None in given:
            return None
        further = tuple(_BESIDES.get(name or "", f"says {name}=") for name in given)
        return Selection(code, further=further)

    def _step(self, step: Clause) -> None:
        call = step.call
        if step.method in _FILTERS and not call.keywords:
            for argument in call.args:
                for condition in _conjuncts(argument):
                    self._condition(condition)
        elif step.method == "filter_by" and not call.args and len(self._sent.query.joined) == 1:
            for keyword in call.keywords:
                self._equal(self._model.name, keyword.arg or "**", keyword.value)
        elif step.method == "join" and self._joins_path():
            return
        elif step.method in _OF_CHANGES and self._sent.query.kind in CHANGES:
            return
        else:
            self._further[_BESIDES.get(step.method, f"says {step.method}()")] = None

    def _joins_path(self) -> bool:
        """An inner join along the foreign keys that lead to the tenant adds and loses no row."""
        return {entity.model for entity in self._sent.query.joined} <= self._on_path

    def _condition(self, condition: ast.expr) -> None:
        match condition:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                for column, value in ((left, right), (right, left)):
                    model = self._owner(column)
                    if model and isinstance(column, ast.Attribute) and not self._owner(value):
                        self._equal(model, column.attr, value)
                        return
            case ast.Call(func=ast.Attribute(value=ast.Attribute() as related, attr="has")):
                if self._has_tenant(related, condition):
                    return
        self._further["filters otherwise than by equal columns"] = None

    def _owner(self, expression: ast.expr) -> str:
        """Return the model on the path to the tenant whose attribute an expression is."""
        if not isinstance(expression, ast.Attribute):
            return ""
        name = resolve(expression.value, self._sent.scope)
        found = self._look.project.find(name, self._sent.scope.module) if name else None
        return found.name if found is not None and found.name in self._on_path else ""

    def _equal(self, model: str, column: str, value: ast.expr) -> None:
        keys = self._model.primary_key
        if self._is_tenant(model, column):
            self._tenants.append(value)
            return
        code = self._code(value)
        if model == self._model.name and code is not None:
            if (column,) == keys and not self._key:
                self._key = code
                return
            if column in self._model.columns:
                self._filters.append(Filter(column, value, code))
                return
        self._further["filters otherwise than by equal columns"] = None

    def _is_tenant(self, model: str, column: str) -> bool:
        if self._tenancy.is_tenant_column(model, column):
            return True
        if model != self._model.name:
            return False
        relationship = self._model.relationships.get(column)
        return relationship is not None and relationship.target in self._tenancy.tenant_models

    def _has_tenant(self, related: ast.Attribute, call: ast.Call) -> bool:
        """``Refund.payment.has(company_id=company.id)`` asks for the tenant over a relationship."""
        if self._owner(related) != self._model.name or call.args or len(call.keywords) != 1:
            return False
        relationship = self._model.relationships.get(related.attr)
        keyword = call.keywords[0]
        if relationship is None or relationship.target not in self._on_path:
            return False
        if not self._tenancy.is_tenant_column(relationship.target, keyword.arg or ""):
            return False
        self._tenants.append(keyword.value)
        return True

    def _code(self, expression: ast.expr) -> str | None:
        """The text of an expression on one line; one that binds or awaits must stay in place."""
        if any(isinstance(node, ast.NamedExpr | ast.Await) for node in ast.walk(expression)):
            return None
        start, end = self._look.source.lines.offsets(self._look.source.span(expression))
        text = self._look.source.text[start:end]
        return text if "\n" not in text and "#" not in text else None


def _conjuncts(expression: ast.expr) -> Iterator[ast.expr]:
    """Yield the conditions that are joined by ``and_(...)`` or ``&``."""
    match expression:
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case ast.Call(func=ast.Name(id="and_") | ast.Attribute(attr="and_"), args=arguments):
            for argument in arguments:
                yield from _conjuncts(argument)
        case _:
            yield expression
