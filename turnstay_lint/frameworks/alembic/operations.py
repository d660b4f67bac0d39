"""The operations of a revision: each a change, with the place and the conditions of it."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.frameworks.alembic.changes import Change
from turnstay_lint.frameworks.alembic.values import Batch
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope


class Arm(Struct, frozen=True):
    """One way through a branch: which branch, which of how many ways."""

    branch: int
    number: int
    count: int


class Origin(Struct, frozen=True, eq=False):
    """Where a function of another file makes an operation: the call there, and the place."""

    call: ast.expr
    path: str
    span: Span


class Operation(Struct, frozen=True, eq=False):
    """One change at its place: the call that makes it, and the arms that it lies in.

    The call is the revision's own: of what a function of another file does, the one that leads
    there; ``origin`` is then its place in that file. ``callers`` are the calls of helpers in the
    revision that lead to the call, outermost first, ``batch`` begins the batch that it is part of.
    One that is ``guarded`` comes after a branch that may have left the function, or the round of a
    loop, before; the exceptions of one that is ``tried`` are caught.
    """

    change: Change
    call: ast.expr
    scope: Scope
    arms: tuple[Arm, ...] = ()
    callers: tuple[ast.Call, ...] = ()
    batch: Batch | None = None
    guarded: bool = False
    tried: bool = False
    origin: Origin | None = None
