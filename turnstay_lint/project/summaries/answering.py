"""What endpoints without a response model answer with, so far as their file shows it.

Such an endpoint serialises whatever an object holds, what was loaded with it included. Only the
calls that a returned value comes from are kept, as in ``FunctionSummary.calls``; whose classes
they give is for the project to say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.frameworks.fastapi import DECORATORS
from turnstay_lint.frameworks.routers import returned_values
from turnstay_lint.project.summaries.fetching import GETTERS, RESULTS, SAME, SENDERS
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binds, FunctionNode, Scope

_MOST_STEPS = 40
_SAYING = ("response_model", "response_class")


def answers_of(scope: Scope) -> frozenset[str]:
    """Return the names of what an endpoint's values come from, none for other functions."""
    node = scope.node
    if not isinstance(node, FunctionNode) or not any(map(_is_bare_route, node.decorator_list)):
        return frozenset()
    answers = _Answers(scope)
    for value in returned_values(node):
        answers.follow(value)
    return frozenset(answers.found)


def _is_bare_route(decorator: ast.expr) -> bool:
    """``@router.get("/account")``: nothing says what is to be serialised, and how."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr=verb), keywords=keywords) if verb in DECORATORS:
            return not any(
                keyword.arg is None or (keyword.arg in _SAYING and not _is_none(keyword.value))
                for keyword in keywords
            )
    return False


def _is_none(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is None


class _Answers:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._steps = 0
        self._variables: set[str] = set()
        self.found: set[str] = set()

    def follow(self, expression: ast.expr) -> None:
        """Note what a value comes from: through variables, containers and results of queries."""
        todo = [expression]
        while todo and self._steps < _MOST_STEPS:
            self._steps += 1
            todo.extend(self._within(todo.pop()))

    def _within(self, expression: ast.expr) -> Iterator[ast.expr]:
        match expression:
            case ast.Await(value=inner) | ast.Starred(value=inner) | ast.NamedExpr(value=inner):
                yield inner
            case ast.Name(id=name):
                yield from self._values_of(name)
                self.found.update(filter(None, [resolve(expression, self._scope)]))
            case ast.IfExp(body=one, orelse=other):
                yield from (one, other)
            case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
                yield from parts
            case ast.Dict(values=parts):
                yield from parts
            case ast.ListComp(elt=ast.Name(), generators=[ast.comprehension(iter=inner), *_]):
                yield inner
            case ast.Call():
                yield from self._of_call(expression)

    def _of_call(self, call: ast.Call) -> Iterator[ast.expr]:
        name = resolve(call.func, self._scope) or self._of_parameter(call.func)
        if name.startswith("builtins."):
            yield from call.args if name.rpartition(".")[2] in SAME else ()
            return
        self.found.update(filter(None, [name]))
        if isinstance(call.func, ast.Attribute):
            if call.func.attr in RESULTS:
                yield call.func.value
            if call.func.attr in SENDERS | GETTERS or self._is_query(call):
                for node in ast.walk(call):
                    if isinstance(node, ast.Name):
                        yield node
                    elif isinstance(node, ast.Attribute):
                        self.found.update(filter(None, [resolve(node, self._scope)]))

    def _is_query(self, call: ast.Call) -> bool:
        """``select(Account).where(...)`` stands for what it asks for, wherever it is sent."""
        while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
            call = call.func.value
        return (resolve(call.func, self._scope) or "").startswith("sqlalchemy.")

    def _values_of(self, name: str) -> Iterator[ast.expr]:
        if name in self._variables:
            return
        self._variables.add(name)
        for binding in self._scope.bindings.get(name, ()):
            if binding.value is not None and binding.kind is Binds.ASSIGNMENT:
                yield binding.value

    def _of_parameter(self, called: ast.expr) -> str:
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            bound = self._scope.bindings.get(called.value.id)
            if bound and bound[0].kind is Binds.PARAMETER:
                return f"<{called.value.id}>.{called.attr}"
        return ""
