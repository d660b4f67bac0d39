"""Which schema an expression is an instance of, and what is left in a dict that it was made into.

``request_data.model_dump(exclude={"id"})``, the variable that holds it, the loop that goes over it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.frameworks.pydantic import DICTS
from turnstay_lint.project.inference.expressions import Inference
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.schemas.schemas import dumped_fields, is_schema
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, Scope

_FIELDS = frozenset({"model_fields_set", "__fields_set__", "model_fields", "__fields__"})
_ORDERS = frozenset({"builtins.list", "builtins.sorted", "builtins.set", "builtins.tuple"})
_VIEWS = frozenset({"items", "keys"})


class SchemaDump(Struct, frozen=True):
    """The fields of a schema that a loop goes over; ``call`` makes the dict, if there is one."""

    schema: Symbol
    fields: tuple[str, ...]
    call: ast.Call | None = None


def schema_of(
    project: Project, source: SourceFile, expression: ast.expr, scope: Scope
) -> Symbol | None:
    """Return the schema that an expression is certainly an instance of, or None."""
    type_ = Inference(project, source).of(expression, scope).without_none
    if not type_.known or "." not in type_.name:
        return None
    symbol = project.find(type_.name, scope.module)
    if symbol is None or not is_schema(project, symbol.name, symbol.module.name):
        return None
    return symbol


def gone_over(
    project: Project, source: SourceFile, iterated: ast.expr, scope: Scope
) -> SchemaDump | None:
    """Return the fields that a loop goes over, or None where they are no schema's, or unknown."""
    match iterated:
        case ast.Call(func=ast.Name() as order, args=[inner]) if resolve(order, scope) in _ORDERS:
            return gone_over(project, source, inner, scope)
        case ast.Call(func=ast.Attribute(value=inner, attr=view), args=[]) if view in _VIEWS:
            return gone_over(project, source, inner, scope)
        case ast.Attribute(value=inner, attr=attribute) if attribute in _FIELDS:
            return _whole(project, _named_or_made(project, source, inner, scope))
        case ast.Call(func=ast.Attribute(attr=method)) if method in DICTS:
            return _dumped(project, source, iterated, scope)
        case ast.Name():
            return _held(project, source, iterated, scope)
    return None


def _named_or_made(
    project: Project, source: SourceFile, expression: ast.expr, scope: Scope
) -> Symbol | None:
    """``PatchAccountRequest.model_fields`` and ``request_data.model_fields`` are the same."""
    name = resolve(expression, scope)
    symbol = project.find(name, scope.module) if name else None
    if symbol is not None and is_schema(project, symbol.name, symbol.module.name):
        return symbol
    return schema_of(project, source, expression, scope)


def _whole(project: Project, schema: Symbol | None) -> SchemaDump | None:
    if schema is None:
        return None
    return SchemaDump(schema, tuple(dumped_fields(project, schema.name)))


def _held(project: Project, source: SourceFile, name: ast.Name, scope: Scope) -> SchemaDump | None:
    """A variable that holds a dump, or the schema itself, whose fields a loop goes over too."""
    found = Inference(project, source).bindings(name, scope)
    if found is None:
        return None
    owner, bindings = found
    if len(bindings) == 1 and bindings[0].kind is Binds.ASSIGNMENT:
        value = bindings[0].value
        match value:
            case ast.Call(func=ast.Attribute(attr=method)) if method in DICTS:
                dump = _dumped(project, source, value, owner)
                return _without_removed(dump, source, name.id, owner)
    return _whole(project, schema_of(project, source, name, scope))


def _dumped(
    project: Project, source: SourceFile, call: ast.Call, scope: Scope
) -> SchemaDump | None:
    assert isinstance(call.func, ast.Attribute)
    schema = schema_of(project, source, call.func.value, scope)
    if schema is None:
        return None
    fields = tuple(dumped_fields(project, schema.name))
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        if keyword.arg in ("include", "exclude") and not _is_none(keyword.value):
            names = _names(keyword.value)
            if names is None:
                return None
            kept = keyword.arg == "include"
            fields = tuple(field for field in fields if (field in names) is kept)
    return SchemaDump(schema, fields, call)


def _without_removed(
    dump: SchemaDump | None, source: SourceFile, name: str, owner: Scope
) -> SchemaDump | None:
    """Take the keys out that ``pop`` or ``del`` takes out; None where nobody can tell which."""
    written = source.text if owner.is_module else source.written(owner.node)
    if dump is None or not re.search(rf"\b{name}[\s)]*(?:\.\s*pop\b|\[)", written):
        return dump
    removed = set(_removed(owner.node, name))
    if None in removed:
        return None
    return SchemaDump(dump.schema, tuple(f for f in dump.fields if f not in removed), dump.call)


def _removed(function: ast.AST, name: str) -> Iterator[str | None]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="pop"), args=[key, *_]):
                if owner == name:
                    yield _text(key)
            case ast.Subscript(value=ast.Name(id=owner), slice=key, ctx=ast.Del() | ast.Store()):
                if owner == name:
                    yield _text(key)


def _names(expression: ast.expr) -> frozenset[str] | None:
    match expression:
        case ast.Set(elts=items) | ast.List(elts=items) | ast.Tuple(elts=items):
            names = [_text(item) for item in items]
        case ast.Dict(keys=keys):
            names = [_text(key) for key in keys if key is not None]
        case _:
            return None
    known = [name for name in names if name is not None]
    return frozenset(known) if len(known) == len(names) else None


def _text(expression: ast.expr) -> str | None:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value
    return None


def _is_none(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is None
