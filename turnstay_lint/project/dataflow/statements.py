"""The forward pass: one function's statements in order, branches apart and joined again.

Every loop is read twice at most and every function has a bound on its steps, so that the pass
ends on every input.
"""

from __future__ import annotations

import ast

from turnstay_lint.frameworks.fastapi import is_routed
from turnstay_lint.project.dataflow.branches import decides, joined, narrow
from turnstay_lint.project.dataflow.containers import with_all
from turnstay_lint.project.dataflow.environment import Environment, join
from turnstay_lint.project.dataflow.expressions import Evaluator
from turnstay_lint.project.dataflow.merging import element
from turnstay_lint.project.dataflow.parameters import parameters
from turnstay_lint.project.dataflow.roles import (
    demands_role,
    privileged_side,
    refuses,
    trust,
)
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Closure,
    Collection,
    Field,
    Named,
    Object,
    Query,
    Record,
    Session,
    SessionMaker,
    Value,
)
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.scopes import FunctionNode, Scope

_NESTED_LOOPS = 3
_NEVER = ("NoReturn", "Never")


class ForwardPass:
    """Runs the statements of functions with an evaluator, which records what they do."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Run with an evaluator."""
        self._evaluator = evaluator
        self._loops = 0

    def function(self, scope: Scope, outer: Environment | None = None) -> Environment:
        """Run a function from its parameters on; returns what holds where its body ends."""
        node = scope.node
        assert isinstance(node, FunctionNode)
        around, loops = self._evaluator.scope, self._loops
        self._evaluator.scope, self._loops = scope, 0
        environment = parameters(scope, self._evaluator, outer)
        self.block(node.body, environment)
        if environment.alive:
            self._evaluator.storing.leave(environment)
        self._evaluator.scope, self._loops = around, loops
        return environment

    def block(self, body: list[ast.stmt], environment: Environment) -> None:
        """Run statements in order, up to the one that leaves."""
        for statement in body:
            if not environment.alive:
                return
            self._statement(statement, environment)

    def _statement(self, statement: ast.stmt, environment: Environment) -> None:
        match statement:
            case ast.Expr(value=expression):
                self._effect(expression, environment)
            case ast.Assign(targets=targets, value=expression):
                value = self._value(expression, environment)
                if isinstance(expression, ast.Compare | ast.BoolOp):
                    # ``allowed = account.company_id == company.id`` is asked afterwards.
                    self._evaluator.checks.in_test(expression, environment, self._evaluator)
                for target in targets:
                    self._evaluator.bind(target, value, environment)
                    self._assigned_owner(target, expression, value, environment)
            case ast.AnnAssign(target=target, value=expression) if expression is not None:
                self._evaluator.bind(target, self._value(expression, environment), environment)
            case ast.AugAssign():
                self._augmented(statement, environment)
            case ast.Return(value=expression):
                value = self._value(expression, environment)
                self._evaluator.checks.answered(expression, environment, self._evaluator)
                self._evaluator.tracker.returned(statement, value, environment)
                self._evaluator.storing.leave(environment)
                environment.alive = False
            case ast.Raise(exc=expression):
                self._value(expression, environment)
                environment.alive = False
            case ast.Break() | ast.Continue():
                environment.alive = False
            case ast.If() | ast.Match() | ast.Assert():
                self._branching(statement, environment)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(statement, environment)
            case ast.With() | ast.AsyncWith():
                self._with(statement, environment)
            case ast.Try() | ast.TryStar():
                self._try(statement, environment)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._inner(statement, environment)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        environment.names.pop(target.id, None)
                    else:
                        self._evaluator.bind(target, UNKNOWN, environment)

    def _value(self, expression: ast.expr | None, environment: Environment) -> Value:
        return self._evaluator.value(expression, environment)

    def _effect(self, expression: ast.expr, environment: Environment) -> None:
        """A statement that is only a call: of which only the effect is wanted."""
        self._value(expression, environment)
        call = expression.value if isinstance(expression, ast.Await) else expression
        if not isinstance(call, ast.Call):
            return
        if not self._evaluator.checks.awaited:
            pass
        elif not isinstance(call.func, ast.Attribute) or not isinstance(
            self._value(call.func.value, environment), Session | Query | Collection
        ):
            self._evaluator.checks.handed_over(call, environment, self._evaluator)
        if demands_role(call, self._evaluator.words.settings):
            environment.privileged = True
        if self._never_returns(call, environment):
            environment.alive = False

    def _never_returns(self, call: ast.Call, environment: Environment) -> bool:
        if not isinstance(call.func, ast.Name):
            return False
        called = self._value(call.func, environment)
        if not isinstance(called, Named):
            return False
        symbol = self._evaluator.words.symbol(called.name)
        definition = symbol.definition if symbol is not None else None
        return isinstance(definition, FunctionSummary) and definition.returns.name.endswith(_NEVER)

    def _assigned_owner(
        self, target: ast.expr, given: ast.expr, value: Value, environment: Environment
    ) -> None:
        """``account.company_id = company.id`` makes the account the tenant's."""
        if isinstance(target, ast.Attribute):
            owner = self._evaluator.value(target.value, environment)
            if not isinstance(owner, Object):
                return
            field = Field(owner.model, target.attr, owner.place)
            self._evaluator.storing.assigned(field, target, given, value, environment)
            if environment.state(owner.place).sent == 0:
                self._evaluator.checks.assigned(field, value, environment)

    def _augmented(self, statement: ast.AugAssign, environment: Environment) -> None:
        before = self._value(statement.target, environment)
        added = self._value(statement.value, environment)
        value: Value = UNKNOWN
        if isinstance(before, Collection) and isinstance(added, Collection):
            fresh = tuple(item for item in added.items if item not in before.items)
            value = Collection((*before.items, *fresh)[:200], before.open or added.open)
        elif isinstance(before, Record) and isinstance(statement.op, ast.BitOr):
            value = with_all(before, added)
        elif isinstance(before, Collection):
            value = Collection((*before.items, UNKNOWN)[:200], open=True)
        self._evaluator.bind(statement.target, value, environment)

    def _branching(
        self, statement: ast.If | ast.Match | ast.Assert, environment: Environment
    ) -> None:
        if isinstance(statement, ast.If):
            self._if(statement, environment)
        elif isinstance(statement, ast.Match):
            self._match(statement, environment)
        else:
            self._value(statement.test, environment)
            self._evaluator.checks.in_test(statement.test, environment, self._evaluator)

    def _if(self, statement: ast.If, environment: Environment) -> None:
        self._value(statement.test, environment)
        if decides(statement):
            self._evaluator.checks.in_test(statement.test, environment, self._evaluator)
        taken, other = environment.copy(), environment.copy()
        narrow(statement.test, taken, other)
        side = privileged_side(statement.test, self._evaluator.words.settings)
        if side is not None:
            trust(taken if side else other)
        self.block(statement.body, taken)
        self.block(statement.orelse, other)
        environment.become(joined([taken, other]))
        if side is not None and refuses(statement.orelse if side else statement.body):
            environment.privileged = True

    def _match(self, statement: ast.Match, environment: Environment) -> None:
        subject = self._value(statement.subject, environment)
        ends: list[Environment] = []
        exhaustive = False
        for case in statement.cases:
            branch = environment.copy()
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
                    whole = pattern is case.pattern
                    branch.set(pattern.name, subject if whole else UNKNOWN)
            if case.guard is not None:
                self._value(case.guard, branch)
            elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                exhaustive = True
            self.block(case.body, branch)
            ends.append(branch)
        if not exhaustive:
            ends.append(environment.copy())
        environment.become(joined(ends))

    def _loop(
        self, statement: ast.For | ast.AsyncFor | ast.While, environment: Environment
    ) -> None:
        self._loops += 1
        passes = 2 if self._loops <= _NESTED_LOOPS else 1
        state = environment.copy()
        for _ in range(passes):
            body = state.copy()
            self._enter_loop(statement, body)
            self.block(statement.body, body)
            body.alive = True
            after = join(state, body)
            if after.same(state):
                break
            state = after
        self._loops -= 1
        self.block(statement.orelse, state)
        environment.become(state)

    def _enter_loop(self, statement: ast.For | ast.AsyncFor | ast.While, body: Environment) -> None:
        if isinstance(statement, ast.While):
            self._value(statement.test, body)
            return
        iterated = self._value(statement.iter, body)
        if isinstance(iterated, Query) and iterated.sends:
            item = self._evaluator.iterated(iterated, statement.iter, body)
        else:
            item = element(iterated)
        self._evaluator.bind(statement.target, item, body)

    def _with(self, statement: ast.With | ast.AsyncWith, environment: Environment) -> None:
        for item in statement.items:
            value = self._value(item.context_expr, environment)
            if isinstance(value, SessionMaker):
                value = Session()
            if item.optional_vars is not None:
                self._evaluator.bind(item.optional_vars, value, environment)
        self.block(statement.body, environment)

    def _try(self, statement: ast.Try | ast.TryStar, environment: Environment) -> None:
        before = environment.copy()
        self.block(statement.body, environment)
        interrupted = environment.copy()
        interrupted.alive = True
        start = join(before, interrupted)
        self.block(statement.orelse, environment)
        ends = [environment.copy()]
        for handler in statement.handlers:
            branch = start.copy()
            if handler.name:
                branch.set(handler.name, UNKNOWN)
            self.block(handler.body, branch)
            ends.append(branch)
        after = joined(ends)
        alive = after.alive
        after.alive = True
        self.block(statement.finalbody, after)
        after.alive = after.alive and alive
        environment.become(after)

    def _inner(
        self, statement: ast.FunctionDef | ast.AsyncFunctionDef, environment: Environment
    ) -> None:
        """An inner function is run where it is defined, with what is known there.

        An endpoint that a function defines is run by itself, as a request does.
        """
        scope = self._evaluator.source.index.scopes.get(statement)
        environment.set(statement.name, Closure(statement, self._evaluator.place(statement)))
        if self._evaluator.scope.is_function and is_routed(statement):
            return
        if scope is not None and scope.function is not None:
            self.function(scope, environment.copy())
