"""Whether a middleware of the service turns away whoever sends nothing to prove himself with.

The handbook's own lets a request without a token pass, for the dependencies to refuse; a service
whose middleware answers 401 by itself needs no dependency for that. Which paths it spares, nobody
can tell from outside.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from turnstay_lint.frameworks.starlette import status_named
from turnstay_lint.project.access.refusals import REFUSALS, scope_of
from turnstay_lint.project.noting import noted_fact
from turnstay_lint.project.project import Project, Symbol
from turnstay_lint.project.summaries.places import is_apart
from turnstay_lint.project.summaries.summary import FunctionSummary, ModuleSummary
from turnstay_lint.source.bindings import statements_of
from turnstay_lint.source.file import SourceFile, fact
from turnstay_lint.source.patterns import regex
from turnstay_lint.source.scopes import FunctionNode

NEXT = "call_next"
_ASGI = ["scope", "receive", "send"]
_AUTHENTICATION = "starlette.middleware.authentication.AuthenticationMiddleware"
_NAMED = regex(r"(^|\.)(HTTP_40[13]_\w+|UNAUTHORIZED|FORBIDDEN)$")
_OTHER_REASONS = regex(r"captcha|cors|csrf|host|licen[cs]e|limit|origin|size|tier", re.IGNORECASE)
"""What a middleware is called after that refuses for other reasons than who asks."""
_REFUSAL = regex(r"40[13]|UNAUTHORIZED|FORBIDDEN")
"""What the text of every refusal has in it."""
_PATH = regex(r"\b(path|method|url|scope|origin|type)\b")


@noted_fact
def turns_strangers_away(project: Project) -> bool:
    """Tell whether a middleware of the service may refuse a request without a token."""
    for module in project.modules.values():
        if is_apart(module.path):
            continue
        if _AUTHENTICATION in module.imports.values():
            return True
        for name, function in module.functions.items():
            if _is_middleware(function) and _refuses(project, module, name, function):
                return True
    return False


def _is_middleware(function: FunctionSummary) -> bool:
    last = [parameter.name for parameter in function.parameters[-3:]]
    around = NEXT in last[-2:] or (last == _ASGI and function.name.endswith("__call__"))
    return around and not _OTHER_REASONS.search(function.name)


def _refuses(project: Project, module: ModuleSummary, name: str, function: FunctionSummary) -> bool:
    found = scope_of(project, Symbol(module, name, function))
    if found is None:
        return True
    source, scope = found
    if not _may_refuse(source):
        return False
    assert isinstance(scope.node, FunctionNode)
    absent = [choice for choice in _choices(scope.node.body) if _tests_absence(choice.test)]
    if any(_answers(choice.body) for choice in absent):
        return True
    if any(_passes(choice.body) for choice in absent):
        return False
    around = scope.parent.node if scope.parent is not None and scope.parent.is_class else scope.node
    return any(map(_is_refusal, ast.walk(around)))


def _choices(body: list[ast.stmt]) -> Iterator[ast.If]:
    """Yield what is decided in a block, and in the functions inside it."""
    for statement in statements_of(body):
        if isinstance(statement, ast.If):
            yield statement
        elif isinstance(statement, FunctionNode | ast.ClassDef):
            yield from _choices(statement.body)


@fact
def _may_refuse(source: SourceFile) -> bool:
    return _REFUSAL.search(source.text) is not None


def _is_refusal(node: ast.AST) -> bool:
    """``401``, ``status.HTTP_403_FORBIDDEN``, ``HTTPStatus.UNAUTHORIZED``."""
    match node:
        case ast.Constant(value=int() as number):
            return number in REFUSALS and not isinstance(number, bool)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return bool(_NAMED.search(name)) or status_named(name) in REFUSALS
    return False


def _tests_absence(test: ast.expr) -> bool:
    """``if token is None``, ``if not authorization``; what only looks at the path is none."""
    return any(map(_is_absence, ast.walk(test))) and not _PATH.search(ast.unparse(test))


def _is_absence(node: ast.AST) -> bool:
    match node:
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return True
    return False


def _answers(body: list[ast.stmt]) -> bool:
    return any(_is_refusal(node) for node in _within(body))


def _passes(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Name) and node.id == NEXT for node in _within(body))


def _within(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)
