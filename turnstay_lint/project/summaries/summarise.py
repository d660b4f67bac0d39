"""How one file becomes its ModuleSummary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from turnstay_lint.project.summaries.answering import answers_of
from turnstay_lint.project.summaries.building import building
from turnstay_lint.project.summaries.depending import DEPENDS, depended_on, in_depends
from turnstay_lint.project.summaries.fetching import fetching
from turnstay_lint.project.summaries.local_routers import inclusions_in_functions, route_in_function
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.signatures import parameters_of
from turnstay_lint.project.summaries.sites import called_by_function
from turnstay_lint.project.summaries.summary import (
    AttributeSummary,
    Building,
    ClassSummary,
    ColumnStep,
    Fetching,
    FunctionSummary,
    ModuleSummary,
    SchemaStep,
)
from turnstay_lint.project.summaries.values import Value, read_value
from turnstay_lint.project.summaries.variables import effects_of, exports_of, variables_of
from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.index import Index
from turnstay_lint.source.names import binding_in_force, resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope, inner_bodies
from turnstay_lint.source.types import read_type, unbound_names
from turnstay_lint.source.words import called_in

_IMPORTS = (ast.Import, ast.ImportFrom)
_INDENTED = regex(r"^[ \t]+(?:from|import)[ \t]+([.\w]+)", re.MULTILINE)


@fact
def summarise(source: SourceFile, *, whole: bool = False) -> ModuleSummary:
    """Return what other files may want to know of this one.

    Of tests that is what they define for one another: unless the ``whole`` is asked for, the test
    functions are left out, and ``called`` alone, read off the text, says what the others do.
    """
    outlined = is_test(source.path) and not whole
    index = source.outline if outlined else source.index
    top = index.module
    deeds = {} if outlined else _deeds(source)
    functions = {
        s.qualname: _function(source, s, deeds.get(s, _NOTHING))
        for s in _in_force(index.functions)
        if not (outlined and s.name.startswith("test_"))
    }
    variables = variables_of(source, top)
    statements = tuple(effects_of(source.tree, top))
    steps, makes = _steps(source) if "down_revision" in top.bindings else ((), ())
    values = (*statements, *(variable.value for variable in variables.values()))
    return ModuleSummary(
        path=source.path,
        module=source.module,
        name=source.module.removesuffix(".__init__"),
        is_package=source.module.rpartition(".")[2] == "__init__",
        imports=dict(_imports(top)),
        stars=tuple(top.stars),
        exports=exports_of(source.tree) if "__all__" in top.bindings else None,
        classes={s.qualname: _class(source, s, index) for s in _in_force(index.classes)},
        functions=functions,
        variables=variables,
        statements=statements,
        inclusions=tuple(inclusions_in_functions(source))
        if "include_router" in source.words and not outlined
        else (),
        steps=steps,
        makes=makes,
        called=frozenset(called_in(source.text) if outlined else _called(functions.values())),
        depends=tuple(_dependencies(functions.values(), values))
        if not source.words.isdisjoint(DEPENDS)
        else (),
        imported_within=tuple(_imported_in_lines(source) if outlined else _imported_within(index)),
    )


def _steps(source: SourceFile) -> tuple[tuple[ColumnStep, ...], tuple[SchemaStep, ...]]:
    # Following a revision takes a tenth of the engine's modules, and most files are none.
    from turnstay_lint.project.summaries.column_steps import column_steps
    from turnstay_lint.project.summaries.schema_steps import schema_steps

    return column_steps(source), schema_steps(source)


def _imported_within(index: Index) -> Iterable[str]:
    """Return what functions and classes import for themselves."""
    found = (
        binding.target
        for scope in (*index.functions, *index.classes)
        if any(type(node) in _IMPORTS for node in scope.binders)
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.kind is Binds.IMPORT
    )
    return dict.fromkeys(found)


def _imported_in_lines(source: SourceFile) -> Iterable[str]:
    """Return the modules of indented imports, where the bodies of functions are not walked."""
    return dict.fromkeys(_INDENTED.findall(source.text))


class _Deeds(Struct, frozen=True):
    """What a function does, as its summary has it."""

    calls: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    fetching: Fetching | None = None
    answers: frozenset[str] = frozenset()
    builds: Building | None = None


_NOTHING = _Deeds()


def _deeds(source: SourceFile) -> dict[Scope, _Deeds]:
    called = called_by_function(source)
    fetched = fetching(source)
    return {
        scope: _Deeds(
            frozenset(called[scope].names) if scope in called else frozenset(),
            frozenset(called[scope].uses) if scope in called else frozenset(),
            fetched.get(scope),
            answers_of(scope) if scope.node.decorator_list else frozenset(),
            building(source, scope),
        )
        for scope in source.index.functions
        if isinstance(scope.node, FunctionNode)
    }


def _called(functions: Iterable[FunctionSummary]) -> Iterator[str]:
    for function in functions:
        for name in (*function.calls, *function.uses):
            yield name.rpartition(".")[2]


def _dependencies(functions: Iterable[FunctionSummary], values: Iterable[Value]) -> Iterator[str]:
    for function in functions:
        yield from depended_on(function)
    for value in values:
        yield from in_depends(value)


def _imports(top: Scope) -> Iterator[tuple[str, str]]:
    for name, bindings in top.bindings.items():
        if len(bindings) == 1:
            binding = bindings[0]
        else:
            binding = binding_in_force(name, top) or bindings[-1]
        if binding.kind is Binds.IMPORT:
            yield name, binding.target


def _in_force(scopes: Sequence[Scope]) -> Iterator[Scope]:
    """Yield one scope of each name: the last of one block, the first of several conditions."""
    by_name: dict[str, Scope] = {}
    for scope in scopes:
        earlier = by_name.get(scope.qualname)
        if earlier is None or (_replaces(scope, earlier) and not _is_accessor(scope)):
            by_name[scope.qualname] = scope
    yield from by_name.values()


def _replaces(later: Scope, earlier: Scope) -> bool:
    if later.parent is not earlier.parent or later.parent is None:
        return True
    todo: list[list[ast.stmt]] = [getattr(later.parent.node, "body", [])]
    always = todo[0]
    while todo:
        block = todo.pop()
        if any(statement is later.node for statement in block):
            return block is always or any(statement is earlier.node for statement in block)
        for statement in block:
            todo.extend(inner_bodies(statement))
    return True


def _is_accessor(scope: Scope) -> bool:
    """``@status.setter`` says less of ``status`` than the property does."""
    return isinstance(scope.node, FunctionNode) and any(
        isinstance(decorator, ast.Attribute)
        and isinstance(decorator.value, ast.Name)
        and decorator.value.id == scope.name
        for decorator in scope.node.decorator_list
    )


def _class(source: SourceFile, scope: Scope, index: Index) -> ClassSummary:
    node = scope.node
    assert isinstance(node, ast.ClassDef)
    outer = scope.parent or scope
    methods = (s.name for s in statements_of(node.body) if isinstance(s, FunctionNode))
    return ClassSummary(
        name=scope.qualname,
        span=source.span(node),
        bases=tuple(read_type(base, outer) for base in node.bases),
        keywords=tuple((k.arg or "**", read_value(k.value, outer)) for k in node.keywords),
        decorators=_decorators(node, outer),
        attributes=tuple(_attributes(source, node, scope, index)),
        methods=tuple(dict.fromkeys(methods)),
    )


def _decorators(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope
) -> tuple[Value, ...]:
    return tuple(
        route_in_function(decorator, scope) or read_value(decorator, scope)
        for decorator in node.decorator_list
    )


def _attributes(
    source: SourceFile, node: ast.ClassDef, scope: Scope, index: Index
) -> Iterator[AttributeSummary]:
    for statement in statements_of(node.body):
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
            case ast.FunctionDef() if statement.decorator_list:
                yield from _declared(source, statement, scope, index)


def _declared(
    source: SourceFile, function: ast.FunctionDef, scope: Scope, index: Index
) -> Iterator[AttributeSummary]:
    """A ``declared_attr`` declares what it returns."""
    names = {resolve(decorator, scope) or "" for decorator in function.decorator_list}
    if not any(name.startswith("sqlalchemy.") and "declared_attr" in name for name in names):
        return
    inner = index.scopes[function]
    for statement in statements_of(function.body):
        if isinstance(statement, ast.Return) and statement.value is not None:
            type_ = read_type(function.returns, scope)
            unbound = () if type_.known else unbound_names(function.returns, scope)
            value = read_value(statement.value, inner)
            yield AttributeSummary(function.name, source.span(function), type_, value, unbound)
            return


def _function(
    source: SourceFile,
    scope: Scope,
    deeds: _Deeds,
) -> FunctionSummary:
    node = scope.node
    assert isinstance(node, FunctionNode)
    outer = scope.parent or scope
    return FunctionSummary(
        name=scope.qualname,
        span=source.span(node),
        parameters=parameters_of(node.args, outer),
        returns=read_type(node.returns, outer),
        is_async=isinstance(node, ast.AsyncFunctionDef),
        decorators=_decorators(node, outer),
        calls=deeds.calls,
        fetching=deeds.fetching,
        answers=deeds.answers,
        uses=deeds.uses,
        builds=deeds.builds,
    )
