"""### What it does

Finds tests that are `def` and ask something of httpx's `AsyncClient`.

### Why

Handbook 7, Test Function Pattern: tests of endpoints are `async def` and await what the client
answers. What `client.get(...)` gives a `def` is a coroutine: nothing is sent, and a test that only
looks whether there is an answer passes.

### Bad

```python
# app/tests/endpoints/test_accounts.py
from httpx import AsyncClient


def test_get_accounts(client: AsyncClient):
    response = client.get("/api/v1/accounts")

    assert response
```

### Good

```python
# app/tests/endpoints/test_accounts.py
from httpx import AsyncClient


async def test_get_accounts(client: AsyncClient):
    response = await client.get("/api/v1/accounts")

    assert response
```

### Fix safety

Safe where the test does nothing but ask the client and look at what it answers: `async` before the
`def`, `await` before each question, and the mark that the file's other asynchronous tests have
(`pytest.mark.asyncio`), if they have one. There is none where the client is handed on, is asked in
an inner function, in `asyncio.run(...)` or by `stream`, and in the classes of unittest.

### Options

None.

### Known limits

The client is known by its annotation, by the fixture of that name in the file or in a `conftest.py`
above it (in the file also one that hands the client on), or made in the test itself. Whether pytest
runs asynchronous tests without a mark, the service's `asyncio_mode` says, which is not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Severity, safe
from turnstay_lint.frameworks.pytest import is_test_function, name_span
from turnstay_lint.project.testing.async_clients import COROUTINES, async_clients
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import Scope

HELP = "Tests of endpoints are async def, and await the client (handbook 7)."
_SYNC = regex(r"def(?<!\wdef)(?<!async def)[\s\\]")
_MARKS = ("pytest.mark.asyncio", "pytest.mark.anyio")


class AwaitClient(Struct, frozen=True):
    """Make the function at ``function`` ``async``, with a decorator, and await the calls.

    ``bare`` are calls that stand alone, ``held`` those of whose answer something is asked at once.
    """

    function: Span
    bare: tuple[Span, ...]
    held: tuple[Span, ...]
    mark: str = ""


def find_sync_endpoint_tests(look: Look) -> Iterator[Finding]:
    """Yield the tests that ask an asynchronous client and do not wait for its answer."""
    if _SYNC.search(look.source.text) is None:
        return
    for function in look.source.index.functions:
        if not isinstance(function.node, ast.FunctionDef):
            continue
        if not is_test_function(look.source, function):
            continue
        clients = async_clients(look.project, look.source, function)
        asking = [call for call in _calls(function.node) if _asks(call, clients)] if clients else []
        if asking:
            reason = _reason(look.source, function, clients, asking)
            plan = _plan(look.source, function, asking)
            yield look.finding(
                name_span(look.source, function),
                f"{function.name} asks an asynchronous client and is no async def",
                scope=function,
                help=HELP,
                fix=None if reason else safe("Make it async def and await the client", plan),
                unfixable=reason,
            )


def _calls(function: ast.FunctionDef) -> list[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def _asks(call: ast.Call, clients: tuple[str, ...]) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return name in clients and (attribute in COROUTINES or attribute == "stream")
    return False


def _reason(
    source: SourceFile, function: Scope, clients: tuple[str, ...], asking: list[ast.Call]
) -> str:
    """Say what else would have to change, empty where nothing would."""
    node = function.node
    asked = {id(call.func) for call in asking}
    held = {id(n.value) for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    for name in ast.walk(node):
        if isinstance(name, ast.Name) and name.id in clients and id(name) not in held:
            if isinstance(name.ctx, ast.Load):
                return f"{name.id} is handed on, and who gets it is not awaited"
    for call in asking:
        assert isinstance(call.func, ast.Attribute)
        if call.func.attr == "stream":
            return "stream is used in an `async with`"
    own = {id(call) for call, scope in source.index.calls if _may_await(scope, function)}
    if not all(id(call) in own for call in asking):
        return "an inner function asks the client"
    for call in _calls_around(node, asking):
        said = ast.unparse(call.func)
        return f"{said}() is given what the client answers, and may wait for it itself"
    return "" if asked else "nothing is asked"


def _may_await(scope: Scope, function: Scope) -> bool:
    """Tell whether ``await`` may stand in a scope once the function is ``async``."""
    while isinstance(scope.node, ast.ListComp | ast.SetComp | ast.DictComp) and scope.parent:
        scope = scope.parent
    return scope is function


def _calls_around(node: ast.AST, asking: list[ast.Call]) -> Iterator[ast.Call]:
    """Yield the calls that are given a coroutine of the client as an argument."""
    wanted = {id(call) for call in asking}
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            if any(
                id(one.value if isinstance(one, ast.Starred) else one) in wanted for one in given
            ):
                yield call


def _plan(source: SourceFile, function: Scope, asking: list[ast.Call]) -> AwaitClient:
    holding = {
        id(node.value)
        for node in ast.walk(function.node)
        if isinstance(node, ast.Attribute | ast.Subscript)
    }
    return AwaitClient(
        function=source.span(function.node),
        bare=tuple(source.span(call) for call in asking if id(call) not in holding),
        held=tuple(source.span(call) for call in asking if id(call) in holding),
        mark=_mark(source),
    )


def _mark(source: SourceFile) -> str:
    """Return the mark that each asynchronous test of the file has, empty where one has none."""
    marks = []
    for function in source.index.functions:
        if isinstance(function.node, ast.AsyncFunctionDef) and is_test_function(source, function):
            scope = function.parent or function
            own = [d for d in function.node.decorator_list if _is_mark(d, scope)]
            marks.append(f"@{ast.unparse(own[0])}" if own else "")
    return marks[0] if marks and all(marks) else ""


def _is_mark(decorator: ast.expr, scope: Scope) -> bool:
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return resolve(made, scope) in _MARKS


RULE = Rule(
    code="TSL702",
    name="sync-endpoint-test",
    severity=Severity.WARNING,
    check=find_sync_endpoint_tests,
    triggers=("AsyncClient", "async_client", "client"),
    uses_project=True,
)
