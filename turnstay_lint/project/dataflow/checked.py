"""What a checker that knows the caller was asked about, before a query or after it.

``access_checker.add_node(name, WRITE)`` asks, ``await access_checker.check()`` refuses; a helper
that is called after what it does, and is given the checker, does both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from turnstay_lint.project.access.checkers import checkers, names_check
from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.naming import dotted_name
from turnstay_lint.project.dataflow.values import (
    CHECKED,
    Collection,
    Field,
    Instance,
    Object,
    Raw,
    Value,
)
from turnstay_lint.source.patterns import regex

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_ALLOWS = regex(r"(^|_)(accessible|allowed|approved|authori[sz]ed|permitted|visible)(_|$)")
"""What is called so says which of those that were asked about the caller may see."""
_ADDS = regex(r"^(add|append|ask|include|need|queue|register|request|want)(_|$)")

_Asked = tuple[str, Value]


class Checked:
    """Sees checkers at work, for one function, and marks what they were asked about."""

    def __init__(self, evaluator: Evaluator) -> None:
        """See for an evaluator."""
        self._evaluator = evaluator
        self._checkers = checkers(evaluator.words.project)
        self._pending: dict[str, list[_Asked]] = {}
        self._fetched: dict[int, tuple[str, ...]] = {}

    def called(
        self, name: str, owner: Value | None, given: Given, found: Value, environment: Environment
    ) -> None:
        """Note a call: of a checker's methods, of a helper that is given one, of a getter."""
        if isinstance(found, Object):
            self._fetched[found.place] = tuple(_raw_variables(given))
        if self._is_checker(owner):
            assert isinstance(given.call.func, ast.Attribute)
            pending = self._pending.setdefault(ast.unparse(given.call.func.value), [])
            if _ADDS.match(name):
                pending += self._asked_about(given, environment)
            elif names_check(name) or _ALLOWS.search(name):
                self._allow((*pending, *self._asked_about(given, environment)), environment)
                pending.clear()
        elif names_check(name) and any(map(self._is_checker, given.positional + _named(given))):
            self._allow(self._asked_about(given, environment), environment)

    def _is_checker(self, value: Value | None) -> bool:
        return isinstance(value, Instance) and self._checkers.is_checker(value.type)

    def _asked_about(self, given: Given, environment: Environment) -> list[_Asked]:
        """Return the variables and objects that arguments speak of, however deep inside."""
        written = [*given.call.args, *(keyword.value for keyword in given.call.keywords)]
        found: list[_Asked] = []
        for expression in written:
            for node in _spoken_of(expression):
                value = self._evaluator.value(node, environment)
                if isinstance(value, Object | Field | Raw | Collection):
                    found.append((dotted_name(node), value))
        return found

    def _allow(self, asked: Iterable[_Asked], environment: Environment) -> None:
        for variable, value in asked:
            if isinstance(value, Raw) and "." in variable:
                environment.set(variable, CHECKED)
            for each in _each(value):
                if isinstance(each, Object | Field):
                    self._own(each.place, environment)
                elif isinstance(each, Raw):
                    self._know(variable, environment)
                    self._know(each.origin.partition("[")[0], environment)

    def _own(self, place: int, environment: Environment) -> None:
        """The caller may have an object, and so what it was fetched by."""
        self._evaluator.checks.own(place, environment)
        for variable in self._fetched.get(place, ()):
            self._know(variable, environment)

    def _know(self, variable: str, environment: Environment) -> None:
        """The caller may have what an id is of, wherever it was fetched by it."""
        before = environment.get(variable)
        if isinstance(before, Raw):
            environment.set(variable, CHECKED)
        elif isinstance(before, Collection):
            environment.set(variable, Collection((CHECKED,), open=True))
        else:
            return
        for place, state in list(environment.objects.items()):
            if any(name == variable for name, _ in state.asked):
                self._evaluator.checks.own(place, environment)


def _each(value: Value) -> Iterator[Value]:
    """Yield a value, or what a list holds, rows of several columns included."""
    for item in value.items if isinstance(value, Collection) else (value,):
        if isinstance(item, Collection):
            yield from item.items
        else:
            yield item


def _named(given: Given) -> tuple[Value, ...]:
    return tuple(value for _, value in given.keywords)


def _raw_variables(given: Given) -> Iterator[str]:
    if len(given.positional) == len(given.call.args):
        for expression, value in zip(given.call.args, given.positional, strict=True):
            if isinstance(value, Raw) and dotted_name(expression):
                yield dotted_name(expression)
    for keyword in given.call.keywords:
        if isinstance(given.keyword(keyword.arg or "**"), Raw) and dotted_name(keyword.value):
            yield dotted_name(keyword.value)


def _spoken_of(expression: ast.expr) -> Iterator[ast.expr]:
    """Yield the longest dotted names in an expression, what is called left out."""
    todo: list[ast.AST] = [expression]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.expr) and dotted_name(node):
            yield node
        elif isinstance(node, ast.Call):
            todo.extend((*node.args, *(keyword.value for keyword in node.keywords)))
            if isinstance(node.func, ast.Attribute):
                todo.append(node.func.value)
        else:
            todo.extend(ast.iter_child_nodes(node))
