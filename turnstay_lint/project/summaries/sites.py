"""What the functions of a file call, and what they give to what may be the service's own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from msgspec import Struct, field

from turnstay_lint.project.summaries.receivers import handed_on, holder_of, is_parameter, method_of
from turnstay_lint.project.summaries.summary import CallSite
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope

_KEY = regex(r"(^|_)id$")
_LIBRARIES = sys.stdlib_module_names | {
    "alembic", "builtins", "fastapi", "numpy", "pandas", "pydantic", "pytest", "sqlalchemy",
    "starlette",
}  # fmt: skip
"""What is no service's own, so that nobody asks who calls it."""
_CALLING = frozenset(
    {
        "anyio.to_thread.run_sync",
        "asyncio.to_thread",
        "fastapi.concurrency.run_in_threadpool",
        "functools.partial",
        "starlette.concurrency.run_in_threadpool",
    }
)
"""What calls its first argument with the others."""
_TASKS = frozenset(
    {"fastapi.BackgroundTasks", "fastapi.background.BackgroundTasks"}
    | {f"starlette.background.{name}" for name in ("BackgroundTask", "BackgroundTasks")}
)


class Called(Struct):
    """What one function calls by name, and what it uses besides, as in ``FunctionSummary``."""

    names: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)


class _Around(Struct):
    """The function that a call stands in, and the functions that its names are, once known."""

    function: Scope
    called: Called
    handed: dict[str, str] = field(default_factory=dict)


def called_by_function(source: SourceFile) -> dict[Scope, Called]:
    """Return what each function of a file calls.

    Builtins and methods of a function's own variables are no names.
    """
    found: dict[Scope, Called] = {}
    around: dict[Scope, _Around | None] = {}
    for call, scope in source.index.calls:
        here = around[scope] if scope in around else around.setdefault(scope, _around(scope, found))
        if here is None:
            continue
        called = call.func
        if isinstance(called, ast.Name | ast.Attribute):
            name = resolve(called, scope)
            if name is not None:
                if not name.startswith("builtins."):
                    here.called.names.add(name)
            elif isinstance(called, ast.Attribute):
                _note_method(called, scope, here)
        for argument in call.args:
            if type(argument) in _MAY_BE_HANDED:
                _note_handed(argument, scope, here)
        for keyword in call.keywords:
            if type(keyword.value) in _MAY_BE_HANDED:
                _note_handed(keyword.value, scope, here)
    return found


_MAY_BE_HANDED = frozenset({ast.Name, ast.Attribute})


def _around(scope: Scope, found: dict[Scope, Called]) -> _Around | None:
    function = scope.function
    return None if function is None else _Around(function, found.setdefault(function, Called()))


def _note_method(called: ast.Attribute, scope: Scope, here: _Around) -> None:
    """Note a method of what has no name: of a parameter, of what was made."""
    on_parameter = _on_parameter(called, here.function)
    if on_parameter:
        here.called.names.add(on_parameter)
        return
    use = method_of(called, scope)
    if use:
        here.called.uses.add(use)
    here.called.names.update(_of_what_is_made(called, here.function))


def _note_handed(argument: ast.expr, scope: Scope, here: _Around) -> None:
    """Note a function, or a method of ``self``, that an argument is."""
    if isinstance(argument, ast.Name):
        name = here.handed.get(argument.id)
        if name is None:
            name = here.handed[argument.id] = handed_on(argument, scope, here.function)
    elif isinstance(argument, ast.Attribute) and isinstance(argument.value, ast.Name):
        name = handed_on(argument, scope, here.function)
    else:
        return
    if name:
        here.called.uses.add(name)


def sites_by_function(source: SourceFile) -> dict[str, list[CallSite]]:
    """Return the calls that may be of the service's own, by the qualified name of who makes them.

    Among them are methods of what has no name.
    """
    found: dict[str, list[CallSite]] = {}
    optional: dict[Scope, frozenset[str]] = {}
    for call, scope in source.index.calls:
        function = scope.function
        if function is None:
            continue
        for name, arguments in _meant_by(call, scope, function):
            if function not in optional:
                optional[function] = _optional(function)
            site = _site(call, arguments, name, optional[function], scope)
            found.setdefault(function.qualname, []).append(site)
    return found


def _meant_by(
    call: ast.Call, scope: Scope, function: Scope
) -> Iterator[tuple[str, list[ast.expr]]]:
    """Yield what a call calls, and what it has called later, with the arguments of each."""
    now = _called_of_the_service(call, scope, function)
    if now:
        yield now, call.args
    later = _called_later(call, scope, function) if call.args else ""
    if later:
        yield later, call.args[1:]


def _called_later(call: ast.Call, scope: Scope, function: Scope) -> str:
    """``background_tasks.add_task(send, order.id)`` calls ``send(order.id)``, only later."""
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr == "add_task":
        owner = called.value
        queue = holder_of(owner, scope) if isinstance(owner, ast.Name) else ""
        if queue.removesuffix("()") not in _TASKS:
            return ""
    elif not isinstance(called, ast.Name | ast.Attribute) or (
        resolve(called, scope) not in _CALLING | _TASKS
    ):
        return ""
    return handed_on(call.args[0], scope, function)


def _called_of_the_service(call: ast.Call, scope: Scope, function: Scope) -> str:
    if not isinstance(call.func, ast.Name | ast.Attribute) or not (call.args or call.keywords):
        return ""
    name = resolve(call.func, scope) or _on_parameter(call.func, function)
    if name:
        return "" if name.partition(".")[0] in _LIBRARIES else name
    if isinstance(call.func, ast.Attribute):
        return method_of(call.func, scope) or f"*.{call.func.attr}"
    return ""


def _on_parameter(called: ast.expr, function: Scope) -> str:
    """``<self>.find`` is a method of what a parameter is."""
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        bound = function.bindings.get(called.value.id)
        if bound and bound[0].kind is Binds.PARAMETER:
            return f"<{called.value.id}>.{called.attr}"
    return ""


def _of_what_is_made(called: ast.Attribute, function: Scope) -> Iterator[str]:
    """``app.intake.Intake.take`` of ``Intake(session).take``, or of a variable that holds it."""
    owner: ast.expr | None = called.value
    if isinstance(owner, ast.Name):
        bound = function.bindings.get(owner.id, [])
        owner = bound[0].value if len(bound) == 1 else None
    made = resolve(owner.func, function) if isinstance(owner, ast.Call) else None
    if made is not None and made.rpartition(".")[2][:1].isupper():
        yield f"{made}.{called.attr}"


def _optional(function: Scope) -> frozenset[str]:
    """Return the parameters of a function that may be None."""
    node = function.node
    if not isinstance(node, FunctionNode):
        return frozenset()
    plain = [*node.args.posonlyargs, *node.args.args]
    defaults = [*[None] * (len(plain) - len(node.args.defaults)), *node.args.defaults]
    pairs = [*zip(plain, defaults, strict=True)]
    keyword = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return frozenset(
        parameter.arg
        for parameter, default in (*pairs, *keyword)
        if _may_be_none(parameter.annotation, default)
    )


def _may_be_none(annotation: ast.expr | None, default: ast.expr | None) -> bool:
    if isinstance(default, ast.Constant) and default.value is None:
        return True
    match annotation:
        case ast.BinOp(right=ast.Constant(value=None)) | ast.BinOp(left=ast.Constant(value=None)):
            return True
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional")):
            return True
    return False


def _site(
    call: ast.Call,
    arguments: list[ast.expr],
    called: str,
    optional: frozenset[str],
    scope: Scope,
) -> CallSite:
    keywords = [(k.arg or "**", _letter(k.value, optional)) for k in call.keywords]
    return CallSite(
        called,
        "".join(_letter(argument, optional) for argument in arguments),
        tuple(name for name, letter in keywords if letter == "g"),
        tuple(name for name, letter in keywords if letter != "g"),
        tuple(_keys(arguments, call.keywords, scope)),
    )


def _keys(
    arguments: list[ast.expr], keywords: list[ast.keyword], scope: Scope
) -> Iterator[tuple[str, str, str]]:
    """Yield the arguments that are somebody's key, or a parameter that is handed on."""
    given = [(str(place), argument) for place, argument in enumerate(arguments)]
    given += [(keyword.arg or "**", keyword.value) for keyword in keywords]
    for slot, argument in given:
        match argument:
            case ast.Attribute(value=ast.Name() as name, attr=attribute) if _KEY.search(attribute):
                holder = holder_of(name, scope)
                if holder:
                    yield slot, holder, attribute
            case ast.Name(id=plain) if is_parameter(argument, scope):
                yield slot, f"<{plain}>", ""


def _letter(argument: ast.expr, optional: frozenset[str]) -> str:
    match argument:
        case ast.Starred():
            return "*"
        case ast.Constant(value=None):
            return "n"
        case ast.Name(id=name) if name in optional:
            return "o"
    return "g"
