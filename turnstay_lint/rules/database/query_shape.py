"""How a query and the use of its result are written: one expression, or spread over statements.

A fix replaces the whole of it, so the shape must be known to the last name: a variable that is
used elsewhere too, or set in a branch, makes it unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.source.scopes import FunctionNode, inner_bodies

_PLAIN_STEPS = frozenset({"unique"})
_ONE_OR_NONE = frozenset({"scalar_one_or_none", "first", "one_or_none", "scalar"})
_ONE = frozenset({"scalar_one", "one"})
_MOST_STEPS = 8


class Fetched(Struct, frozen=True):
    """Where a query's result ends up: the expression that is it, and what stands before that.

    ``value`` is the whole expression (``result.scalar_one_or_none()``), ``statement`` the one it
    stands in, ``replaced`` earlier statements that only lead to it. ``many`` says whether it is a
    list, ``raises`` whether a missing row is an error already.
    """

    value: ast.expr
    statement: ast.stmt
    replaced: tuple[ast.stmt, ...]
    many: bool
    raises: bool
    block: tuple[ast.stmt, ...]


class FunctionShape:
    """The statements and expressions of one function, with what holds each."""

    def __init__(self, body: list[ast.stmt]) -> None:
        """Walk a body once; inner functions are part of it."""
        self.parents: dict[ast.AST, ast.AST] = {}
        self.blocks: dict[ast.stmt, tuple[ast.stmt, ...]] = {}
        self.names: dict[str, list[ast.Name]] = {}
        self._read_block(body)
        todo: list[ast.AST] = list(body)
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                self.names.setdefault(node.id, []).append(node)
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                todo.append(child)

    def _read_block(self, body: list[ast.stmt]) -> None:
        block = tuple(body)
        for statement in body:
            self.blocks[statement] = block
            if isinstance(statement, FunctionNode | ast.ClassDef):
                self._read_block(statement.body)
            for inner in inner_bodies(statement):
                self._read_block(inner)

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """Return the statement that an expression stands in."""
        here: ast.AST | None = node
        while here is not None and not isinstance(here, ast.stmt):
            here = self.parents.get(here)
        return here

    def uses(self, name: str) -> list[ast.Name]:
        """Return where a variable is read."""
        return [n for n in self.names.get(name, ()) if isinstance(n.ctx, ast.Load)]

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield what of these kinds holds a node, nearest first."""
        here = self.parents.get(node)
        while here is not None:
            if isinstance(here, kinds):
                yield here
            here = self.parents.get(here)

    def fetched(self, call: ast.Call, method: str) -> Fetched | None:
        """Follow the result of a session's call to the value that the function works with."""
        awaited = self.parents.get(call)
        if not isinstance(awaited, ast.Await):
            return None
        if method in ("get", "get_one", "scalar"):
            return self._made(awaited, (), many=False, raises=method == "get_one")
        return self._followed(awaited, method in ("scalars", "exec"), (), _MOST_STEPS)

    def _followed(
        self, node: ast.expr, scalars: bool, replaced: tuple[ast.stmt, ...], steps: int
    ) -> Fetched | None:
        if steps == 0:
            return None
        attribute = self.parents.get(node)
        call = self.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if isinstance(attribute, ast.Attribute) and isinstance(call, ast.Call):
            return self._stepped(attribute.attr, call, scalars, replaced, steps)
        if isinstance(attribute, ast.Assign) and attribute.value is node:
            use = self._only_use(attribute)
            if use is not None:
                return self._followed(use, scalars, (*replaced, attribute), steps - 1)
        return None

    def _stepped(
        self,
        name: str,
        call: ast.Call,
        scalars: bool,
        replaced: tuple[ast.stmt, ...],
        steps: int,
    ) -> Fetched | None:
        if call.args or call.keywords:
            return None
        if name == "scalars" and not scalars:
            return self._followed(call, True, replaced, steps - 1)
        if name in _PLAIN_STEPS:
            return self._followed(call, scalars, replaced, steps - 1)
        if name == "all" and scalars:
            return self._made(call, replaced, many=True, raises=False)
        if scalars or name.startswith("scalar"):
            if name in _ONE_OR_NONE or name in _ONE:
                return self._made(call, replaced, many=False, raises=name in _ONE)
        return None

    def _made(
        self, value: ast.expr, replaced: tuple[ast.stmt, ...], *, many: bool, raises: bool
    ) -> Fetched | None:
        statement = self.statement_of(value)
        if statement is None or statement not in self.blocks:
            return None
        block = self.blocks[statement]
        if any(self.blocks.get(other) != block for other in replaced):
            return None
        return Fetched(value, statement, replaced, many, raises, block)

    def _only_use(self, assignment: ast.Assign) -> ast.Name | None:
        """Return the one place that reads what a statement assigns, further down its own block."""
        target = assignment.targets[0] if len(assignment.targets) == 1 else None
        if not isinstance(target, ast.Name):
            return None
        everywhere = self.names.get(target.id, [])
        uses = [name for name in everywhere if isinstance(name.ctx, ast.Load)]
        if len(uses) != 1 or len(everywhere) != 2:
            return None
        statement = self.statement_of(uses[0])
        block = self.blocks.get(assignment)
        if statement is None or block is None or statement not in block:
            return None
        between = block[block.index(assignment) + 1 : block.index(statement)]
        return None if any(_awaits(s) for s in between) else uses[0]

    def building(self, call: ast.Call) -> tuple[ast.stmt, ...] | None:
        """Return the statements that only build the query that ``call`` sends, or None.

        They are those that assign the variable which it is sent by, one after another in the
        block of the call; None where the variable is used otherwise too.
        """
        given = call.args[0] if call.args else None
        if not isinstance(given, ast.Name):
            return ()
        statement = self.statement_of(call)
        block = self.blocks.get(statement) if statement is not None else None
        if block is None:
            return None
        made = [s for s in block if _assigns(s, given.id)]
        places = {name for s in made for name in ast.walk(s) if isinstance(name, ast.Name)} | {
            given
        }
        everywhere = self.names.get(given.id, [])
        return tuple(made) if all(name in places for name in everywhere) else None


def _assigns(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)]):
            return target == name
        case ast.AnnAssign(target=ast.Name(id=target)):
            return target == name
    return False


def _awaits(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.Return)
        for node in ast.walk(statement)
    )
