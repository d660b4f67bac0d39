"""Expressions of a revision evaluated as far as they go: constants, names, strings, loops.

Calls are the interpreter's business; this half knows the rest of Python's expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.classes import (
    class_attribute,
    instance_attribute,
    is_computed,
)
from turnstay_lint.frameworks.alembic.joining import either
from turnstay_lint.frameworks.alembic.operators import binary, compared, item_of, logical, unary
from turnstay_lint.frameworks.alembic.unpacking import spread
from turnstay_lint.frameworks.alembic.values import (
    HOLE,
    UNKNOWN,
    Arguments,
    Bound,
    Built,
    Class,
    Environment,
    Function,
    Instance,
    Known,
    Mapping,
    Method,
    Reference,
    Sequence,
    TableValue,
    Value,
    items_of,
    text_of,
    truth_of,
)
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Scope

MOST_ROUNDS = 500


class Evaluator:
    """Evaluates expressions; ``call`` is left to whoever knows what calls do."""

    def __init__(self, module: Environment) -> None:
        """Begin in a file, by the environment of its module."""
        self.module = module
        self.scopes: dict[ast.AST, Scope] = module.file.index.scopes

    def call(self, node: ast.Call, environment: Environment) -> Value:
        """Return what a call gives, and let happen what it does."""
        raise NotImplementedError

    def computed(self, method: Bound) -> Value:
        """Return what a property gives."""
        raise NotImplementedError

    def value(self, expression: ast.expr | None, environment: Environment) -> Value:
        """Return what an expression is worth; ``UNKNOWN`` where the file does not tell."""
        match expression:
            case None:
                return UNKNOWN
            case ast.Constant(value=constant):
                return Known(constant, expression)
            case ast.Name(id=name):
                return self._name(expression, name, environment)
            case ast.Attribute(value=base, attr=attribute):
                return self._attribute(self.value(base, environment), attribute)
            case ast.Call():
                return self.call(expression, environment)
            case ast.JoinedStr(values=parts):
                return Known("".join(self._part(part, environment) for part in parts))
            case ast.List() | ast.Tuple() | ast.Set():
                return self._sequence(expression.elts, environment)
            case ast.Dict():
                return self._dict(expression, environment)
            case ast.Lambda():
                return Function(expression, environment)
            case ast.NamedExpr(target=target, value=inner):
                given = environment.names[target.id] = self.value(inner, environment)
                return given
            case ast.Await(value=inner):
                return self.value(inner, environment)
        return self._computed(expression, environment)

    def _computed(self, expression: ast.expr, environment: Environment) -> Value:
        match expression:
            case ast.BinOp(left=left, op=operator, right=right):
                values = self.value(left, environment), self.value(right, environment)
                return binary(operator, *values)
            case ast.UnaryOp(op=operator, operand=operand):
                return unary(operator, self.value(operand, environment))
            case ast.BoolOp(op=operator, values=operands):
                return logical(operator, [self.value(one, environment) for one in operands])
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                values = self.value(left, environment), self.value(right, environment)
                return compared(operator, *values)
            case ast.IfExp(test=test, body=body, orelse=other):
                decided = truth_of(self.value(test, environment))
                if decided is None:
                    return either([self.value(body, environment), self.value(other, environment)])
                return self.value(body if decided else other, environment)
            case ast.Subscript(value=base, slice=index):
                return item_of(self.value(base, environment), index, self.value(index, environment))
            case ast.ListComp(elt=element) | ast.SetComp(elt=element):
                return self._comprehension(expression, [element], environment)
            case ast.GeneratorExp(elt=element):
                return self._comprehension(expression, [element], environment)
            case ast.DictComp(key=key, value=value):
                return self._comprehension(expression, [key, value], environment)
        return UNKNOWN

    def _name(self, expression: ast.Name, name: str, environment: Environment) -> Value:
        bound = environment.lookup(name)
        if bound is not None:
            return bound
        dotted = resolve(expression, environment.scope)
        return Reference(dotted) if dotted else UNKNOWN

    def _attribute(self, base: Value, attribute: str) -> Value:
        match base:
            case Reference(name=name):
                return Reference(f"{name}.{attribute}")
            case TableValue(table=table) if attribute in ("__tablename__", "name"):
                return Known(table.name) if table.name else UNKNOWN
            case TableValue() if attribute == "__table__":
                return base
            case Class(name=name):
                found = class_attribute(base, attribute)
                return found if found is not None else Reference(f"{name}.{attribute}")
            case Instance():
                found = instance_attribute(base, attribute)
                if isinstance(found, Bound) and is_computed(found):
                    return self.computed(found)
                return found if found is not None else Method(base, attribute)
        return Method(base, attribute)

    def _part(self, part: ast.expr, environment: Environment) -> str:
        match part:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=inner, format_spec=None):
                return text_of(self.value(inner, environment))
        return HOLE

    def _sequence(self, elements: list[ast.expr], environment: Environment) -> Value:
        items: list[Value] = []
        for element in elements:
            if isinstance(element, ast.Starred):
                inner = items_of(self.value(element.value, environment))
                if inner is None:
                    return UNKNOWN
                items += inner
            else:
                items.append(self.value(element, environment))
        return Sequence(items)

    def _dict(self, literal: ast.Dict, environment: Environment) -> Value:
        pairs: list[tuple[Value, Value]] = []
        for key, value in zip(literal.keys, literal.values, strict=True):
            given = self.value(value, environment)
            if key is not None:
                pairs.append((self.value(key, environment), given))
            elif isinstance(given, Mapping):
                pairs += given.pairs
            else:
                return UNKNOWN
        return Mapping(pairs)

    def _comprehension(
        self, node: ast.expr, parts: list[ast.expr], environment: Environment
    ) -> Value:
        assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp)
        inner = Environment(self.scopes.get(node, environment.scope), environment)
        rows: list[list[Value]] = []
        for complete in self._rounds(node.generators, inner):
            rows.append([self.value(part, inner) for part in parts])
            if not complete:
                return UNKNOWN
        if isinstance(node, ast.DictComp):
            return Mapping([(key, value) for key, value in rows])
        return Sequence([row[0] for row in rows])

    def _rounds(self, generators: list[ast.comprehension], inner: Environment) -> Iterator[bool]:
        """Bind the targets of each round; the answer says whether all rounds are known."""
        first, *rest = generators
        items = items_of(self.value(first.iter, inner))
        for item in [UNKNOWN] if items is None else items[:MOST_ROUNDS]:
            self.bind(first.target, item, inner)
            tests = [truth_of(self.value(test, inner)) for test in first.ifs]
            if False in tests:
                continue
            certain = items is not None and None not in tests
            if not rest:
                yield certain
            else:
                yield from (certain and complete for complete in self._rounds(rest, inner))

    def bind(self, target: ast.expr, value: Value, environment: Environment) -> None:
        """Give a value to the names of a target; what cannot be taken apart is unknown."""
        match target:
            case ast.Name(id=name):
                _binder(name, environment).names[name] = value
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element, item in zip(elements, spread(elements, value), strict=True):
                    self.bind(element, item, environment)
            case ast.Starred(value=inner):
                self.bind(inner, value, environment)
            case ast.Attribute(value=base, attr=attribute):
                holder = self.value(base, environment)
                if isinstance(holder, Built):
                    holder.arguments.keywords[attribute] = value
                elif isinstance(holder, Instance | Class):
                    holder.names[attribute] = value
            case ast.Subscript(value=base, slice=index):
                holder = self.value(base, environment)
                if isinstance(holder, Mapping):
                    holder.pairs.append((self.value(index, environment), value))

    def arguments(self, node: ast.Call, environment: Environment) -> Arguments:
        """Return what a call is given, ``*`` and ``**`` spread where they are known."""
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        complete = True
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                items = items_of(self.value(argument.value, environment))
                complete = complete and items is not None
                positional += items or []
            else:
                positional.append(self.value(argument, environment))
        for keyword in node.keywords:
            given = self.value(keyword.value, environment)
            if keyword.arg:
                keywords[keyword.arg] = given
                continue
            pairs = given.pairs if isinstance(given, Mapping) else None
            complete = complete and pairs is not None
            for key, value in pairs or []:
                if isinstance(key, Known):
                    keywords[str(key.value)] = value
        return Arguments(tuple(positional), keywords, complete)


def _binder(name: str, environment: Environment) -> Environment:
    """Return where a name is bound that a block gives a value: not there, if it is ``global``."""
    if environment.parent is None or name in environment.scope.bindings:
        return environment
    owner = environment.scope.lookup(name)
    above: Environment | None = environment.parent
    while owner is not None and above is not None:
        if above.scope is owner[0]:
            return above
        above = above.parent
    return environment
