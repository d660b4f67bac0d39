"""How a chain of the legacy Query is written with ``select()``, piece by piece.

Only what must be other is replaced, so that conditions and comments stay as they were written.
"""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.models.models import orm_class
from turnstay_lint.rules.database.query_shape import FunctionShape
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

SELECT, FUNC = "{select}", "{func}"
"""Stand in a plan for what the file calls ``select`` and ``func``."""
_STEPS = frozenset(
    {
        "distinct", "execution_options", "filter", "filter_by", "group_by", "having", "join",
        "limit", "offset", "options", "order_by", "outerjoin", "where", "with_for_update",
    }
)  # fmt: skip
_RESULTS = frozenset({"all", "first", "one", "one_or_none"})
_COUNTED = frozenset({"filter", "filter_by", "where"})


class Unwritable(Exception):
    """The chain has no such form; the message says why, for the user."""


class ModernQuery(Struct, frozen=True):
    """The pieces of text that make ``select()`` of a chain; ``counts`` where it asks ``func``."""

    parts: tuple[Replacement, ...]
    counts: bool = False


class _Step(Struct, frozen=True):
    """A method called on the query so far."""

    attribute: ast.Attribute
    call: ast.Call


def modern_query_plan(
    look: Look, query: ast.Call, scope: Scope, shape: FunctionShape
) -> ModernQuery:
    """Return the pieces that rewrite the chain of ``query``; raises Unwritable."""
    steps = _steps(query, shape)
    if not steps or steps[-1].attribute.attr in _STEPS:
        raise Unwritable("the query is kept or iterated, not sent where it is built")
    *between, last = steps
    ending = last.attribute.attr
    for step in between:
        if step.attribute.attr not in _STEPS:
            raise Unwritable(f"`{step.attribute.attr}` of a legacy query has no plain counterpart")
    if not query.args or query.keywords or any(isinstance(a, ast.Starred) for a in query.args):
        raise Unwritable("what is asked for could not be read")
    names = [step.attribute.attr for step in between]
    writer = _Writer(look, shape, query, between, last)
    if ending in _RESULTS and not last.call.args:
        return writer.result(ending, names, _gives_objects(look, query, scope))
    if ending == "scalar" and not last.call.args:
        return ModernQuery(writer.single(f"scalar({SELECT}"))
    if ending == "count" and _COUNTED.issuperset(names) and _gives_objects(look, query, scope):
        return writer.count()
    if ending == "get" and not between and _is_get(look, query, scope, last.call):
        return writer.get()
    raise Unwritable(f"what `{ending}` of a legacy query does has no plain counterpart")


def _steps(query: ast.Call, shape: FunctionShape) -> list[_Step]:
    steps: list[_Step] = []
    here: ast.expr = query
    while True:
        attribute = shape.parents.get(here)
        call = shape.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(attribute, ast.Attribute) or not isinstance(call, ast.Call):
            return steps
        if call.func is not attribute:
            return steps
        steps.append(_Step(attribute, call))
        if attribute.attr not in _STEPS:
            return steps
        here = call


def _gives_objects(look: Look, query: ast.Call, scope: Scope) -> bool:
    """Tell whether one mapped class is asked for; of columns a row is given."""
    if len(query.args) != 1:
        return False
    name = resolve(query.args[0], scope)
    if name is None:
        raise Unwritable("what is asked for could not be read")
    return orm_class(look.project, name, scope.module) is not None


def _is_get(look: Look, query: ast.Call, scope: Scope, call: ast.Call) -> bool:
    return _gives_objects(look, query, scope) and len(call.args) == 1 and not call.keywords


class _Writer(Struct):
    """Writes the pieces of one chain."""

    look: Look
    shape: FunctionShape
    query: ast.Call
    between: list[_Step]
    last: _Step

    def result(self, ending: str, names: list[str], objects: bool) -> ModernQuery:
        """``(await session.scalars(select(M)...)).all()``."""
        sends = "scalars" if objects else "execute"
        limit = ".limit(1)" if ending == "first" and "limit" not in names else ""
        parts = [self._head(f"(await {self._session}.{sends}({SELECT}")]
        end = self._end_of(self.last.attribute.value)
        parts += [*self._wheres(), Replacement(end, f"{limit}))")]
        return ModernQuery(tuple(parts))

    def single(self, opened: str) -> tuple[Replacement, ...]:
        """``await session.scalar(select(...))``: the last step goes."""
        start, close = self._parentheses()
        tail = self._from(self.last.attribute.value, self.last.call)
        head = self._head(f"{start}await {self._session}.{opened}")
        return (head, *self._wheres(), Replacement(tail, f"){close}"))

    def count(self) -> ModernQuery:
        """``await session.scalar(select(func.count()).select_from(M)...)``."""
        opened = f"scalar({SELECT}({FUNC}.count()).select_from"
        return ModernQuery(self.single(opened), counts=True)

    def get(self) -> ModernQuery:
        """``await session.get(M, id)``."""
        start, close = self._parentheses()
        model, key = self.query.args[0], self.last.call.args[0]
        source = self.look.source
        between = Span(*source.span(model).end, *source.span(key).start)
        parts = [
            self._head(f"{start}await {self._session}.get"),
            Replacement(between, ", "),
        ]
        if close:
            parts.append(Replacement(self._end_of(self.last.call), close))
        return ModernQuery(tuple(parts))

    @property
    def _session(self) -> str:
        assert isinstance(self.query.func, ast.Attribute)
        return ast.unparse(self.query.func.value)

    def _head(self, code: str) -> Replacement:
        """Replace ``session.query``, and an ``await`` that stands before the chain."""
        source = self.look.source
        start = source.span(self._outermost()).start
        return Replacement(Span(*start, *source.span(self.query.func).end), code)

    def _outermost(self) -> ast.expr:
        awaited = self.shape.parents.get(self.last.call)
        return awaited if isinstance(awaited, ast.Await) else self.last.call

    def _wheres(self) -> list[Replacement]:
        return [
            Replacement(self._name_of(step.attribute), "where")
            for step in self.between
            if step.attribute.attr == "filter"
        ]

    def _name_of(self, attribute: ast.Attribute) -> Span:
        end = self.look.source.span(attribute).end
        return Span(end[0], end[1] - len(attribute.attr), *end)

    def _end_of(self, node: ast.expr) -> Span:
        end = self.look.source.span(node).end
        return Span(*end, *end)

    def _from(self, inner: ast.expr, outer: ast.expr) -> Span:
        source = self.look.source
        return Span(*source.span(inner).end, *source.span(outer).end)

    def _parentheses(self) -> tuple[str, str]:
        """Return what stands around an ``await`` of which an attribute or an item is taken."""
        here = self._outermost()
        parent = self.shape.parents.get(here)
        owned = isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is here
        return ("(", ")") if owned and here is self.last.call else ("", "")
