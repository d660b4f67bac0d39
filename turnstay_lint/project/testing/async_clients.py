"""Which parameters of tests are httpx's asynchronous client, by annotation or by fixture."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.frameworks.pytest import asked_for, fixtures
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import read_type

ASYNC_CLIENT = "httpx.AsyncClient"
COROUTINES = frozenset(
    {"aclose", "delete", "get", "head", "options", "patch", "post", "put", "request", "send"}
)
CONFTEST = "conftest"
_MOST_HOPS = 3


def async_clients(project: Project, source: SourceFile, function: Scope) -> tuple[str, ...]:
    """Return the names of a test's parameters that are certainly an asynchronous client.

    Its variables that hold one which it makes itself are among them.
    """
    asked = (
        parameter.arg
        for parameter in asked_for(function)
        if _is_async_client(project, source, function, parameter)
    )
    return (*asked, *_made_here(project, function))


def _made_here(project: Project, function: Scope) -> Iterator[str]:
    for name, bindings in function.bindings.items():
        values = [binding.value for binding in bindings]
        if values and all(
            isinstance(value, ast.Call)
            and project.derives(resolve(value.func, function) or "", function.module, ASYNC_CLIENT)
            for value in values
        ):
            yield name


def _is_async_client(
    project: Project,
    source: SourceFile,
    function: Scope,
    parameter: ast.arg,
    hops: int = _MOST_HOPS,
) -> bool:
    outer = function.parent or function
    if parameter.annotation is not None:
        said = read_type(parameter.annotation, outer).without_none
        return any(
            project.derives(member.name, function.module, ASYNC_CLIENT) for member in said.members
        )
    for own in fixtures(source):
        if own.name == parameter.arg:
            handed = hops > 0 and _hands_client_on(project, source, own.function, hops - 1)
            return handed or _gives_client(source, own.function)
    return next(_of_conftests(project, source, parameter.arg), False)


def _of_conftests(project: Project, source: SourceFile, name: str) -> Iterator[bool]:
    """Yield what the fixtures of a name give, that of the nearest conftest first."""
    package = source.module.rpartition(".")[0]
    while package:
        module = project.modules.get(f"{package}.{CONFTEST}")
        function = module.functions.get(name) if module is not None else None
        if module is not None and isinstance(function, FunctionSummary) and function.is_async:
            yield conftest_gives_client(project, module.path, name)
        package = package.rpartition(".")[0]


@noted_fact
def conftest_gives_client(project: Project, path: str, name: str) -> bool:
    """Tell whether an asynchronous fixture of a file makes the client that it gives."""
    source = project.read(path)
    own = [one for one in fixtures(source) if one.name == name] if source is not None else []
    return source is not None and any(_gives_client(source, one.function) for one in own)


def _gives_client(source: SourceFile, fixture: Scope) -> bool:
    node = fixture.node
    assert isinstance(node, FunctionNode)
    said = read_type(node.returns, fixture.parent or fixture)
    if any(argument.name == ASYNC_CLIENT for argument in (said, *said.arguments)):
        return True
    return isinstance(node, ast.AsyncFunctionDef) and any(
        scope.function is fixture and resolve(call.func, scope) == ASYNC_CLIENT
        for call, scope in source.index.calls
    )


def _hands_client_on(project: Project, source: SourceFile, fixture: Scope, hops: int) -> bool:
    """Tell whether a fixture gives the client that it is given, signed in perhaps."""
    node = fixture.node
    assert isinstance(node, FunctionNode)
    given = {
        value.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Return | ast.Yield)
        for value in [inner.value]
        if isinstance(value, ast.Name)
    }
    return any(
        parameter.arg in given and _is_async_client(project, source, fixture, parameter, hops)
        for parameter in asked_for(fixture)
    )
