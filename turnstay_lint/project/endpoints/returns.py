"""What an endpoint returns: as it is annotated, else as its return statements show."""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.frameworks.fastapi import Endpoint
from turnstay_lint.project.inference.expressions import Inference
from turnstay_lint.project.inference.flow import falls_through, returns_of
from turnstay_lint.project.inference.types import EMPTY_LIST, expand
from turnstay_lint.project.project import Project
from turnstay_lint.project.schemas.schemas import is_response
from turnstay_lint.project.summaries.summary import FunctionSummary
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import NONE, UNKNOWN, Type

ANYTHING = Type("typing.Any")
_LONGEST = 50


class Returned(Struct, frozen=True):
    """What a function returns.

    ``types`` are those of its return statements, each once, responses left out; ``unclear`` says
    of the first that has no known type what would make it known. ``responds`` tells whether any
    of them is a Response.
    """

    types: tuple[Type, ...] = ()
    responds: bool = False
    unclear: str = ""

    @property
    def only_responses(self) -> bool:
        """Tell whether every return gives a Response."""
        return self.responds and not self.types and not self.unclear


def annotation_of(project: Project, source: SourceFile, endpoint: Endpoint) -> Type:
    """Return what an endpoint's function is annotated to return; ``Any`` where it is not."""
    if endpoint.function is not None and endpoint.scope is not None:
        if endpoint.function.returns is None:
            return ANYTHING
        outer = endpoint.scope.parent or endpoint.scope
        return Inference(project, source).annotation(endpoint.function.returns, outer)
    if endpoint.handler:
        symbol = project.find(endpoint.handler, source.scope.module)
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            said = expand(project, symbol.definition.returns, symbol.module.name)
            return ANYTHING if said == UNKNOWN else said
    return ANYTHING


def returned_by(project: Project, source: SourceFile, endpoint: Endpoint) -> Returned:
    """Return what the return statements of an endpoint's function give."""
    if endpoint.function is None or endpoint.scope is None:
        return Returned(unclear=_elsewhere(endpoint))
    inference = Inference(project, source)
    types: dict[Type, None] = {}
    responds = False
    unclear = ""
    for statement in returns_of(endpoint.function):
        given = NONE
        if statement.value is not None:
            given = inference.of(statement.value, endpoint.scope)
            if not _is_clear(given):
                unclear = unclear or _cause(inference, statement.value, endpoint.scope)
                continue
        for member in given.members:
            if is_response(project, member.name, source.scope.module):
                responds = True
            else:
                types[member] = None
    if EMPTY_LIST in types and any(t.name == EMPTY_LIST.name for t in types if t != EMPTY_LIST):
        del types[EMPTY_LIST]
    if EMPTY_LIST in types:
        unclear = unclear or "nothing declares what its empty list would hold"
    if falls_through(endpoint.function):
        types[NONE] = None
    return Returned(tuple(types), responds, unclear)


def _is_clear(type_: Type) -> bool:
    return type_.known or (type_.name not in ("?", "|") and type_.name.endswith("dict"))


def _elsewhere(endpoint: Endpoint) -> str:
    if endpoint.handler:
        return f"annotate what {endpoint.handler} returns"
    return "what answers this route is made by a call, so it cannot be seen"


def _cause(inference: Inference, value: ast.expr, scope: Scope) -> str:
    """Say what would make the type of a returned value known."""
    seen: set[int] = set()
    while id(value) not in seen:
        seen.add(id(value))
        match value:
            case ast.Await(value=inner) | ast.ListComp(elt=inner):
                scope = inference.source.index.scopes.get(value, scope)
                value = inner
            case ast.Name():
                found = inference.bindings(value, scope)
                values = [b.value for b in found[1] if b.value is not None] if found else []
                unclear = [v for v in values if found and not inference.of(v, found[0]).known]
                if found is not None and unclear:
                    value, scope = unclear[-1], found[0]
            case ast.Call(func=ast.Attribute(value=ast.Call() | ast.Await() as inner)):
                value = inner
    return _advice(inference, value, scope)


def _advice(inference: Inference, value: ast.expr, scope: Scope) -> str:
    if isinstance(value, ast.Call):
        name = resolve(value.func, scope)
        if name is None and isinstance(value.func, ast.Attribute):
            owner = inference.of(value.func.value, scope).without_none
            name = f"{owner.name}.{value.func.attr}"
        symbol = inference.project.find(name, scope.module) if name else None
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            return f"annotate what {symbol.name} returns"
        return f"nothing declares what `{_shown(value.func)}(...)` returns"
    return f"nothing declares what `{_shown(value)}` is"


def _shown(expression: ast.expr) -> str:
    text = ast.unparse(expression).replace("\n", " ")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
