"""Where a run through a revision is: in which file, on which arms, by which calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from turnstay_lint.frameworks.alembic.changes import Change, Unanalyzable
from turnstay_lint.frameworks.alembic.evaluation import Evaluator
from turnstay_lint.frameworks.alembic.operations import Arm, Operation, Origin
from turnstay_lint.frameworks.alembic.values import Batch, Environment, Value
from turnstay_lint.source.scopes import Scope

_MOST_STATEMENTS = 20_000


class TooLong(Exception):
    """A revision whose steps do not come to an end."""


class Journey(Evaluator):
    """Notes operations with the place at which the run is."""

    def __init__(self, module: Environment) -> None:
        super().__init__(module)
        self.operations: list[Operation] = []
        self.refuses = False
        self.own = module
        self._guarded = False
        self._tried = False
        self._arms: tuple[Arm, ...] = ()
        self._callers: tuple[tuple[ast.Call, Scope], ...] = ()
        self._last: tuple[tuple[ast.Call, Scope], ...] = ()
        self._most = _MOST_STATEMENTS
        self._returned: list[list[Value]] = []
        self._yielded: list[list[Value]] = []
        self._active: list[ast.AST] = []
        self._branches = 0
        self._statements = 0

    def emit(
        self, change: Change, call: ast.expr, scope: Scope, batch: Batch | None = None
    ) -> None:
        """Note an operation at the present place in the run."""
        self.operations.append(self.here(change, call, scope, batch))

    def here(
        self, change: Change, call: ast.expr, scope: Scope, batch: Batch | None = None
    ) -> Operation:
        """Return an operation at the present place in the run."""
        callers, origin = self._callers, None
        if self.module is not self.own:
            callers = callers or self._last
            file = self.module.file
            origin = Origin(call, file.path, file.span(call))
            (call, scope), callers = callers[-1], callers[:-1]
        calls = tuple(caller for caller, _ in callers) if callers else ()
        guarded, tried = self._guarded, self._tried
        return Operation(change, call, scope, self._arms, calls, batch, guarded, tried, origin)

    @contextmanager
    def _within(self, arm: Arm) -> Iterator[None]:
        before = self._arms
        self._arms = (*before, arm)
        try:
            yield
        finally:
            self._arms = before

    @contextmanager
    def _trying(self, catching: bool) -> Iterator[None]:
        before = self._tried
        self._tried = before or catching
        try:
            yield
        finally:
            self._tried = before

    def _enter(self, module: Environment) -> None:
        """Go on in the file of a module."""
        if module is not self.module:
            self.module, self.scopes = module, module.file.index.scopes

    @contextmanager
    def within(self, statements: int) -> Iterator[None]:
        """Raise TooLong once so many statements were run; what they did is then forgotten."""
        before, done = self._most, len(self.operations)
        begun = self._statements
        self._most = min(before, begun + statements)
        try:
            yield
        except (TooLong, RecursionError):
            del self.operations[done:]
            self._statements = begun
            raise
        finally:
            self._most = before

    def give_up(self, reason: str, call: ast.expr, scope: Scope) -> None:
        """Note an operation that could not be read."""
        self.emit(Unanalyzable(reason), call, scope)
