"""A revision's functions followed statement by statement, to the operations that they make.

A small interpreter, not a Python: it runs what can be known from the file (constants, loops over
literals, helpers of the module), follows both arms where a test is open, a loop over something
unknown once, and reports what it cannot read as ``Unanalyzable``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from enum import Enum

from msgspec.structs import replace

from turnstay_lint.frameworks.alembic.changes import ChangeRows, Rows, Table
from turnstay_lint.frameworks.alembic.classes import fields_in, has_methods, instance_attribute
from turnstay_lint.frameworks.alembic.evaluation import MOST_ROUNDS
from turnstay_lint.frameworks.alembic.joining import either, joined
from turnstay_lint.frameworks.alembic.journey import Journey, TooLong
from turnstay_lint.frameworks.alembic.operations import Arm
from turnstay_lint.frameworks.alembic.unpacking import leave_open, lengths_in
from turnstay_lint.frameworks.alembic.values import (
    UNKNOWN,
    Bound,
    Class,
    Environment,
    Function,
    Instance,
    Known,
    Operations,
    Reference,
    Row,
    Sequence,
    TableValue,
    Value,
    gives_rows,
    items_of,
    string_of,
    truth_of,
)
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

_MOST_DEPTH = 12


class Flow(Enum):
    """How a block ends."""

    ON = "goes on"
    BROKEN = "leaves the loop"
    LEFT = "leaves the function"


class StatementRunner(Journey):
    """Runs statements; what calls do is left to ``Interpreter`` in ``calling``."""

    def run(self, body: Iterable[ast.stmt], environment: Environment) -> Flow:
        """Run a block. Raises TooLong past a fixed number of statements."""
        for statement in body:
            self._statements += 1
            if self._statements > self._most:
                raise TooLong
            flow = self._statement(statement, environment)
            if flow is not Flow.ON:
                return flow
        return Flow.ON

    def _statement(self, statement: ast.stmt, environment: Environment) -> Flow:
        match statement:
            case ast.Expr(value=ast.Yield(value=value)) if self._yielded:
                self._yielded[-1].append(self.value(value, environment))
            case ast.Expr(value=value):
                self.value(value, environment)
            case ast.Assign(targets=targets, value=value):
                given = self.value(value, environment)
                for target in targets:
                    self.bind(target, given, environment)
                    self._write_row(target, environment)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self.bind(target, self.value(value, environment), environment)
            case ast.AugAssign(target=ast.Name() as target, op=operator, value=value):
                whole = ast.copy_location(ast.BinOp(target, operator, value), statement)
                self.bind(target, self.value(whole, environment), environment)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                environment.names[name] = Function(statement, environment)
            case ast.ClassDef(name=name):
                environment.names[name] = self._class(statement, environment)
            case ast.Return(value=value):
                if self._returned:
                    self._returned[-1].append(self.value(value, environment))
                return Flow.LEFT
            case ast.Raise():
                self.refuses = True
                return Flow.LEFT
            case ast.Break() | ast.Continue():
                return Flow.BROKEN
            case _:
                return self._compound(statement, environment)
        return Flow.ON

    def _write_row(self, target: ast.expr, environment: Environment) -> None:
        """``account.status = "ACTIVE"`` for a row that was queried is an UPDATE, once flushed."""
        if isinstance(target, ast.Attribute) and gives_rows(self.value(target.value, environment)):
            change = ChangeRows(Table(None), Rows.UPDATE, (target.attr,))
            self.emit(change, target, environment.scope)

    def _compound(self, statement: ast.stmt, environment: Environment) -> Flow:
        match statement:
            case ast.If(test=test, body=body, orelse=other):
                decided = truth_of(self.value(test, environment))
                if decided is None:
                    return self._branch([body, other], environment)
                return self.run(body if decided else other, environment)
            case ast.For(target=target, iter=iterated, body=body, orelse=other):
                self._loop(target, self.value(iterated, environment), body, environment)
                return self.run(other, environment)
            case ast.While(body=body):
                self._branch([body, []], environment)
            case ast.With(items=items, body=body):
                return self._with(items, body, environment)
            case ast.Try(body=body, orelse=other, finalbody=final, handlers=handlers):
                with self._trying(bool(handlers)):
                    flow = self.run(body, environment)
                if flow is Flow.ON:
                    flow = self.run(other, environment)
                bodies = [handler.body for handler in handlers]
                self._branch([[], *bodies], environment)
                if not all(isinstance(body[-1], ast.Return | ast.Raise) for body in bodies):
                    flow = Flow.ON
                last = self.run(final, environment)
                return last if last is not Flow.ON else flow
            case ast.Match(subject=subject, cases=cases):
                self.value(subject, environment)
                return self._branch([*(case.body for case in cases), []], environment)
        return Flow.ON

    def _branch(self, bodies: list[list[ast.stmt]], environment: Environment) -> Flow:
        """Follow every way through a branch, each from the same state, and join what they leave."""
        self._branches += 1
        branch, before = self._branches, dict(environment.names)
        outcomes: list[dict[str, Value]] = []
        flows: list[Flow] = []
        for number, body in enumerate(bodies):
            environment.names = dict(before)
            with self._within(Arm(branch, number, len(bodies))):
                flows.append(self.run(body, environment))
            if flows[-1] is Flow.ON:
                outcomes.append(environment.names)
        environment.names = joined(outcomes) if outcomes else dict(before)
        left = [body for body, flow in zip(bodies, flows, strict=True) if flow is not Flow.ON]
        if any(not isinstance(body[-1], ast.Raise) for body in left):
            self._guarded = True
        if Flow.ON in flows:
            return Flow.ON
        return Flow.BROKEN if Flow.BROKEN in flows else Flow.LEFT

    def _loop(
        self, target: ast.expr, iterated: Value, body: list[ast.stmt], environment: Environment
    ) -> None:
        items, before = items_of(iterated), self._guarded
        if items is None or (isinstance(iterated, Sequence) and iterated.open):
            self._branches += 1
            lengths = lengths_in(environment)
            with self._within(Arm(self._branches, 0, 1)):
                unread = Row() if gives_rows(iterated) else UNKNOWN
                for item in [unread] if items is None else items:
                    self.bind(target, item, environment)
                    self.run(body, environment)
                    self._guarded = before
            leave_open(environment, lengths)
            return
        for item in items[:MOST_ROUNDS]:
            self.bind(target, item, environment)
            if self.run(body, environment) is Flow.LEFT:
                return
            self._guarded = before

    def _with(
        self, items: list[ast.withitem], body: list[ast.stmt], environment: Environment
    ) -> Flow:
        """A batch keeps its operations until its block ends; what is sent inside comes first."""
        queues: list[Operations] = []
        managers: list[Instance] = []
        for item in items:
            entered = self.value(item.context_expr, environment)
            if isinstance(entered, Operations) and entered.queue is not None:
                queues.append(entered)
            if isinstance(entered, Instance):
                managers.append(entered)
                entered = self._entered(entered, "__enter__")
            if item.optional_vars is not None:
                self.bind(item.optional_vars, entered, environment)
        flow = self.run(body, environment)
        for batch in reversed(queues):
            self.operations += batch.queue or ()
        for manager in reversed(managers):
            self._entered(manager, "__exit__")
        return flow

    def _entered(self, manager: Instance, name: str) -> Value:
        """Return what a context manager of the file's own gives where a block begins or ends."""
        method = instance_attribute(manager, name)
        return self.computed(method) if isinstance(method, Bound) else manager

    def _class(self, definition: ast.ClassDef, environment: Environment) -> Value:
        """A model frozen in the revision is the table that it names."""
        schema: str | None = None
        table: str | None = None
        for statement in definition.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="__tablename__")], value=value):
                    table = string_of(self.value(value, environment))
                case ast.Assign(targets=[ast.Name(id="__table_args__")], value=ast.Dict() as d):
                    given = self.value(d, environment)
                    schema = string_of(given.get("schema")) if hasattr(given, "get") else None
        if table is not None:
            return TableValue(Table(table, schema))
        name = ast.copy_location(ast.Name(definition.name, ast.Load()), definition)
        dotted = resolve(name, environment.scope)
        bases = [self.value(base, environment) for base in definition.bases]
        own = tuple(base for base in bases if isinstance(base, Class))
        if dotted is None or not (has_methods(definition) or own):
            return Reference(dotted) if dotted else UNKNOWN
        return self._own_class(definition, environment, Class(dotted, {}, own))

    def _own_class(self, definition: ast.ClassDef, environment: Environment, cls: Class) -> Value:
        """A class with methods, what its body binds among them."""
        inner = Environment(self.scopes.get(definition, environment.scope), environment, cls.names)
        outside = len(definition.bases) > len(cls.bases)
        for statement in definition.body:
            match statement:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    cls.names[name] = Function(statement, environment)
                case ast.Assign() | ast.AnnAssign() if not outside:
                    self._statement(statement, inner)
        fields = (*(f for base in cls.bases for f in base.fields), *fields_in(definition))
        return replace(cls, fields=fields, open=outside)

    def invoke(
        self, function: Function, given: dict[str, Value], caller: tuple[ast.Call, Scope] | None
    ) -> Value:
        """Run a function with its parameters bound, and return what it returns.

        ``caller`` is the call, and the scope in which it stands.
        """
        node = function.node
        if node in self._active:
            return UNKNOWN
        if len(self._active) >= _MOST_DEPTH:
            if caller is not None:
                self.give_up("functions call each other deeper than is followed", *caller)
            return UNKNOWN
        before = self._callers, self._guarded, self.module
        if caller is not None and self.module is self.own:
            self._callers = (*self._callers, caller)
        self._enter(function.environment.module)
        inner = Environment(
            self.scopes.get(node, function.environment.scope), function.environment, given
        )
        self._returned.append([])
        self._yielded.append([])
        self._active.append(node)
        try:
            if isinstance(node, ast.Lambda):
                return self.value(node.body, inner)
            self.run(node.body, inner)
        finally:
            self._callers, self._guarded, module = before
            self._enter(module)
            self._active.pop()
            returned = self._returned.pop()
            yielded = self._yielded.pop()
        if yielded:
            return Sequence(yielded)
        return either(returned) if returned else Known(None)
