"""Which statements of a function lead to which: what reaches a use, and whether the end is reached.

Read forward and without loops unrolled: an assignment counts for a use when it stands before it,
and the last one that every way to the use passes hides those before it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.scopes import Binding, FunctionNode, inner_bodies

_LOOPS = ast.For | ast.AsyncFor | ast.While
_SIMPLE = frozenset(
    {
        ast.AnnAssign, ast.Assert, ast.Assign, ast.AugAssign, ast.Break, ast.Continue, ast.Expr,
        ast.Import, ast.ImportFrom, ast.Pass, ast.Raise, ast.Return,
    }
)  # fmt: skip
"""Statements that hold no other, which most are."""
_YIELDS = frozenset({ast.Yield, ast.YieldFrom})
_WITHOUT_YIELD = frozenset(
    {
        ast.AsyncFunctionDef, ast.ClassDef, ast.Constant, ast.FunctionDef, ast.Import,
        ast.ImportFrom, ast.Lambda, ast.Load, ast.Name, ast.Store, int, str,
    }
)  # fmt: skip
"""What holds no ``yield``, or holds that of another function."""


class Flow(Struct, frozen=True):
    """The statements of one function, each with the blocks that it lies in."""

    function: FunctionNode
    blocks: dict[ast.AST, tuple[Sequence[ast.stmt], int]] = field(default_factory=dict)
    parents: dict[ast.AST, ast.stmt] = field(default_factory=dict)

    def reaching(self, bindings: Sequence[Binding], use: ast.expr) -> list[Binding]:
        """Return the bindings of a name that may have given it the value that ``use`` reads."""
        before = [b for b in bindings if _position(b.node) < _position(use)]
        start = 0
        for index, binding in enumerate(before):
            if self._always_before(binding.node, use):
                start = index
        later = [b for b in bindings if b not in before and self._same_loop(b.node, use)]
        return before[start:] + later

    def is_not_none(self, name: str, use: ast.expr) -> bool:
        """Tell whether a test on the way to ``use`` has left a variable no chance to be None."""
        for statement in self.blocks:
            if isinstance(statement, ast.If) and _position(statement) < _position(use):
                leaves = _says_none(statement.test, name) and terminates(statement.body)
                if leaves and self._always_before(statement, use):
                    return True
                if _says_not_none(statement.test, name) and _within(statement.body, use):
                    return True
            elif isinstance(statement, ast.Assert) and _says_not_none(statement.test, name):
                if self._always_before(statement, use):
                    return True
        return False

    def _always_before(self, statement: ast.AST, use: ast.expr) -> bool:
        """Every way to ``use`` passes a statement when its block goes on to hold the use."""
        if statement not in self.blocks:
            return isinstance(statement, ast.arg)
        block, index = self.blocks[statement]
        return _within(block[index + 1 :], use)

    def _same_loop(self, statement: ast.AST, use: ast.expr) -> bool:
        above = self.parents.get(statement)
        while above is not None:
            if isinstance(above, _LOOPS) and _within([above], use):
                return True
            above = self.parents.get(above)
        return False


def is_settled(bindings: Sequence[Binding], use: ast.expr) -> bool:
    """Tell whether one binding above ``use`` is all there is, whatever the flow."""
    return len(bindings) == 1 and _position(bindings[0].node) < _position(use)


def flow_of(function: FunctionNode) -> Flow:
    """Return the statements of a function with their blocks, inner functions left out."""
    flow = Flow(function)
    todo: list[tuple[Sequence[ast.stmt], ast.stmt | None]] = [(function.body, None)]
    while todo:
        block, parent = todo.pop()
        for index, statement in enumerate(block):
            flow.blocks[statement] = (block, index)
            if parent is not None:
                flow.parents[statement] = parent
            if type(statement) not in _SIMPLE:
                todo.extend([(inner, statement) for inner in inner_bodies(statement)])
    return flow


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _within(block: Sequence[ast.stmt], use: ast.expr) -> bool:
    if not block:
        return False
    last = block[-1]
    end = (last.end_lineno or last.lineno, last.end_col_offset or 0)
    return _position(block[0]) <= _position(use) < end


def _is_named(expression: ast.expr, name: str) -> bool:
    """Tell whether an expression is a variable, or the walrus that sets it."""
    named = expression.target if isinstance(expression, ast.NamedExpr) else expression
    return isinstance(named, ast.Name) and named.id == name


def _says_none(test: ast.expr, name: str) -> bool:
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()]):
            right = test.comparators[0]
            none = isinstance(right, ast.Constant) and right.value is None
            return none and _is_named(left, name)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_named(operand, name)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_says_none(value, name) for value in values)
    return False


def _says_not_none(test: ast.expr, name: str) -> bool:
    match test:
        case ast.Name() | ast.NamedExpr():
            return _is_named(test, name)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()]):
            right = test.comparators[0]
            none = isinstance(right, ast.Constant) and right.value is None
            return none and _is_named(left, name)
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=tested), _]):
            return tested == name
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_says_not_none(value, name) for value in values)
    return False


def terminates(body: Sequence[ast.stmt]) -> bool:
    """Tell whether a block never goes on to what follows it."""
    if not body:
        return False
    match body[-1]:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.If(body=then, orelse=other):
            return terminates(then) and terminates(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return terminates(inner)
        case ast.Try() | ast.TryStar() as attempt:
            return _try_terminates(attempt)
        case ast.While(test=ast.Constant(value=true), body=inner) if true:
            return not any(isinstance(s, ast.Break) for s in _loop_statements(inner))
        case ast.Match(cases=cases):
            last = cases[-1]
            everything = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
            return everything and not last.guard and all(terminates(c.body) for c in cases)
    return False


def _try_terminates(attempt: ast.Try | ast.TryStar) -> bool:
    if terminates(attempt.finalbody):
        return True
    whole = terminates(attempt.body) or terminates(attempt.orelse)
    return whole and all(terminates(handler.body) for handler in attempt.handlers)


def _loop_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a loop, those of loops inside it left out."""
    for statement in body:
        yield statement
        if not isinstance(statement, _LOOPS):
            for inner in inner_bodies(statement):
                yield from _loop_statements(inner)


def returns_of(function: FunctionNode) -> list[ast.Return]:
    """Return the return statements of a function, inner functions left out, in order."""
    return [s for s in statements_of(function.body) if type(s) is ast.Return]


def falls_through(function: FunctionNode) -> bool:
    """Tell whether a function may end without a return statement, giving None."""
    return not terminates(function.body)


def is_generator(function: FunctionNode) -> bool:
    """Tell whether a function yields."""
    todo: list[Any] = list(function.body)
    while todo:
        node = todo.pop()
        kind = type(node)
        if kind in _YIELDS:
            return True
        if kind in _WITHOUT_YIELD or not isinstance(node, ast.AST):
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                todo += value
            elif value is not None:
                todo.append(value)
    return False


def is_stub(function: FunctionNode) -> bool:
    """Tell whether a body says nothing: a docstring, ``...``, ``pass``."""
    return all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in function.body
    )
