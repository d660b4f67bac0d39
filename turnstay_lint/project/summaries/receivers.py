"""What a function reaches besides what it calls by name: methods of what it made, what it hands on.

``Repository.from_session(session).delete(...)`` is a method of what ``from_session`` gives,
whether or not a variable holds that between; ``Thread(target=self.run)`` hands a method on, and
whoever hands something on calls it.
"""

from __future__ import annotations

import ast

from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binding, Binds, FunctionNode, Scope
from turnstay_lint.source.types import read_type

_OF_BUILTINS = frozenset(name for type_ in (bytes, dict, list, set, str) for name in dir(type_))
"""Methods that nearly everything has; whose they are, only what they are called on can tell."""


def method_of(called: ast.Attribute, scope: Scope) -> str:
    """Return ``made().method`` or ``*.method`` for a method of what has no name; else empty."""
    owner = called.value
    made = owner
    if isinstance(owner, ast.Name):
        found = scope.lookup(owner.id)
        if found is not None and found[1][0].kind is Binds.PARAMETER:
            return ""
        value = _bound_before(owner, found[1]) if found is not None else None
        made = value if value is not None else owner
    name = _made_by(made, scope)
    if name:
        return f"{name}().{called.attr}"
    return "" if called.attr in _OF_BUILTINS else f"*.{called.attr}"


def holder_of(name: ast.Name, scope: Scope) -> str:
    """Return the type of the parameter that a variable is, or ``made()`` for what gave it."""
    found = scope.lookup(name.id)
    if found is None:
        return ""
    owner, bindings = found
    place = name.lineno, name.col_offset
    before = [binding for binding in bindings if binding.since <= place] or bindings[-1:]
    if before[-1].kind is Binds.PARAMETER:
        parameter = before[-1].node
        if not isinstance(parameter, ast.arg):
            return ""
        type_ = read_type(parameter.annotation, owner.parent or owner).without_none
        return "" if type_.arguments or type_.name in ("?", "|") else type_.name
    value = _bound_before(name, before)
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return ""
    made = _made_by(value, scope)
    if not made and isinstance(value.func, ast.Attribute):
        made = method_of(value.func, scope) or _on_parameter(value.func, scope)
    return f"{made}()" if made else ""


def is_parameter(name: ast.Name, scope: Scope) -> bool:
    """Tell whether a name is a parameter that nothing binds again."""
    found = scope.lookup(name.id)
    return found is not None and [binding.kind for binding in found[1]] == [Binds.PARAMETER]


def _on_parameter(called: ast.Attribute, scope: Scope) -> str:
    owner = called.value
    if isinstance(owner, ast.Name) and is_parameter(owner, scope):
        return f"<{owner.id}>.{called.attr}"
    return ""


def _made_by(made: ast.expr, scope: Scope) -> str:
    """Return the dotted name of what was called to make a value, or empty."""
    if isinstance(made, ast.Await):
        made = made.value
    return resolve(made.func, scope) or "" if isinstance(made, ast.Call) else ""


def _bound_before(name: ast.Name, bindings: list[Binding]) -> ast.expr | None:
    """Return what a variable was bound to last, above the line that uses it."""
    before = [binding for binding in bindings if binding.line <= name.lineno]
    if not before:
        return None
    last = before[-1]
    if isinstance(last.node, ast.With | ast.AsyncWith):
        for item in last.node.items:
            target = item.optional_vars
            if isinstance(target, ast.Name) and target.id == name.id:
                return item.context_expr
    return last.value


def handed_on(argument: ast.expr, scope: Scope, function: Scope) -> str:
    """Return the function, or the method of ``self``, that an argument is."""
    match argument:
        case ast.Name():
            found = scope.lookup(argument.id)
            if found is None or found[1][-1].kind not in (Binds.FUNCTION, Binds.IMPORT):
                return ""
            return resolve(argument, scope) or ""
        case ast.Attribute(value=ast.Name(id=owner), attr=method):
            if _is_method_around(method, function) and _is_first(owner, function):
                return f"<{owner}>.{method}"
    return ""


def _is_method_around(name: str, function: Scope) -> bool:
    around = function.parent
    held = around.bindings.get(name) if around is not None and around.is_class else None
    return held is not None and held[-1].kind is Binds.FUNCTION


def _is_first(name: str, function: Scope) -> bool:
    node = function.node
    if not isinstance(node, FunctionNode):
        return False
    plain = [*node.args.posonlyargs, *node.args.args]
    return bool(plain) and plain[0].arg == name
