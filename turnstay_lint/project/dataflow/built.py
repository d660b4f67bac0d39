"""The queries that functions of the service build, seen with what a call gives them.

A function is run as its summary has it, on the values of the call, and what it records is
forgotten. Of what it adds on some paths only, and of a tenant that the client chose, nothing is
said here: the call may be on the right path, and the place of the comparison is another file's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.arguments import Given
from turnstay_lint.project.dataflow.environment import Environment
from turnstay_lint.project.dataflow.facts import Facts
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Collection,
    Constant,
    Entity,
    Instance,
    Query,
    Record,
    Value,
)
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.redeclaring import redeclared
from turnstay_lint.project.summaries.summary import Building, FunctionSummary, Parameter
from turnstay_lint.project.summaries.values import Literal

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_MOST_HOPS = 3
_MOST_DEPTH = 8


def built(
    symbol: Symbol,
    given: Given,
    receiver: Value | None,
    environment: Environment,
    evaluator: Evaluator,
) -> Query | None:
    """Return the query that a call gives, or None where that is not certain.

    ``receiver`` is what a method is called on.
    """
    function = symbol.definition
    assert isinstance(function, FunctionSummary)
    around = evaluator.building
    if function.builds is None or symbol.name in around or len(around) >= _MOST_HOPS:
        return None
    statements = _statements(function.builds)
    names = _Names(symbol, function, receiver, evaluator).of(given)
    if names is None or not statements:
        return None
    handed = [value for value in names.values() if isinstance(value, Query)]
    inside = evaluator.beside(symbol.name)
    inner = Environment(names, dict(environment.objects), loading=environment.loading)
    for name, dotted in function.builds.names:
        near = symbol.module.name
        inner.names[name] = evaluator.globals.named(dotted, near, 0) if dotted else UNKNOWN
    from turnstay_lint.project.dataflow.statements import ForwardPass

    *before, last = statements
    assert isinstance(last, ast.Return)
    ForwardPass(inside).block(before, inner)
    found = inside.value(last.value, inner)
    if not isinstance(found, Query) or inside.recorder.has_sent or inner.is_privileged:
        return None
    return _told(found, handed)


@lru_cache(maxsize=512)
def _statements(builds: Building) -> tuple[ast.stmt, ...]:
    try:
        return tuple(ast.parse(builds.text).body)
    except (MemoryError, RecursionError, SyntaxError):
        return ()


class _Names:
    """Gives the parameters of a function the arguments of a call."""

    def __init__(
        self,
        symbol: Symbol,
        function: FunctionSummary,
        receiver: Value | None,
        evaluator: Evaluator,
    ) -> None:
        self._symbol = symbol
        self._function = function
        self._receiver = receiver
        self._words = evaluator.words
        self._evaluator = evaluator

    def of(self, given: Given) -> dict[str, Value] | None:
        """Return the parameters by name, or None where the call does not show which is which."""
        call = given.call
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            return None
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        parameters = list(self._function.parameters)
        found: dict[str, Value] = {}
        if self._symbol.qualname.rpartition(".")[0] in self._symbol.module.classes:
            if self._may_be_another():
                return None
            if not any("staticmethod" in str(d) for d in self._function.decorators):
                if self._receiver is None or not parameters:
                    return None
                found[parameters.pop(0).name] = self._receiver
        left, named = list(given.positional), dict(given.keywords)
        for parameter in parameters:
            match parameter.kind:
                case "*":
                    found[parameter.name] = Collection(tuple(left))
                    left = []
                case "**":
                    found[parameter.name] = Record(tuple(named.items()))
                    named = {}
                case "positional" if left:
                    found[parameter.name] = self._typed(parameter, left.pop(0))
                case _:
                    default = _default(parameter)
                    value = named.pop(parameter.name, default)
                    found[parameter.name] = self._typed(parameter, value)
        return None if left or named else found

    def _may_be_another(self) -> bool:
        """Tell whether an heir of the class may have another method of that name."""
        name = self._symbol.qualname.rpartition(".")[2]
        match self._receiver:
            case Instance(type=owner) | Entity(model=owner):
                return redeclared(self._words.project, owner, name)
        return False

    def _typed(self, parameter: Parameter, value: Value) -> Value:
        """Return a value, or what the parameter says of one that is not known."""
        if value != UNKNOWN:
            return value
        near, place = self._symbol.module.name, self._evaluator.place(f"{parameter!r}")
        meant = self._words.of_parameter_name(parameter.name)
        return meant or self._words.of_type(parameter.type, near, place)


def _default(parameter: Parameter) -> Value:
    default = parameter.default
    return Constant(default.value) if isinstance(default, Literal) else UNKNOWN


def _told(query: Query, handed: list[Query]) -> Query:
    """Return the query without what only the text of its function shows."""
    before = [facts for one in handed for facts in _facts(one)]
    told = replace(
        query,
        clauses=(),
        loads=query.loads | {("*",)},
        facts=replace(query.facts, asked=frozenset(a for f in before for a in f.asked)),
    )
    partial = frozenset(key for facts in before for key in facts.partial)
    links = frozenset(link for facts in before for link in facts.partial_links)
    client = frozenset(chosen for facts in before for chosen in facts.client)
    certain = all(
        facts.partial <= partial
        and facts.partial_links <= links
        and client.issuperset(facts.client)
        for facts in _facts(query)
    )
    return told if certain else told.handed_on()


def _facts(query: Query, depth: int = _MOST_DEPTH) -> Iterator[Facts]:
    """Yield the conditions of a query and of all that it is made of."""
    yield query.facts
    yield from (on for _, _, on in query.outer)
    inner = [*query.arms, *(e.query for e in query.joined if e.query is not None)]
    for one in inner if depth else ():
        yield from _facts(one, depth - 1)
