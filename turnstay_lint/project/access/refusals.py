"""What a function refuses by itself: the errors it raises, and which of them turn callers away.

401 and 403 refuse; https://www.rfc-editor.org/rfc/rfc9110#name-401-unauthorized says whom. Errors
of the service's own refuse where they say so by class or name; of the others nobody knows what a
handler makes of them.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from enum import IntEnum

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import argument
from turnstay_lint.frameworks.starlette import status_code, status_named
from turnstay_lint.project.access.checkers import names_check
from turnstay_lint.project.endpoints.routers import constants
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.rereading import reread
from turnstay_lint.project.roles import may_ask_for_role
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Literal, Name, Value
from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.names import resolve
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import FunctionNode, Scope, inner_bodies

HTTP_EXCEPTIONS = frozenset(
    {
        "fastapi.HTTPException",
        "fastapi.exceptions.HTTPException",
        "starlette.exceptions.HTTPException",
    }
)
REFUSALS = frozenset({401, 403})
_CATCHING = frozenset({"HTTPException", "Exception", "BaseException"})
_REFUSING = regex(
    r"auth|forbid|permission|denied|credential|(^|_)access|(^|_)token|login|signed|signature"
)
_HARMLESS = regex(
    r"not_?found|missing|exists|conflict|duplicate|limit|timeout|unavailable|validation|value_"
    r"|parse|parsing|config|connection|database|internal|server"
)
_WORDS = regex(r"(?<=[a-z0-9])(?=[A-Z])")


class Guarding(IntEnum):
    """Whether something turns callers away: it lets all pass, nobody can tell, it refuses."""

    OPEN = 0
    UNKNOWN = 1
    REFUSES = 2


class Body(Struct, frozen=True):
    """What a function's own statements say: whether they refuse, and whether by role.

    ``caught`` are the calls, as the text has them, of which an error goes no further.
    """

    guarding: Guarding
    asks_for_role: bool = False
    caught: frozenset[str] = frozenset()


def plain(name: str) -> str:
    """Return the last part of a dotted name in lower case, its words apart."""
    return _WORDS.sub("_", name.rpartition(".")[2]).lower()


def scope_of(project: Project, symbol: Symbol) -> tuple[SourceFile, Scope] | None:
    """Return a function or class of the service as its file has it; the file is read again."""
    source = reread(project, symbol.module.path)
    definition = symbol.definition
    if source is None or not isinstance(definition, FunctionSummary | ClassSummary):
        return None
    scope = _scopes(source).get((symbol.qualname, definition.span.line))
    return (source, scope) if scope is not None else None


@fact
def _scopes(source: SourceFile) -> Mapping[tuple[str, int], Scope]:
    """Return the functions and classes of a file by their qualified names and first lines."""
    index = source.index
    scopes = (*index.functions, *index.classes)
    return {(scope.qualname, source.span(scope.node).line): scope for scope in reversed(scopes)}


@noted_fact
def body_of(project: Project, name: str) -> Body:
    """Return what the statements of a function say, by its canonical name."""
    symbol = project.find(name)
    if symbol is None or not isinstance(symbol.definition, FunctionSummary):
        return Body(Guarding.UNKNOWN)
    found = scope_of(project, symbol)
    if found is None or not isinstance(found[1].node, FunctionNode):
        return Body(Guarding.UNKNOWN)
    return _Reading(project, *found).body()


class _Reading:
    """One function's statements, read for what they raise."""

    def __init__(self, project: Project, source: SourceFile, scope: Scope) -> None:
        self._project = project
        self._source = source
        self._scope = scope
        self._near = scope.module
        self._checks = names_check(scope.name)

    def body(self) -> Body:
        node = self._scope.node
        assert isinstance(node, FunctionNode)
        statements = list(statements_of(node.body))
        raises, caught = [s for s in statements if isinstance(s, ast.Raise)], frozenset[str]()
        if any(type(statement) is ast.Try for statement in statements):
            raises = [r for r, is_caught in _raised(node.body, False) if not is_caught]
            caught = frozenset(_caught_calls(node.body))
        guarding = max((self._of_error(r.exc) for r in raises), default=Guarding.OPEN)
        choices = (s for s in statements if isinstance(s, ast.If))
        roles = any(self._asks_for_role(choice.test) for choice in choices)
        return Body(guarding, roles, caught)

    def _asks_for_role(self, test: ast.expr) -> bool:
        """The text may say so in a comment, which the code then does not."""
        written = self._source.written(test)
        return may_ask_for_role(written) and may_ask_for_role(ast.unparse(test))

    def _of_error(self, error: ast.expr | None) -> Guarding:
        match error:
            case None:
                return Guarding.OPEN
            case ast.Call():
                return self._of_call(error)
            case ast.Name():
                return self._of_name(error)
            case ast.Attribute():
                return self._of_class(resolve(error, self._scope) or error.attr)
        return Guarding.UNKNOWN

    def _of_call(self, call: ast.Call) -> Guarding:
        name = resolve(call.func, self._scope)
        if name is None:
            return self._of_class(_last(call.func))
        if self._project.canonical(name, self._near) not in HTTP_EXCEPTIONS:
            return self._of_class(name)
        said = argument(call, 0, "status_code")
        elsewhere = constants(self._project, self._near)
        return self._of_status(status_code(said, self._scope, elsewhere) if said else None)

    def _of_status(self, status: int | None) -> Guarding:
        if status is None:
            return Guarding.UNKNOWN
        if status in REFUSALS:
            return Guarding.REFUSES
        return Guarding.UNKNOWN if self._checks and 400 <= status < 500 else Guarding.OPEN

    def _of_name(self, name: ast.Name) -> Guarding:
        found = self._scope.lookup(name.id)
        bound = found[1][-1] if found is not None else None
        if bound is not None and isinstance(bound.node, ast.ExceptHandler):
            return Guarding.OPEN
        if bound is not None and isinstance(bound.value, ast.Call):
            return self._of_call(bound.value)
        return self._of_class(resolve(name, self._scope) or name.id)

    def _of_class(self, name: str) -> Guarding:
        """Judge an error by its class, or by the variable that holds it elsewhere."""
        symbol = self._project.find(name, self._near)
        if symbol is not None and isinstance(symbol.definition, VariableSummary):
            return self._of_value(symbol.definition.value, symbol.module.name)
        last = name.rpartition(".")[2]
        if last == "PermissionError" or _REFUSING.search(plain(name)):
            return Guarding.REFUSES
        if hasattr(builtins, last) or _HARMLESS.search(plain(name)):
            return Guarding.OPEN
        return self._of_declared(name)

    def _of_declared(self, name: str) -> Guarding:
        """``class Refused(HTTPException): status_code = 403``."""
        for symbol in self._project.lineage(name, self._near):
            assert isinstance(symbol.definition, ClassSummary)
            for attribute in symbol.definition.attributes:
                if "status" in attribute.name and attribute.value is not None:
                    return self._of_status(_status(attribute.value))
        return Guarding.UNKNOWN

    def _of_value(self, value: Value, near: str) -> Guarding:
        if not isinstance(value, Call):
            return Guarding.UNKNOWN
        if self._project.canonical(value.name, near) not in HTTP_EXCEPTIONS:
            return self._of_class(value.name)
        said = value.arguments[0] if value.arguments else value.keyword("status_code")
        return self._of_status(_status(said) if said is not None else None)


def _status(value: Value) -> int | None:
    match value:
        case Literal(value=int() as number):
            return number
        case Name(name=name):
            return status_named(name)
    return None


def _last(called: ast.expr) -> str:
    match called:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _raised(body: list[ast.stmt], caught: bool) -> Iterator[tuple[ast.Raise, bool]]:
    """Yield what a block raises, and whether the function itself catches that."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            yield statement, caught
        elif isinstance(statement, ast.Try):
            yield from _raised(statement.body, caught or _swallows(statement))
            others = [*(h.body for h in statement.handlers), statement.orelse, statement.finalbody]
            for other in others:
                yield from _raised(other, caught)
        elif not isinstance(statement, FunctionNode | ast.ClassDef):
            for inner in inner_bodies(statement):
                yield from _raised(inner, caught)


def _swallows(attempt: ast.Try) -> bool:
    """``except HTTPException: return None`` lets a refused caller pass."""
    return any(_catches(h) and not any(_raised(h.body, False)) for h in attempt.handlers)


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or _last(kind) in _CATCHING for kind in kinds)


def _caught_calls(body: list[ast.stmt]) -> Iterator[str]:
    """Yield what is called where the function catches a refusal, by the last part of its name."""
    for statement in statements_of(body):
        if isinstance(statement, ast.Try) and _swallows(statement):
            for inner in statement.body:
                for node in ast.walk(inner):
                    if isinstance(node, ast.Call):
                        yield _last(node.func)
