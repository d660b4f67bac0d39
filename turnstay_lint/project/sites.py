"""The calls in a file that may be of the service's own functions, and what they are given."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from turnstay_lint.project.receivers import holder_of, is_parameter
from turnstay_lint.project.summary import CallSite
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope

_KEY = re.compile(r"(^|_)id$")
_LIBRARIES = sys.stdlib_module_names | {
    "alembic", "builtins", "fastapi", "numpy", "pandas", "pydantic", "pytest", "sqlalchemy",
    "starlette",
}  # fmt: skip
"""What is no service's own, so that nobody asks who calls it."""


def sites_by_function(source: SourceFile) -> dict[Scope, set[CallSite]]:
    """Return the calls in each function that another function of the service may answer."""
    found: dict[Scope, set[CallSite]] = {}
    optional: dict[Scope, frozenset[str]] = {}
    for call, scope in source.index.calls:
        if isinstance(call.func, ast.Name | ast.Attribute) and (call.args or call.keywords):
            function = scope.function
            called = _called(call.func, scope, function) if function is not None else ""
            if function is not None and called:
                if function not in optional:
                    optional[function] = _optional(function)
                site = _site(call, called, optional[function], scope)
                found.setdefault(function, set()).add(site)
    return found


def _called(called: ast.Name | ast.Attribute, scope: Scope, function: Scope) -> str:
    name = resolve(called, scope)
    if name is not None:
        return "" if name.partition(".")[0] in _LIBRARIES else name
    if isinstance(called, ast.Name):
        return ""
    if isinstance(called.value, ast.Name):
        bound = function.bindings.get(called.value.id)
        if bound and bound[0].kind is Binds.PARAMETER:
            return f"<{called.value.id}>.{called.attr}"
    return f"*.{called.attr}"


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


def _site(call: ast.Call, called: str, optional: frozenset[str], scope: Scope) -> CallSite:
    keywords = [(k.arg or "**", _letter(k.value, optional)) for k in call.keywords]
    return CallSite(
        called,
        "".join(_letter(argument, optional) for argument in call.args),
        tuple(name for name, letter in keywords if letter == "g"),
        tuple(name for name, letter in keywords if letter != "g"),
        tuple(_keys(call, scope)),
    )


def _keys(call: ast.Call, scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield the arguments that are somebody's key, or a parameter that is handed on."""
    given = [(str(place), argument) for place, argument in enumerate(call.args)]
    given += [(keyword.arg or "**", keyword.value) for keyword in call.keywords]
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
