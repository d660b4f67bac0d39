"""Whether what a client says of its tenant was verified before it is used.

What verifies is called many names, so that every comparison with what is not a literal, every
check that is handed the value, and every dependency that takes the same parameter counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from turnstay_lint.project.endpoints.inclusions import inclusions
from turnstay_lint.project.endpoints.routers import endpoints
from turnstay_lint.project.project import Project
from turnstay_lint.project.roles import may_speak_for_any_tenant
from turnstay_lint.project.summaries.depending import depended_on, in_depends
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal, Value, calls_within
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Scope

_VERIFYING = regex(
    r"(^|_)(check|verif|ensure|require|assert|authori[sz]|validat|guard|permit|permission|can_|is_"
    r"|has_|allow|restrict|belongs|member)",
    re.IGNORECASE,
)
_NOTING = frozenset(
    {
        "add", "append", "bind", "critical", "debug", "error", "exception", "info", "log", "print",
        "setattr", "set_tag", "warning",
    }
)  # fmt: skip
"""Calls that are told a value and verify nothing."""
_DEPENDS = frozenset({"Depends", "Security"})
_COMPARISONS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
_MOST_HOPS = 5


def is_verified(
    project: Project, source: SourceFile, function: Scope, said: frozenset[str], at: ast.expr
) -> bool:
    """Tell whether one of the expressions ``said`` is verified in ``function`` before ``at``.

    The expressions are as ``ast.unparse`` has them: ``request_data.company_id``.
    """
    if any(_is_check(node, said, at) for node in ast.walk(function.node)):
        return True
    roots = frozenset(expression.partition(".")[0] for expression in said)
    dependencies = [*_dependencies(project, source, function)]
    if any(may_speak_for_any_tenant(name.rpartition(".")[2]) for name in dependencies):
        return True
    if _asks_for_role(project, f"{function.module}.{function.qualname}"):
        return True
    return any(
        name in roots
        for dependency in dependencies
        for name in _taken_by(project, dependency, _MOST_HOPS)
    )


def _asks_for_role(project: Project, function: str) -> bool:
    """``Depends(require_role("admin"))`` lets those pass who may choose a tenant."""
    symbol = project.find(function)
    definition = symbol.definition if symbol is not None else None
    if not isinstance(definition, FunctionSummary):
        return False
    said = [p.default for p in definition.parameters if p.default is not None]
    said += [value for p in definition.parameters for value in p.metadata]
    calls = (call for value in (*said, *definition.decorators) for call in calls_within(value))
    return any(
        isinstance(given, Literal)
        and isinstance(given.value, str)
        and may_speak_for_any_tenant(given.value)
        for depends in calls
        if depends.name.rpartition(".")[2] in _DEPENDS
        for call in calls_within(depends)
        for given in _given(call)
    )


def _given(call: Call) -> Iterator[Value]:
    for value in (*call.arguments, *(value for _, value in call.keywords)):
        yield from value.items if isinstance(value, Items) else (value,)


def verifies_by_name(name: str) -> bool:
    """Tell whether a function is called after a check: ``ensure_member``."""
    return _VERIFYING.search(name) is not None


def _is_check(node: ast.AST, said: frozenset[str], at: ast.expr) -> bool:
    """Tell whether a statement before ``at`` verifies what is said."""
    if not isinstance(node, ast.stmt | ast.IfExp) or node.lineno > at.lineno:
        return False
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return _is_in_test(test, said)
        case ast.Assert(test=test):
            return _is_in_test(test, said)
    if isinstance(node, ast.IfExp) or (node.end_lineno or 0) >= at.lineno:
        return False
    match node:
        case ast.Expr(value=value):
            return any(_is_handed(call, said, plain=True) for call in _calls(value))
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return any(_is_handed(call, said, plain=False) for call in _calls(value))
    return False


def _is_in_test(test: ast.expr, said: frozenset[str]) -> bool:
    todo: list[ast.expr] = [test]
    while todo:
        part = todo.pop()
        match part:
            case ast.BoolOp(values=values):
                todo.extend(values)
            case ast.UnaryOp(operand=inner) | ast.Await(value=inner) | ast.NamedExpr(value=inner):
                todo.append(inner)
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [left, *others]
                plain = [side for side in sides if isinstance(side, ast.Constant)]
                if any(ast.unparse(side) in said for side in sides) and not plain:
                    if any(isinstance(op, _COMPARISONS) for op in ops):
                        return True
                todo.extend(side for side in sides if isinstance(side, ast.Call | ast.Await))
            case ast.Call():
                if _is_handed(part, said, plain=True):
                    return True
    return False


def _calls(value: ast.expr) -> Iterator[ast.Call]:
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            yield node


def _is_handed(call: ast.Call, said: frozenset[str], *, plain: bool) -> bool:
    """``ensure_member(user, company_id)``; ``plain`` where only the call's effect is wanted.

    A call that is told who asks as well may find out whether they may.
    """
    name = _called(call)
    if not name or name in _NOTING or name[:1].isupper():
        return False
    if not any(_mentions(argument, said) for argument in _arguments(call)):
        return False
    if _VERIFYING.search(name):
        return True
    handed = any(ast.unparse(argument) in said for argument in _arguments(call))
    if handed and plain:
        return True
    return any(
        isinstance(inner, ast.Name) and inner.id in ("user", "current_user", "actor", "token")
        for argument in _arguments(call)
        for inner in ast.walk(argument)
    )


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _mentions(expression: ast.expr, said: frozenset[str]) -> bool:
    return any(
        isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in said
        for node in ast.walk(expression)
    )


def _dependencies(project: Project, source: SourceFile, function: Scope) -> Iterator[str]:
    """Yield the names of what FastAPI calls before an endpoint, its routers' included."""
    yield from _of_function(project, f"{function.module}.{function.qualname}", function.module)
    for endpoint in endpoints(project, source):
        if endpoint.function is not function.node:
            continue
        for route in endpoint.routes:
            yield from _of_router(project, route.router.name, function.module, _MOST_HOPS)


def _of_function(project: Project, name: str, near: str) -> Iterator[str]:
    symbol = project.find(name, near)
    definition = symbol.definition if symbol is not None else None
    if symbol is None or not isinstance(definition, FunctionSummary):
        return
    for said in depended_on(definition):
        yield project.canonical(said, symbol.module.name)
    for parameter in definition.parameters:
        alias = project.find(parameter.type.without_none.name, symbol.module.name)
        if alias is not None and isinstance(alias.definition, VariableSummary):
            for said in in_depends(alias.definition.value):
                yield project.canonical(said, alias.module.name)


def _of_router(project: Project, router: str, near: str, hops: int) -> Iterator[str]:
    name = project.canonical(router, near) if router else ""
    symbol = project.find(name) if name and hops else None
    if symbol is None or not isinstance(symbol.definition, VariableSummary):
        return
    for said in in_depends(symbol.definition.value):
        yield project.canonical(said, symbol.module.name)
    for inclusion in inclusions(project).get(name, ()):
        for said in in_depends(inclusion.call):
            yield project.canonical(said, inclusion.near)
        yield from _of_router(project, inclusion.parent, inclusion.near, hops - 1)


def _taken_by(project: Project, dependency: str, hops: int) -> Iterator[str]:
    """Yield the names of the parameters of a dependency and of what it depends on itself."""
    symbol = project.find(dependency) if hops else None
    if symbol is None:
        return
    definition = symbol.definition
    if isinstance(definition, ClassSummary):
        for method in ("__init__", "__call__"):
            yield from _taken_by(project, f"{symbol.name}.{method}", hops)
    if isinstance(definition, FunctionSummary):
        yield from (parameter.name for parameter in definition.parameters)
        for further in _of_function(project, symbol.name, symbol.module.name):
            yield from _taken_by(project, further, hops - 1)
