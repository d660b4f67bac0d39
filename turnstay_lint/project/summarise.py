"""How one file becomes its ModuleSummary."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.project.summary import (
    AttributeSummary,
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    Parameter,
    VariableSummary,
)
from turnstay_lint.project.values import Items, Literal, Value, read_value
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope, inner_bodies
from turnstay_lint.source.types import UNKNOWN as UNKNOWN_TYPE
from turnstay_lint.source.types import read_type, unbound_names

_ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")


@fact
def summarise(source: SourceFile) -> ModuleSummary:
    """Return what other files may want to know of this one."""
    index = source.index
    top = index.module
    variables = {v.name: v for v in _variables(source, source.tree.body, top)}
    calls = _calls_by_function(source)
    return ModuleSummary(
        path=source.path,
        module=source.module,
        imports={
            name: bindings[-1].target
            for name, bindings in top.bindings.items()
            if bindings[-1].kind is Binds.IMPORT
        },
        stars=tuple(top.stars),
        exports=_exports(variables),
        classes={scope.qualname: _class(source, scope) for scope in index.classes},
        functions={
            scope.qualname: _function(source, scope, calls.get(scope.qualname, frozenset()))
            for scope in index.functions
        },
        variables=variables,
        statements=tuple(_effects(source.tree.body, top)),
    )


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for inner in inner_bodies(statement):
            yield from _statements(inner)


def _variables(
    source: SourceFile, body: list[ast.stmt], scope: Scope
) -> Iterator[VariableSummary]:
    for statement in _statements(body):
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        span = source.span(statement)
                        yield VariableSummary(target.id, span, None, read_value(value, scope))
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                span = source.span(statement)
                type_ = read_type(annotation, scope)
                yield VariableSummary(name, span, type_, read_value(value, scope))


def _effects(body: list[ast.stmt], scope: Scope) -> Iterator[Value]:
    for statement in _statements(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield read_value(statement.value, scope)


def _exports(variables: dict[str, VariableSummary]) -> tuple[str, ...] | None:
    listed = variables.get("__all__")
    if listed is None or not isinstance(listed.value, Items):
        return None
    return tuple(
        item.value
        for item in listed.value.items
        if isinstance(item, Literal) and isinstance(item.value, str)
    )


def _class(source: SourceFile, scope: Scope) -> ClassSummary:
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    outer = scope.parent or scope
    return ClassSummary(
        name=scope.qualname,
        span=source.span(node),
        bases=tuple(read_type(base, outer) for base in node.bases),
        keywords=tuple((k.arg or "**", read_value(k.value, outer)) for k in node.keywords),
        decorators=tuple(read_value(decorator, outer) for decorator in node.decorator_list),
        attributes=tuple(_attributes(source, node, scope)),
        methods=tuple(s.name for s in _statements(node.body) if isinstance(s, FunctionNode)),
    )


def _attributes(
    source: SourceFile, node: ast.ClassDef, scope: Scope
) -> Iterator[AttributeSummary]:
    for statement in _statements(node.body):
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        small = read_value(value, scope)
                        yield AttributeSummary(target.id, source.span(statement), None, small)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                small_or_none = read_value(value, scope) if value is not None else None
                type_ = read_type(annotation, scope)
                unbound = () if type_.known else unbound_names(annotation, scope)
                span = source.span(statement)
                yield AttributeSummary(name, span, type_, small_or_none, unbound)
            case ast.FunctionDef(name=name) if statement.decorator_list:
                yield from _declared(source, statement, scope)


def _declared(
    source: SourceFile, function: ast.FunctionDef, scope: Scope
) -> Iterator[AttributeSummary]:
    """A ``declared_attr`` declares what it returns."""
    names = {resolve(decorator, scope) or "" for decorator in function.decorator_list}
    if not any(name.startswith("sqlalchemy.") and "declared_attr" in name for name in names):
        return
    inner = source.index.scopes[function]
    for statement in _statements(function.body):
        if isinstance(statement, ast.Return) and statement.value is not None:
            type_ = read_type(function.returns, scope)
            unbound = () if type_.known else unbound_names(function.returns, scope)
            value = read_value(statement.value, inner)
            yield AttributeSummary(function.name, source.span(function), type_, value, unbound)
            return


def _function(source: SourceFile, scope: Scope, calls: frozenset[str]) -> FunctionSummary:
    node = scope.node
    assert isinstance(node, FunctionNode)
    outer = scope.parent or scope
    return FunctionSummary(
        name=scope.qualname,
        span=source.span(node),
        parameters=tuple(_parameters(node.args, outer)),
        returns=read_type(node.returns, outer),
        is_async=isinstance(node, ast.AsyncFunctionDef),
        decorators=tuple(read_value(decorator, outer) for decorator in node.decorator_list),
        calls=calls,
    )


def _parameters(arguments: ast.arguments, scope: Scope) -> Iterator[Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    without = len(plain) - len(arguments.defaults)
    for position, parameter in enumerate(plain):
        default = arguments.defaults[position - without] if position >= without else None
        yield _parameter(parameter, default, "positional", scope)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, None, "*", scope)
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(parameter, default, "keyword", scope)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, None, "**", scope)


def _parameter(
    parameter: ast.arg, default: ast.expr | None, kind: str, scope: Scope
) -> Parameter:
    metadata: tuple[Value, ...] = ()
    match parameter.annotation:
        case ast.Subscript(value=base, slice=ast.Tuple(elts=elements)):
            if resolve(base, scope) in _ANNOTATED:
                metadata = tuple(read_value(element, scope) for element in elements[1:])
        case ast.Name() | ast.Attribute():
            # An alias of an Annotated type is looked up by whoever has the whole project.
            pass
    return Parameter(
        name=parameter.arg,
        type=read_type(parameter.annotation, scope) if parameter.annotation else UNKNOWN_TYPE,
        default=read_value(default, scope) if default is not None else None,
        metadata=metadata,
        kind=kind,
    )


def _calls_by_function(source: SourceFile) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for call, scope in source.index.calls:
        function = scope.function
        if function is None:
            continue
        name = resolve(call.func, scope) or _on_parameter(call.func)
        if name:
            found.setdefault(function.qualname, set()).add(name)
    return {name: frozenset(calls) for name, calls in found.items()}


def _on_parameter(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return f"<{called.value.id}>.{called.attr}"
    return ""
