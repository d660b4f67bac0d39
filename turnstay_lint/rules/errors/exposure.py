"""What an answer says of an exception: its text, its arguments, its traceback.

Only what certainly comes from an exception that the code around has at hand is told; what the
service's own functions make of one may be fit for clients.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from msgspec import Struct

from turnstay_lint.frameworks.http_errors import HTTP_EXCEPTION
from turnstay_lint.project.errors.answering_functions import is_exception_handler
from turnstay_lint.project.project import Project, project_fact
from turnstay_lint.project.summaries.summary import ClassSummary
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope, all_parameters
from turnstay_lint.source.surroundings import statements_around
from turnstay_lint.source.types import read_type

_TRACEBACKS = frozenset(
    f"traceback.{name}"
    for name in ("format_exc", "format_exception", "format_exception_only", "format_tb")
) | {"sys.exc_info"}
_SAID_AGAIN = frozenset(
    f"builtins.{name}"
    for name in ("ascii", "dict", "format", "list", "map", "repr", "str", "tuple", "vars")
) | {"fastapi.encoders.jsonable_encoder", "json.dumps"}
_HARMLESS = frozenset(
    {"code", "error_code", "errno", "returncode", "status", "status_code", "__class__"}
)
_JOINING = frozenset({"format", "join"})
_OF_THE_CLIENT = frozenset({"detail", "headers"})
_ASKED_WHILE_DEVELOPING = ("debug", "development", "environment", "local", "testing")
_MOST_DEPTH = 6


class Caught(Struct, frozen=True):
    """An exception at hand: its name, what it is, and the clause or function that gives it.

    ``name`` is empty where the clause gives it none; ``types`` are the dotted names of what it may
    be.
    """

    name: str
    types: tuple[str, ...]
    giver: ast.ExceptHandler | FunctionNode

    @property
    def is_being_handled(self) -> bool:
        """Tell whether an ``except`` clause has it, so that logging knows it by itself."""
        return isinstance(self.giver, ast.ExceptHandler)


def caught_around(project: Project, node: ast.AST, scope: Scope) -> tuple[Caught, ...]:
    """Return the exceptions at hand where a node stands, the innermost first."""
    around = reversed(statements_around(node, scope))
    found = [
        Caught(one.name or "", tuple(_types(one.type, scope)), one)
        for one in around
        if isinstance(one, ast.ExceptHandler)
    ]
    function = scope.function
    if function is not None and isinstance(function.node, FunctionNode):
        found += _handed_over(project, function, function.node)
    return tuple(found)


def _types(caught: ast.expr | None, scope: Scope) -> Iterator[str]:
    for one in caught.elts if isinstance(caught, ast.Tuple) else [caught]:
        yield (resolve(one, scope) or "") if one is not None else "builtins.BaseException"


def _handed_over(project: Project, function: Scope, node: FunctionNode) -> Iterator[Caught]:
    """Yield the parameters that are exceptions, as handlers of exceptions have one."""
    outer = function.parent or function
    parameters = list(all_parameters(node.args))
    for place, parameter in enumerate(parameters):
        said = read_type(parameter.annotation, outer)
        names = tuple(member.name for member in said.without_none.members)
        if any(_is_exception(project, name, function.module) for name in names):
            yield Caught(parameter.arg, names, node)
        elif place == 1 and parameter.annotation is None and is_exception_handler(function):
            yield Caught(parameter.arg, ("builtins.Exception",), node)


@project_fact
def _is_exception(project: Project, name: str, near: str) -> bool:
    for ancestor in project.ancestors(name, near):
        made = getattr(builtins, ancestor.removeprefix("builtins."), None)
        if ancestor.startswith("builtins.") and isinstance(made, type):
            if issubclass(made, BaseException):
                return True
    return False


def is_of_the_service(project: Project, caught: Caught, near: str) -> bool:
    """Tell whether an exception is one that the service defines, and writes the text of."""
    symbols = [project.find(name, near) for name in caught.types if name]
    return bool(symbols) and all(
        symbol is not None and isinstance(symbol.definition, ClassSummary) for symbol in symbols
    )


class Exposure(Struct, frozen=True):
    """Looks for what is said of exceptions at hand, in the scope in which an answer is made."""

    caught: tuple[Caught, ...]
    scope: Scope

    def parts(self, answer: ast.expr, depth: int = _MOST_DEPTH) -> Iterator[ast.expr]:
        """Yield the parts of an answer that say something: values of a dict, else the whole."""
        if isinstance(answer, ast.Dict) and depth:
            for value in answer.values:
                yield from self.parts(value, depth - 1)
        elif isinstance(answer, ast.List | ast.Tuple) and depth:
            for element in answer.elts:
                yield from self.parts(element, depth - 1)
        elif self.says(answer):
            yield answer

    def says(self, expression: ast.expr, depth: int = _MOST_DEPTH) -> bool:
        """Tell whether an expression certainly says something of an exception."""
        if depth == 0:
            return False
        match expression:
            case ast.Name():
                return self._caught(expression) is not None or self._was_told(expression, depth)
            case ast.Attribute():
                return self._attribute(expression, depth)
            case ast.Call():
                return self._call(expression, depth)
            case ast.IfExp(test=test) if _is_asked_while_developing(test):
                return False
        return any(self.says(inner, depth - 1) for inner in _inner(expression))

    def _caught(self, expression: ast.expr) -> Caught | None:
        name = expression.id if isinstance(expression, ast.Name) else ""
        return next((one for one in self.caught if name and one.name == name), None)

    def _attribute(self, expression: ast.Attribute, depth: int) -> bool:
        """``exc.args`` says much, ``exc.status_code`` nothing that clients may not know."""
        path, root = [expression.attr], expression.value
        while isinstance(root, ast.Attribute):
            path.append(root.attr)
            root = root.value
        if not _HARMLESS.isdisjoint(path):
            return False
        caught = self._caught(root)
        if caught is None:
            return not isinstance(root, ast.Name) and self.says(root, depth - 1)
        is_http = all(name.endswith(HTTP_EXCEPTION) for name in caught.types)
        return not (is_http and path[-1] in _OF_THE_CLIENT)

    def _call(self, call: ast.Call, depth: int) -> bool:
        name = resolve(call.func, self.scope) or ""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in _TRACEBACKS:
            return True
        if name in _SAID_AGAIN:
            return self._any(given, depth)
        if not isinstance(call.func, ast.Attribute):
            return False
        if call.func.attr in _JOINING and self._any(given, depth):
            return True
        return self._attribute(call.func, depth)

    def _any(self, expressions: Iterable[ast.expr], depth: int) -> bool:
        return any(self.says(one, depth - 1) for one in expressions)

    def _was_told(self, name: ast.Name, depth: int) -> bool:
        """``message = f"failed: {exc}"``, in the same clause or function."""
        found = self.scope.lookup(name.id)
        if found is None or found[0] is not self.scope.function:
            return False
        place = (name.lineno, name.col_offset)
        earlier = [b for b in found[1] if b.value is not None and b.since <= place]
        if not earlier or not isinstance(earlier[-1].node, ast.Assign | ast.AnnAssign):
            return False
        value, node = earlier[-1].value, earlier[-1].node
        assert value is not None
        within = any(_lies_in(node, one.giver) for one in self.caught)
        return within and self.says(value, depth - 1)


def _lies_in(node: ast.AST, giver: ast.AST) -> bool:
    begin, end = getattr(giver, "lineno", 0), getattr(giver, "end_lineno", 0) or 0
    return begin <= getattr(node, "lineno", 0) <= end


def _inner(expression: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression is put together from."""
    match expression:
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            yield from parts
        case ast.FormattedValue(value=value) | ast.Subscript(value=value):
            yield value
        case ast.Starred(value=value):
            yield value
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
            yield from (left, right)
        case ast.Dict(values=values):
            yield from values
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.BoolOp(values=values):
            yield from values
        case (
            ast.ListComp(elt=element, generators=generators)
            | ast.GeneratorExp(elt=element, generators=generators)
        ):
            yield from (element, *(generator.iter for generator in generators))


def _is_asked_while_developing(test: ast.expr) -> bool:
    """``str(exc) if settings.DEBUG else "Internal server error"`` is a decision."""
    said = ast.unparse(test).lower()
    return any(word in said for word in _ASKED_WHILE_DEVELOPING)
