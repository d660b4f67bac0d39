"""Objects whose owner is checked after the fetch: ``if account.company_id != company.id``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.environment import Environment, is_owned
from turnstay_lint.project.dataflow.events import Recorder
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.values import (
    Access,
    Collection,
    Constant,
    Field,
    Object,
    Raw,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator


_ANSWERS = regex(r"^_*(can|may|has|is|owns|allows|check|checks)(_|$)")
_COMPARISONS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)


class OwnershipChecks:
    """Sees comparisons of an object's owner with the tenant, and marks the object as owned."""

    def __init__(self, words: Vocabulary, recorder: Recorder) -> None:
        """Report to a recorder."""
        self._words = words
        self._recorder = recorder

    @property
    def awaited(self) -> bool:
        """Tell whether anything was fetched, or made, so far whose owner could be checked."""
        return self._recorder.has_sent or self._recorder.has_stored

    def in_test(self, test: ast.expr, environment: Environment, evaluator: Evaluator) -> None:
        """Mark what a test that decides the way compares with the tenant."""
        if not self.awaited:
            return
        for part in _parts(test):
            self._found(part, environment, evaluator)
            if isinstance(part, ast.Compare) and len(part.ops) == 1:
                if isinstance(part.ops[0], _COMPARISONS):
                    left = evaluator.value(part.left, environment)
                    right = evaluator.value(part.comparators[0], environment)
                    self._compared(left, right, environment)
                    self._compared(right, left, environment)
            elif isinstance(part, ast.Call):
                self.handed_over(part, environment, evaluator)

    def _found(self, part: ast.expr, environment: Environment, evaluator: Evaluator) -> None:
        """``if account is None: raise``: what was asked for with the tenant is the tenant's."""
        if isinstance(part, ast.Compare):
            part = part.left
        if isinstance(part, ast.NamedExpr):
            part = part.target
        if not isinstance(part, ast.Name | ast.Attribute):
            return
        value = evaluator.value(part, environment)
        if not isinstance(value, Object | Field):
            return
        if environment.state(value.place).owned is not False:
            environment.known_by_key(value.place)

    def _compared(self, value: Value, other: Value, environment: Environment) -> None:
        match value:
            case Field(model=model, column=column, place=place):
                is_tenant = self._words.tenancy.is_tenant_column(model, column)
                is_key = is_tenant or bool(self._words.tenancy.refers_to(model, column))
            case Object(place=place):
                is_tenant = is_key = True
            case _:
                return
        ours = is_owned(other, environment, self._words.tenancy)
        if isinstance(other, Collection):
            ours = bool(other.items) and all(
                is_owned(item, environment, self._words.tenancy) for item in other.items
            )
        if (ours and is_key) or (is_tenant and self._may_be_tenant(other, environment)):
            self.own(place, environment)
            if is_tenant:
                self._settle(place, environment)

    @staticmethod
    def _settle(place: int, environment: Environment) -> None:
        """A tenant's column that was compared holds no longer what the client made of it."""
        state = environment.state(place)
        left = frozenset(stored for stored in state.stored if not stored.of_tenant)
        environment.objects[place] = replace(state, stored=left)

    def _may_be_tenant(self, other: Value, environment: Environment) -> bool:
        """Tell whether a value may be the tenant, as what no client sent may."""
        match other:
            case Raw(client=client):
                return not client
            case Field(model=model, column=column):
                if self._words.tenancy.is_tenant_column(model, column):
                    return is_owned(other, environment, self._words.tenancy) is not False
                return False
        return not isinstance(other, Constant | Object)

    def handed_over(self, call: ast.Call, environment: Environment, evaluator: Evaluator) -> None:
        """``ensure_owner(company, account)``: a call of which only the effect is wanted."""
        values = [evaluator.value(argument, environment) for argument in call.args]
        values += [evaluator.value(keyword.value, environment) for keyword in call.keywords]
        if isinstance(call.func, ast.Attribute):
            values.append(evaluator.value(call.func.value, environment))
        if any(isinstance(value, TenantId | Tenant | Access) for value in values):
            for value in values:
                if isinstance(value, Object | Field):
                    self.own(value.place, environment)

    def answered(
        self, expression: ast.expr | None, environment: Environment, evaluator: Evaluator
    ) -> None:
        """``return can_view(company, account)``: the answer is all that the caller gets.

        So it is with ``return account.company_id == company.id``.
        """
        if isinstance(expression, ast.Compare | ast.BoolOp):
            self.in_test(expression, environment, evaluator)
        if isinstance(expression, ast.Await):
            expression = expression.value
        if self.awaited and isinstance(expression, ast.Call):
            called = dotted_name(expression.func).rpartition(".")[2]
            if _ANSWERS.match(called):
                self.handed_over(expression, environment, evaluator)

    def assigned(self, field: Field, value: Value, environment: Environment) -> None:
        """Mark a new object whose tenant column, or key, is given what is the tenant's."""
        tenancy = self._words.tenancy
        if tenancy.is_tenant_column(field.model, field.column) or tenancy.refers_to(
            field.model, field.column
        ):
            if is_owned(value, environment, tenancy):
                self.own(field.place, environment)

    def own(self, place: int, environment: Environment) -> None:
        """Mark the objects of a place as the tenant's, and the query that gave them as checked."""
        state = environment.state(place)
        if state.owned is not True:
            environment.objects[place] = replace(state, owned=True)
        environment.known_by_key(place)
        if state.sent:
            self._recorder.checked.add(state.sent)
        for each in state.either:
            self.own(each, environment)


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    """Yield what a test is made of, joined by and, or and not."""
    todo = [test]
    while todo:
        part = todo.pop()
        match part:
            case ast.BoolOp(values=values):
                todo.extend(values)
            case ast.UnaryOp(op=ast.Not(), operand=operand) | ast.Await(value=operand):
                todo.append(operand)
            case _:
                yield part
