"""Expressions of a revision evaluated as far as they go: constants, names, strings, loops.

Calls are the interpreter's business; this half knows the rest of Python's expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from turnstay_lint.frameworks.alembic.formatting import percent_formatted
from turnstay_lint.frameworks.alembic.unpacking import slice_of, spread
from turnstay_lint.frameworks.alembic.values import (
    HOLE,
    UNKNOWN,
    Arguments,
    Built,
    Either,
    Environment,
    Function,
    Known,
    Mapping,
    Method,
    Reference,
    Sequence,
    TableValue,
    Value,
    either,
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
                return _binary(operator, *values)
            case ast.UnaryOp(op=operator, operand=operand):
                return _unary(operator, self.value(operand, environment))
            case ast.BoolOp(op=operator, values=operands):
                return _logical(operator, [self.value(one, environment) for one in operands])
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                values = self.value(left, environment), self.value(right, environment)
                return _compared(operator, *values)
            case ast.IfExp(test=test, body=body, orelse=other):
                decided = truth_of(self.value(test, environment))
                if decided is None:
                    return either([self.value(body, environment), self.value(other, environment)])
                return self.value(body if decided else other, environment)
            case ast.Subscript(value=base, slice=index):
                return _item(self.value(base, environment), index, self.value(index, environment))
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
                environment.names[name] = value
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element, item in zip(elements, spread(elements, value), strict=True):
                    self.bind(element, item, environment)
            case ast.Starred(value=inner):
                self.bind(inner, value, environment)
            case ast.Attribute(value=base, attr=attribute):
                holder = self.value(base, environment)
                if isinstance(holder, Built):
                    holder.arguments.keywords[attribute] = value
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


def _binary(operator: ast.operator, left: Value, right: Value) -> Value:
    match operator, left, right:
        case ast.Add(), Sequence(items=mine), Sequence(items=theirs):
            return Sequence([*mine, *theirs])
        case ast.BitOr(), Mapping(pairs=first), Mapping(pairs=second):
            return Mapping([*first, *second])
        case ast.Mod(), Known(value=str(template)), _:
            return Known(percent_formatted(template, right))
        case ast.Add(), Known(value=str()), _:
            return Known(text_of(left) + text_of(right))
        case ast.Add(), _, Known(value=str()):
            return Known(text_of(left) + text_of(right))
    return UNKNOWN


def _unary(operator: ast.unaryop, operand: Value) -> Value:
    if isinstance(operator, ast.Not):
        decided = truth_of(operand)
        return UNKNOWN if decided is None else Known(not decided)
    if isinstance(operator, ast.USub) and isinstance(operand, Known):
        if isinstance(operand.value, int | float):
            return Known(-operand.value)
    return UNKNOWN


def _logical(operator: ast.boolop, operands: list[Value]) -> Value:
    """``and`` and ``or`` give one of their operands; which, may be open."""
    stops = isinstance(operator, ast.Or)
    possible: list[Value] = []
    for operand in operands[:-1]:
        decided = truth_of(operand)
        if decided is stops:
            return either([*possible, operand])
        if decided is None:
            possible.append(operand)
    return either([*possible, operands[-1]])


def _compared(operator: ast.cmpop, left: Value, right: Value) -> Value:
    if isinstance(left, Known) and isinstance(right, Sequence):
        if all(isinstance(item, Known) for item in right.items):
            within = any(isinstance(i, Known) and i.value == left.value for i in right.items)
            if isinstance(operator, ast.In | ast.NotIn):
                return Known(within is isinstance(operator, ast.In))
    if not isinstance(left, Known) or not isinstance(right, Known):
        return UNKNOWN
    if HOLE in str(left.value) or HOLE in str(right.value):
        return UNKNOWN
    if isinstance(operator, ast.Eq | ast.Is):
        return Known(left.value == right.value)
    if isinstance(operator, ast.NotEq | ast.IsNot):
        return Known(left.value != right.value)
    return UNKNOWN


def _item(base: Value, index: ast.expr, key: Value) -> Value:
    match base, key:
        case Sequence(items=items), _ if isinstance(index, ast.Slice):
            part = slice_of(index)
            return UNKNOWN if part is None else Sequence(items[part])
        case Sequence(items=items), Known(value=int(position)):
            return items[position] if -len(items) <= position < len(items) else UNKNOWN
        case Mapping(), Known(value=constant):
            return base.get(constant) or UNKNOWN
        case Reference(name=name), _ if name.startswith(("sqlalchemy", "typing", "builtins")):
            return base
        case Either(values=values), _:
            return either([_item(value, index, key) for value in values])
        case Built(), _:
            return UNKNOWN
    return UNKNOWN
