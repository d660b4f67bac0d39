"""The variables of a module, and what it says in ``__all__``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import UNKNOWN, Literal, Value, read_value
from turnstay_lint.source.bindings import statements_of, type_alias
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import Type, read_type

_TYPE_ALIASES = ("typing.TypeAlias", "typing_extensions.TypeAlias")
_NOTHING = Literal(None)


def variables_of(source: SourceFile, scope: Scope) -> dict[str, VariableSummary]:
    """Return the variables that a module assigns, by name."""
    said: dict[str, list[tuple[ast.stmt, VariableSummary]]] = {}
    for statement in statements_of(source.tree.body):
        for variable in _assigned(source, statement, scope):
            said.setdefault(variable.name, []).append((statement, variable))
    return {
        name: places[0][1] if len(places) == 1 else _one_of(places, source.tree)
        for name, places in said.items()
    }


def _assigned(source: SourceFile, statement: ast.stmt, scope: Scope) -> Iterator[VariableSummary]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    small, alias = read_value(value, scope), _alias(value, scope)
                    yield VariableSummary(target.id, source.span(statement), None, small, alias)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            type_, small = read_type(annotation, scope), read_value(value, scope)
            named = type_.name in _TYPE_ALIASES
            alias = read_type(value, scope) if named else _alias(value, scope)
            yield VariableSummary(name, source.span(statement), type_, small, alias)
        case ast.AugAssign(target=ast.Name(id=name)):
            yield VariableSummary(name, source.span(statement), None, UNKNOWN)
        case _ if (written := type_alias(statement)) is not None:
            named_, meant = written
            alias, small = read_type(meant, scope), read_value(meant, scope)
            yield VariableSummary(named_.id, source.span(statement), None, small, alias)


def _alias(value: ast.expr | None, scope: Scope) -> Type | None:
    """Only what looks like a type is read as one: ``list[Account]``, ``Account | None``."""
    match value:
        case ast.Subscript() | ast.BinOp(op=ast.BitOr()):
            found = read_type(value, scope)
            return found if found.known else None
    return None


def _one_of(places: list[tuple[ast.stmt, VariableSummary]], tree: ast.Module) -> VariableSummary:
    """What a variable is that is assigned in several places: the last that always counts.

    Under several conditions the first counts, as the one that its author had in mind first, but
    no constant is made of different ones; ``None`` only holds a place.
    """
    telling = [(s, v) for s, v in places if v.value != _NOTHING] or places
    unconditional = {*tree.body}
    always = [n for n, (s, _) in enumerate(telling) if s in unconditional]
    last = telling[always[-1] :] if always else telling
    chosen = last[0][1]
    differing = [v for _, v in last if v.value != chosen.value]
    if differing and _is_constant(chosen, *differing):
        chosen = replace(chosen, value=UNKNOWN, alias=None)
    declared = next((v.type for _, v in places if v.type is not None), None)
    return replace(chosen, type=chosen.type or declared)


def _is_constant(*variables: VariableSummary) -> bool:
    return any(isinstance(v.value, Literal) or v.value == UNKNOWN for v in variables)


def exports_of(tree: ast.Module) -> tuple[str, ...] | None:
    """Return the names in ``__all__``, None where it is not given or cannot be read whole."""
    names: list[str] | None = None
    for statement in statements_of(tree.body):
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                names = []
            case ast.AugAssign(target=ast.Name(id="__all__"), op=ast.Add(), value=value):
                pass
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="__all__"), attr=method),
                    args=[value],
                )
            ):
                value = ast.List([value]) if method == "append" else value
            case _:
                continue
        listed = _strings(value)
        if names is None or listed is None:
            return None
        names += listed
    return tuple(names) if names is not None else None


def _strings(value: ast.expr) -> list[str] | None:
    """Read a list of strings, or a sum of such lists."""
    found: list[str] = []
    todo = [value]
    while todo:
        match todo.pop():
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                todo.extend(reversed(elements))
            case ast.Constant(value=str(name)):
                found.append(name)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                todo += [right, left]
            case ast.Starred(value=inner):
                todo.append(inner)
            case _:
                return None
    return found


def effects_of(tree: ast.Module, scope: Scope) -> Iterator[Value]:
    """Yield the calls that a module makes for their effect."""
    for statement in statements_of(tree.body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield read_value(statement.value, scope)
