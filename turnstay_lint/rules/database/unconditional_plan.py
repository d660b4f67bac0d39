"""The plan that makes a tenant's condition unconditional, or why nobody can make it so."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.rules.database.scope_guard import Guard, default_of
from turnstay_lint.rules.rule import Look
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope


class MakeUnconditional(Struct, frozen=True):
    """Put the body of the ``if`` at ``guard`` in its place.

    ``parameter`` of ``function`` becomes required: ``code`` stands for it then.
    """

    guard: Span
    function: Span | None = None
    parameter: str = ""
    code: str = ""


def unconditional_plan(
    look: Look, guards: tuple[Guard, ...], function: Scope, word: str
) -> MakeUnconditional | str:
    """Return the plan for a query, or why there is none."""
    if len(guards) > 1:
        return f"the {word} is asked for in several places, and which counts a person must say"
    guard = guards[0]
    statement = guard.branching
    if not isinstance(statement, ast.If):
        kind = "match" if isinstance(statement, ast.Match) else "conditional expression"
        return f"the condition on the {word} stands in a {kind}, which a person must take apart"
    if statement.orelse or _is_elif(look, statement):
        return f"without the {word} the query asks otherwise, and which is meant a person must say"
    span = look.source.span(statement)
    if guard.parameter is None:
        if _asks_what_is_used(statement):
            return f"whose rows are meant where there is no {word} only the caller knows"
        if len(statement.body) != 1:
            return f"more than the condition on the {word} hangs on what is asked"
        return MakeUnconditional(span)
    code = _required(look, function, guard.parameter)
    if isinstance(code, _Refusal):
        return code.reason
    where = look.source.span(function.node)
    return MakeUnconditional(span, where, guard.parameter.arg, code)


class _Refusal(Struct, frozen=True):
    """Why a parameter cannot be made required."""

    reason: str


def _is_elif(look: Look, statement: ast.If) -> bool:
    start = look.source.lines.offset(*look.source.span(statement).start)
    return look.source.text.startswith("elif", start)


def _asks_what_is_used(statement: ast.If) -> bool:
    """Tell whether the body needs what the test asks for, so that it cannot go."""
    asked = {node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)}
    used = {n.id for s in statement.body for n in ast.walk(s) if isinstance(n, ast.Name)}
    return bool(asked & used)


def _required(look: Look, function: Scope, parameter: ast.arg) -> str | _Refusal:
    """Return a parameter as code with None taken out of its annotation, and its default away."""
    node = function.node
    assert isinstance(node, FunctionNode)
    default = default_of(node, parameter)
    if default is not None and not (isinstance(default, ast.Constant) and default.value is None):
        return _Refusal(f"{parameter.arg} has a default of its own")
    if default is not None and not _may_lose_default(node, parameter):
        return _Refusal(
            f"{parameter.arg} comes behind parameters with defaults, so it cannot be required"
        )
    annotation = parameter.annotation
    if annotation is None:
        return parameter.arg
    return f"{parameter.arg}: {_without_none(look, annotation, function)}"


def _may_lose_default(function: FunctionNode, parameter: ast.arg) -> bool:
    """Tell whether no parameter before it keeps a default."""
    if parameter in function.args.kwonlyargs:
        return True
    plain = [*function.args.posonlyargs, *function.args.args]
    return len(function.args.defaults) == len(plain) - plain.index(parameter)


def _without_none(look: Look, annotation: ast.expr, function: Scope) -> str:
    """Return an annotation as code without None: ``int | None`` is ``int``."""
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _text(look, left)
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            return _text(look, right)
        case ast.Subscript(value=base, slice=inner):
            name = (resolve(base, function.parent or function) or "").rpartition(".")[2]
            if name == "Optional":
                return _text(look, inner)
            if name == "Union" and isinstance(inner, ast.Tuple):
                kept = [e for e in inner.elts if not _is_none(e)]
                return _text(look, kept[0] if len(kept) == 1 else annotation)
    return _text(look, annotation)


def _is_none(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is None


def _text(look: Look, node: ast.expr) -> str:
    start, end = look.source.lines.offsets(look.source.span(node))
    return look.source.text[start:end]
