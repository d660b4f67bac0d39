"""Expressions evaluated to the values that the forward pass tells apart."""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.fastapi import Endpoint
from turnstay_lint.project.dataflow import client_values
from turnstay_lint.project.dataflow.asked_again import AskedAgain
from turnstay_lint.project.dataflow.asking import Asking
from turnstay_lint.project.dataflow.attributes import Attributes
from turnstay_lint.project.dataflow.calls import Calls
from turnstay_lint.project.dataflow.checked import Checked
from turnstay_lint.project.dataflow.combining import inverted
from turnstay_lint.project.dataflow.conditions import Conditions
from turnstay_lint.project.dataflow.displays import dict_display, list_display
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.events import Recorder
from turnstay_lint.project.dataflow.facts import UNDERSTOOD_BY_NOBODY
from turnstay_lint.project.dataflow.globals import Globals
from turnstay_lint.project.dataflow.handing_on import HandingOn
from turnstay_lint.project.dataflow.identifiers import Identifiers
from turnstay_lint.project.dataflow.merging import element, merged
from turnstay_lint.project.dataflow.naming import dotted_name, tainted
from turnstay_lint.project.dataflow.operators import comparison, operation
from turnstay_lint.project.dataflow.ownership_checks import OwnershipChecks
from turnstay_lint.project.dataflow.queries import Queries
from turnstay_lint.project.dataflow.response_type import response_models
from turnstay_lint.project.dataflow.roles import privileged_side
from turnstay_lint.project.dataflow.storing import Storing
from turnstay_lint.project.dataflow.tracker import Tracker
from turnstay_lint.project.dataflow.untracked import Untracked
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Closure,
    Collection,
    Column,
    Constant,
    Path,
    Query,
    Raw,
    Record,
    Result,
    Sql,
    TenantId,
    Value,
)
from turnstay_lint.project.dataflow.vocabulary import Vocabulary
from turnstay_lint.project.endpoints.routers import endpoint_of
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import Type

_MOST_STEPS = 60_000
_SQL = (Column, Sql, Path)


class Exhausted(Exception):
    """A function is too large to follow; nothing is said of it."""


class Evaluator:
    """Evaluates the expressions of one file; ``scope`` is the one that names are resolved in."""

    def __init__(
        self, source: SourceFile, words: Vocabulary, recorder: Recorder, *, tracks: bool = True
    ) -> None:
        """Evaluate in a file, with the words of its service.

        It ``tracks`` which relationships are loaded if reads of them are asked for.
        """
        self.source = source
        self.words = words
        self.recorder = recorder
        self.scope: Scope = source.index.module
        self.module = self.scope.module
        self.identifiers = Identifiers(words)
        self.asking = Asking(self.identifiers)
        self.conditions = Conditions(words, self.asking)
        self.queries = Queries(words, self.conditions)
        self.globals = Globals(words)
        self.checks = OwnershipChecks(words, recorder)
        self.checked = Checked(self)
        self.asked_again = AskedAgain(self)
        self.storing = Storing(self)
        self.handing_on = HandingOn(self)
        self.tracker = Tracker(self) if tracks else Untracked(words.project)
        self._attributes = Attributes(self)
        self.attribute = self._attributes.of
        self._calls = Calls(self)
        self._places: dict[ast.AST | str, int] = {}
        self._steps = 0
        self._attributes_of: dict[Scope, Environment] = {}
        self.awaited: set[ast.expr] = set()
        self.building: tuple[str, ...] = ()

    def beside(self, function: str) -> Evaluator:
        """Return an evaluator for what a function builds: what it asks about counts here too."""
        other = Evaluator(self.source, self.words, Recorder(), tracks=False)
        other.asking, other.conditions, other.queries = self.asking, self.conditions, self.queries
        other.globals, other._places = self.globals, self._places
        other.building = (*self.building, function)
        return other

    def endpoint(self, scope: Scope) -> Endpoint | None:
        """Return the endpoint that a function is, or None where it answers no requests."""
        return endpoint_of(self.words.project, self.source, scope.node)

    def response_model(self) -> Type | None:
        """Return what the endpoint that is being run serialises its answer with, if it is said."""
        endpoint = self.endpoint(self.scope)
        if endpoint is None:
            return None
        return response_models(self.source, self.words.project).of(endpoint)

    def attributes_of(self, owner: Scope) -> Environment:
        """Return what ``__init__`` of a class of this file gives its attributes."""
        known = self._attributes_of.get(owner)
        if known is None:
            known = self._attributes_of[owner] = Environment()
            initialiser = owner.bindings.get("__init__", [])
            scope = self.source.index.scopes.get(initialiser[-1].node) if initialiser else None
            if scope is not None and scope.is_function:
                known.become(_own_attributes(self, scope))
        return known

    def iterated(self, query: Query, at: ast.expr, environment: Environment) -> Value:
        """Return what iterating over a legacy Query gives, which sends it."""
        return self._calls.iterated(query, at, environment)

    def place(self, node: ast.AST | str) -> int:
        """Return the key of the state of what comes from a node, the same in every pass."""
        return self._places.setdefault(node, len(self._places) + 100)

    def value(self, expression: ast.expr | None, environment: Environment) -> Value:
        """Return the value of an expression; raises Exhausted past the bound on all of them."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Exhausted
        kind = type(expression)
        if kind is ast.Name:
            return self._name(expression, environment)  # type: ignore[arg-type]
        if kind is ast.Call:
            return self._calls.value(expression, environment)  # type: ignore[arg-type]
        if kind is ast.Attribute:
            return self._attributes.value(expression, environment)  # type: ignore[arg-type]
        if kind is ast.Constant:
            return Constant(expression.value)  # type: ignore[union-attr]
        if kind is ast.Compare:
            return comparison(expression, environment, self)  # type: ignore[arg-type]
        return self._compound(expression, environment)

    def _compound(self, expression: ast.expr | None, environment: Environment) -> Value:
        match expression:
            case ast.Await(value=inner):
                self.awaited.add(inner)
                return self.value(inner, environment)
            case ast.Starred(value=inner) | ast.YieldFrom(value=inner):
                return self.value(inner, environment)
            case ast.NamedExpr(target=target, value=inner):
                value = self.value(inner, environment)
                environment.set(target.id, value)
                return value
            case ast.BoolOp(values=values):
                return self._choice([self.value(v, environment) for v in values])
            case ast.BinOp():
                return operation(expression, environment, self)
            case ast.UnaryOp(op=op, operand=operand):
                value = self.value(operand, environment)
                if isinstance(op, ast.Invert):
                    return inverted(value)
                return value if isinstance(value, Constant | Raw) else UNKNOWN
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.value(test, environment)
                self.checks.in_test(test, environment, self)
                return self._either(test, body, orelse, environment)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return list_display(items, environment, self)
            case ast.Dict():
                return dict_display(expression, environment, self)
            case ast.Subscript():
                return self._subscript(expression, environment)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(expression, environment)
            case ast.JoinedStr(values=parts):
                holes = [p.value for p in parts if isinstance(p, ast.FormattedValue)]
                return tainted([self.value(hole, environment) for hole in holes])
            case ast.Lambda():
                return Closure(expression, self.place(expression))
            case ast.Yield(value=yielded):
                self.value(yielded, environment)
        return UNKNOWN

    def _either(
        self, test: ast.expr, body: ast.expr, orelse: ast.expr, environment: Environment
    ) -> Value:
        side = privileged_side(test, self.words.settings)
        values = [self.value(body, environment), self.value(orelse, environment)]
        trusted = None if side is None else values[not side]
        if isinstance(trusted, Query):
            values[not side] = trusted.having(UNDERSTOOD_BY_NOBODY)
        if side is None and any(isinstance(value, TenantId) for value in values):
            return self._choice(values)
        return merged(values[0], values[1])

    def _name(self, name: ast.Name, environment: Environment) -> Value:
        known = environment.names.get(name.id)
        if known is None and environment.outer is not None:
            known = environment.outer.get(name.id)
        if known is not None:
            return known
        return self.globals.value(name, self.scope, self)

    @staticmethod
    def _choice(values: list[Value]) -> Value:
        """``a or b``: what the client may choose, the client chooses."""
        for value in values:
            if isinstance(value, Raw) and value.client:
                return value
        found = values[0]
        for value in values[1:]:
            found = merged(found, value)
        return found

    def _subscript(self, subscript: ast.Subscript, environment: Environment) -> Value:
        base = self.value(subscript.value, environment)
        key = self.value(subscript.slice, environment)
        match base, key:
            case Collection(items=items, open=False), Constant(value=int(index)) if (
                -len(items) <= index < len(items)
            ):
                return items[index]
            case Collection(), _ if isinstance(subscript.slice, ast.Slice):
                return Collection(base.items, open=True)
            case ((Collection() | Result()), _):
                return element(base)
            case Record(), Constant(value=str(name)):
                return base.get(name)
            case Raw(), _:
                return client_values.item(base, key)
            case Column(), _:
                return Sql((base,), (base.entity,))
        return UNKNOWN

    def _comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        environment: Environment,
    ) -> Value:
        first = self.value(node.generators[0].iter, environment)
        inner = environment.inner()
        around = self.scope
        for number, generator in enumerate(node.generators):
            iterated = self.value(generator.iter, inner) if number else first
            self.scope = self.source.index.scopes.get(node, around)
            self.bind(generator.target, element(iterated), inner)
            for condition in generator.ifs:
                self.value(condition, inner)
                self.checks.in_test(condition, inner, self)
        try:
            if isinstance(node, ast.DictComp):
                self.value(node.key, inner)
                copied = client_values.copied(node, first)
                if copied is not None:
                    return copied
                return Collection((self.value(node.value, inner),), open=True)
            return Collection((self.value(node.elt, inner),), open=True)
        finally:
            self.scope = around
            environment.loading = inner.loading

    def bind(self, target: ast.expr, value: Value, environment: Environment) -> None:
        """Give the names of an assignment's target their values."""
        match target:
            case ast.Name(id=name):
                environment.set(name, value)
            case ast.Attribute():
                self.tracker.assigned(target, value, environment)
                dotted = dotted_name(target)
                if dotted:
                    environment.set(dotted, value)
            case ast.Subscript(value=ast.Name(id=name), slice=key):
                client_values.replaced(name, self.value(key, environment), value, environment)
            case ast.Starred(value=inner):
                self.bind(inner, Collection((element(value),), open=True), environment)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                starred = any(isinstance(part, ast.Starred) for part in parts)
                items: tuple[Value, ...] = ()
                if isinstance(value, Collection) and not value.open and not starred:
                    items = value.items if len(value.items) == len(parts) else ()
                for number, part in enumerate(parts):
                    self.bind(part, items[number] if items else element(value), environment)


def _own_attributes(evaluator: Evaluator, initialiser: Scope) -> Environment:
    from turnstay_lint.project.dataflow.statements import ForwardPass

    ended = ForwardPass(evaluator).function(initialiser)
    node = initialiser.node
    first = node.args.args[0].arg if isinstance(node, FunctionNode) and node.args.args else ""
    names = {
        f"self.{name.removeprefix(f'{first}.')}": value
        for name, value in ended.names.items()
        if name.startswith(f"{first}.")
    }
    return Environment(names, ended.objects)
