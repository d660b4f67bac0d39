"""### What it does

Finds calls of an `AsyncSession` that give a coroutine which nobody awaits: `session.commit()` as a
statement, `session.execute(query).scalars()`, a result that is iterated, compared or tested before
it is there.

### Why

The method does nothing until it is awaited. What is not awaited is not committed, and Python says
so in a warning that nobody reads; what is used as a result fails (handbook 3, Database Access
Patterns: sessions are asynchronous).

### Bad

```python
# app/api/utils/currency_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company


async def rename_company(session: AsyncSession, company: Company, name: str) -> None:
    company.name = name
    session.commit()


async def count_currencies(session: AsyncSession) -> int:
    return len(session.execute(select(1)).all())
```

### Good

```python
# app/api/utils/currency_utils.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Company


async def rename_company(session: AsyncSession, company: Company, name: str) -> None:
    company.name = name
    await session.commit()


async def count_currencies(session: AsyncSession) -> int:
    return len((await session.execute(select(1))).all())
```

### Fix safety

Safe: the call is awaited. There is no fix in a function that is not `async`, in a lambda and in a
generator expression, where nothing can be awaited.

### Options

`session-dependency` names the dependency that gives the session.

### Known limits

A session is known by its annotation, its dependency or what made it. A coroutine that is handed on,
returned or kept in a container may be awaited by who gets it; nothing is said of it, unless an
endpoint returns it. A variable that holds one is looked at within its function. Silent in tests,
which fail by themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from turnstay_lint.findings import Finding, Fix, Severity, safe
from turnstay_lint.project.dataflow.sessions import sessions
from turnstay_lint.project.endpoints.routers import endpoint_of
from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.rules.database.awaiting import SYNCHRONOUS, can_await
from turnstay_lint.rules.database.query_shape import FunctionShape
from turnstay_lint.rules.replacement import Replacement
from turnstay_lint.rules.rule import Look, Rule
from turnstay_lint.source.names import resolve
from turnstay_lint.source.positions import Span
from turnstay_lint.source.scopes import FunctionNode, Scope

_COROUTINES = frozenset(
    {
        "aclose", "close", "commit", "connection", "delete", "exec", "execute", "flush", "get",
        "get_one", "invalidate", "merge", "refresh", "remove", "reset", "rollback", "run_sync",
        "scalar", "scalars", "stream", "stream_scalars",
    }
)  # fmt: skip
_GIVING_RESULTS = frozenset({"exec", "execute", "scalars", "stream", "stream_scalars"})
_OF_COROUTINES = frozenset({"__await__", "close", "send", "throw"})
_TAKING_VALUES = frozenset(
    f"builtins.{name}"
    for name in ("bool", "dict", "enumerate", "int", "iter", "len", "list", "set", "sorted", "str")
)


class AwaitCall(Struct, frozen=True):
    """The pieces of text that make the call an awaited one."""

    parts: tuple[Replacement, ...]


def find_unawaited_session_calls(look: Look) -> Iterator[Finding]:
    """Yield the calls of asynchronous sessions whose coroutine nobody awaits."""
    if is_test(look.source.path):
        return
    shapes: dict[Scope, FunctionShape] = {}
    for call, scope in look.source.index.calls:
        called = call.func
        if not isinstance(called, ast.Attribute) or called.attr not in _COROUTINES:
            continue
        if not _may_be_unawaited(look, call, called):
            continue
        function = scope.function
        if function is None or not isinstance(function.node, FunctionNode):
            continue
        if _is_result(called.value, scope):
            continue
        if not sessions(look.source, look.project).is_asynchronous(called.value, scope):
            continue
        if function not in shapes:
            shapes[function] = FunctionShape(function.node.body)
        use = _Use(look, shapes[function], function)
        if use.is_never_awaited(call):
            fix = _fix(look, call, scope, in_parentheses=use.is_owner(call))
            yield look.finding(
                call,
                f"`{ast.unparse(called)}()` is a coroutine that nobody awaits",
                scope=scope,
                help="Await it: until then it does nothing",
                fix=fix,
                unfixable="" if fix else SYNCHRONOUS,
            )


def _may_be_unawaited(look: Look, call: ast.Call, called: ast.Attribute) -> bool:
    """Tell from the text alone what most calls are: no session's, or awaited where they stand."""
    if not isinstance(called.value, ast.Name | ast.Attribute):
        return False
    if called.attr in ("get", "get_one"):
        if not call.args or not isinstance(call.args[0], ast.Name | ast.Attribute):
            return False
    lines = look.source.lines
    start = lines.starts[call.lineno - 1]
    column = lines.code_points(call.lineno, call.col_offset)
    return not look.source.text[start : start + column].rstrip().endswith("await")


def _is_result(value: ast.expr, scope: Scope) -> bool:
    """``result = await session.execute(...)``: what a session gives is no session."""
    found = scope.lookup(value.id) if isinstance(value, ast.Name) else None
    return found is not None and all(_is_awaited_result(each.value) for each in found[1])


def _is_awaited_result(value: ast.expr | None) -> bool:
    match value:
        case ast.Await(value=ast.Call(func=ast.Attribute(attr=method))):
            return method in _GIVING_RESULTS
    return False


class _Use(Struct):
    """What becomes of a value in a function."""

    look: Look
    shape: FunctionShape
    function: Scope

    def is_owner(self, call: ast.expr) -> bool:
        """Tell whether an attribute or an item is taken of a value."""
        parent = self.shape.parents.get(call)
        return isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is call

    def is_never_awaited(self, call: ast.expr) -> bool:
        """Tell whether nobody awaits a coroutine, as far as its function can tell."""
        value, parent = self._consumer(call)
        match parent:
            case ast.Expr():
                return True
            case ast.Assign(targets=[ast.Tuple() | ast.List()]):
                return True
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return self._is_local(name) and all(
                    self._is_used_as_value(use) for use in self.shape.uses(name)
                )
            case ast.Return():
                return value is call and self._answers()
        return self._is_used_as_value(call)

    def _consumer(self, value: ast.expr) -> tuple[ast.AST, ast.AST | None]:
        """Return what uses a value, and what of it: conditional expressions hand it on."""
        here: ast.AST = value
        parent = self.shape.parents.get(here)
        while isinstance(parent, ast.IfExp) and parent.test is not here:
            here, parent = parent, self.shape.parents.get(parent)
        return here, parent

    def _is_used_as_value(self, value: ast.expr) -> bool:
        here, parent = self._consumer(value)
        match parent:
            case ast.Attribute(attr=name):
                return name not in _OF_COROUTINES
            case ast.Subscript(value=owner):
                return owner is here
            case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.UnaryOp() | ast.FormattedValue():
                return not _is_compared_with_none(parent)
            case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test):
                return test is here
            case ast.IfExp(test=test):
                return test is here
            case ast.For(iter=it) | ast.AsyncFor(iter=it) | ast.comprehension(iter=it):
                return it is here
            case ast.Call(func=called):
                return called is not here and resolve(called, self.function) in _TAKING_VALUES
        return False

    def _is_local(self, name: str) -> bool:
        return name in self.function.bindings

    def _answers(self) -> bool:
        """Tell whether the function answers requests with what it returns."""
        look, node = self.look, self.function.node
        return endpoint_of(look.project, look.source, node) is not None


def _is_compared_with_none(parent: ast.AST) -> bool:
    """``if task is not None`` asks whether there is a coroutine at all."""
    match parent:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]):
            return True
    return False


def _fix(look: Look, call: ast.Call, scope: Scope, *, in_parentheses: bool) -> Fix | None:
    if not can_await(scope):
        return None
    span = look.source.span(call)
    start = Span(*span.start, *span.start)
    if not in_parentheses:
        return safe("Await it", AwaitCall((Replacement(start, "await "),)))
    end = Span(*span.end, *span.end)
    parts = (Replacement(start, "(await "), Replacement(end, ")"))
    return safe("Await it", AwaitCall(parts))


RULE = Rule(
    code="TSL308",
    name="unawaited-session-call",
    severity=Severity.ERROR,
    check=find_unawaited_session_calls,
    triggers=("AsyncSession", "async_sessionmaker", "session", "db"),
    uses_project=True,
    in_tests=False,
)
