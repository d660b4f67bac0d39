"""The branching that a query's tenant condition hangs on, and what it asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct

from turnstay_lint.project.dataflow.events import Sent
from turnstay_lint.project.roles import may_ask_for_role
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters
from turnstay_lint.source.types import UNKNOWN, read_type


class Guard(Struct, frozen=True):
    """A branching on some of whose ways alone the query gets the tenant's condition.

    ``parameter`` is the one of the function that it asks for and then uses, or None; ``without``
    is what is done on the ways that leave the tenant out.
    """

    branching: ast.If | ast.IfExp | ast.Match
    parameter: ast.arg | None = None
    without: tuple[ast.AST, ...] = ()

    @property
    def test(self) -> ast.expr:
        """Return what it asks."""
        found = self.branching
        return found.subject if isinstance(found, ast.Match) else found.test

    @property
    def asks_for_role(self) -> bool:
        """Tell whether it asks who may see every tenant, rather than for the tenant."""
        return may_ask_for_role(ast.unparse(self.test))


def scope_guards(sent: Sent, function: Scope, columns: frozenset[str]) -> tuple[Guard, ...]:
    """Return the guards of a query's tenant conditions, in the order of the text.

    ``columns`` are the names of the columns that hold a tenant's id.
    """
    node = function.node
    assert isinstance(node, FunctionNode)
    variables = _built_from(sent.call, node)
    parameters = {parameter.arg: parameter for parameter in all_parameters(node.args)}
    found = []
    for branching in ast.walk(node):
        if not isinstance(branching, ast.If | ast.IfExp | ast.Match):
            continue
        if branching.lineno > (sent.call.end_lineno or sent.call.lineno):
            continue
        ways = _ways(branching)
        adding = [way for way in ways if _adds(way, variables, columns)]
        if adding and len(adding) < len(ways):
            guard = Guard(branching)
            asked = _asked_for(guard.test)
            used = any(asked in _named(inner) for way in adding for inner in way)
            rest = tuple(inner for way in ways if way not in adding for inner in way)
            found.append(Guard(branching, parameters.get(asked) if used else None, rest))
    return tuple(sorted(found, key=lambda guard: guard.branching.lineno))


def _ways(branching: ast.If | ast.IfExp | ast.Match) -> list[Sequence[ast.AST]]:
    """Return what is done on each way; nothing on the one that is not written."""
    match branching:
        case ast.If():
            return [branching.body, branching.orelse]
        case ast.IfExp():
            return [[branching.body], [branching.orelse]]
    return [*(case.body for case in branching.cases), ()]


def _built_from(call: ast.Call, function: FunctionNode) -> frozenset[str]:
    """Return the variables that a sent query was built from."""
    found = _named(call)
    assignments = [
        statement
        for statement in ast.walk(function)
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
    ]
    for _ in range(len(assignments)):
        more = {
            name
            for statement in assignments
            if statement.value is not None and _targets(statement) & found
            for name in _named(statement.value)
        }
        if more <= found:
            break
        found |= more
    return frozenset(found)


def _named(expression: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


def _targets(statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _keys_set(
    statement: ast.Assign | ast.AnnAssign | ast.AugAssign,
) -> set[tuple[str, object]]:
    """Return the dicts and their keys that ``filters["company_id"] = company_id`` sets."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {
        (target.value.id, target.slice.value)
        for target in targets
        if isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and isinstance(target.slice, ast.Constant)
    }


def _adds(way: Sequence[ast.AST], variables: frozenset[str], columns: frozenset[str]) -> bool:
    """Tell whether what is done says of the tenant column what a query shall ask."""
    for statement in way:
        if isinstance(statement, ast.expr) and _speaks(statement, columns):
            return bool(_named(statement) & variables)
        for node in ast.walk(statement):
            match node:
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign() if node.value is not None:
                    if _targets(node) & variables and _speaks(node.value, columns):
                        return True
                    if _keys_set(node) & {(name, key) for name in variables for key in columns}:
                        return True
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                    if name in variables and _speaks(node.value, columns):
                        return True
    return False


def _speaks(expression: ast.expr, columns: frozenset[str]) -> bool:
    """Tell whether an expression compares a tenant column with something; None is nobody."""
    for node in ast.walk(expression):
        match node:
            case ast.Compare(comparators=[ast.Constant(value=None)]):
                continue
            case ast.Call(args=[ast.Constant(value=None)]):
                continue
            case ast.Compare():
                sides = (node.left, *node.comparators)
                if any(isinstance(s, ast.Attribute) and s.attr in columns for s in sides):
                    return True
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=name))) if name in columns:
                return True
            case ast.Call(keywords=keywords) if any(k.arg in columns for k in keywords):
                return True
            case ast.Dict(keys=keys):
                if any(isinstance(k, ast.Constant) and k.value in columns for k in keys):
                    return True
    return False


def _asked_for(test: ast.expr) -> str:
    """Return the name of which a test asks whether it is there: ``x``, ``x is not None``."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return name
        case ast.Name(id=name):
            return name
        case ast.Compare(
            left=ast.Name(id=name),
            ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq()],
            comparators=[ast.Constant(value=None)],
        ):
            return name
    return ""


def may_be_missing(parameter: ast.arg, function: Scope) -> bool:
    """Tell whether a parameter may be None, by its default and its annotation."""
    node = function.node
    assert isinstance(node, FunctionNode)
    default = default_of(node, parameter)
    if isinstance(default, ast.Constant) and default.value is None:
        return True
    type_ = read_type(parameter.annotation, function.parent or function)
    return parameter.annotation is None or type_ == UNKNOWN or type_ != type_.without_none


def is_settled(guard: Guard, function: Scope) -> bool:
    """Tell whether what a guard asks for was seen to before: refused, asserted, or filled in."""
    if guard.parameter is None:
        return False
    name = guard.parameter.arg
    for statement in ast.walk(function.node):
        if not isinstance(statement, ast.stmt) or statement.lineno >= guard.branching.lineno:
            continue
        match statement:
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() if name in _targets(statement):
                return True
            case ast.Assert(test=test) if name in _named(test):
                return True
            case ast.If(test=test, body=[*_, ast.Raise() | ast.Return()]) if name in _named(test):
                return True
    return False


def default_of(function: FunctionNode, parameter: ast.arg) -> ast.expr | None:
    """Return the default of a parameter, or None where it has none."""
    for other, default in _defaults(function):
        if other is parameter:
            return default
    return None


def _defaults(function: FunctionNode) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    plain = [*function.args.posonlyargs, *function.args.args]
    missing = len(plain) - len(function.args.defaults)
    yield from zip(plain, [*[None] * missing, *function.args.defaults], strict=True)
    yield from zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
