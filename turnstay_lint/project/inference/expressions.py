"""What an expression is, as far as declarations of the service tell: its type, or unknown.

Nothing is run and nothing is guessed: constructors, annotations of functions and parameters,
SQLAlchemy's queries and a few builtins are followed, through local variables.
"""

from __future__ import annotations

import ast

from msgspec import Struct

from turnstay_lint.project.inference.calls import CallTypes
from turnstay_lint.project.inference.flow import Flow, flow_of, is_settled
from turnstay_lint.project.inference.query_types import declared, list_of
from turnstay_lint.project.inference.types import (
    EMPTY_LIST,
    element_of,
    expand,
    read_annotation,
    union,
)
from turnstay_lint.project.models.orm_names import mapped_type
from turnstay_lint.project.project import Project
from turnstay_lint.project.summaries.summary import (
    AttributeSummary,
    ClassSummary,
    FunctionSummary,
    VariableSummary,
)
from turnstay_lint.project.summaries.values import Call, Name, Value
from turnstay_lint.source.file import SourceFile
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import Binding, Binds, FunctionNode, Scope
from turnstay_lint.source.types import NONE, UNKNOWN, Type

_MOST_DEPTH = 16
_ADDED = frozenset({"builtins.list", "builtins.str", "builtins.int"})
_GENERATORS = frozenset(
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in ("Generator", "AsyncGenerator", "Iterator", "AsyncIterator")
)
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})


class Inference(Struct, frozen=True):
    """Types of expressions of one file."""

    project: Project
    source: SourceFile

    def of(self, expression: ast.expr | None, scope: Scope, depth: int = _MOST_DEPTH) -> Type:
        """Return the type of an expression in a scope, canonical names in it."""
        if depth == 0:
            return UNKNOWN
        if isinstance(expression, ast.Name):
            return self._of_name(expression, scope, depth)
        if isinstance(expression, ast.Call):
            return CallTypes(self, depth - 1).of(expression, scope)
        match expression:
            case ast.Constant(value=value):
                return _of_constant(value)
            case ast.JoinedStr():
                return Type("builtins.str")
            case ast.Dict() | ast.DictComp():
                return Type("builtins.dict")
            case ast.Compare():
                return Type("builtins.bool")
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                return self.of(inner, scope, depth - 1)
            case ast.IfExp(body=one, orelse=other):
                return union(self.of(one, scope, depth - 1), self.of(other, scope, depth - 1))
            case ast.List(elts=elements):
                return list_of(self._all(elements, scope, depth)) if elements else EMPTY_LIST
            case ast.ListComp(elt=element):
                inside = self.source.index.scopes.get(expression, scope)
                return list_of(self.of(element, inside, depth - 1))
            case ast.Attribute():
                return self._of_attribute(expression, scope, depth)
            case ast.Subscript(value=base, slice=index):
                owner = self.of(base, scope, depth - 1)
                if isinstance(index, ast.Slice):
                    return owner if owner.name == EMPTY_LIST.name else UNKNOWN
                return element_of(owner) if owner.name != "builtins.tuple" else UNKNOWN
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                both = union(self.of(left, scope, depth - 1), self.of(right, scope, depth - 1))
                return both if both.name in _ADDED else UNKNOWN
            case ast.BoolOp(op=ast.Or(), values=values):
                *first, last = [self.of(value, scope, depth - 1) for value in values]
                return union(*(type_.without_none for type_ in first), last)
        return UNKNOWN

    def _all(self, expressions: list[ast.expr], scope: Scope, depth: int) -> Type:
        return union(*(self.of(expression, scope, depth - 1) for expression in expressions))

    def flow(self, function: FunctionNode) -> Flow:
        """Return the flow of a function, made once."""
        key = f"flow of {function.name} at {function.lineno}:{function.col_offset}"
        return self.source.remembered(key, lambda: flow_of(function))

    def bindings(self, name: ast.Name, scope: Scope) -> tuple[Scope, list[Binding]] | None:
        """Return what may have bound a name as it is read here, and the scope that did."""
        found = scope.lookup(name.id)
        if found is None:
            return None
        owner, bindings = found
        if is_settled(bindings, name):
            return found
        if isinstance(owner.node, FunctionNode) and scope.function is owner:
            return owner, self.flow(owner.node).reaching(bindings, name)
        return owner, bindings

    def _of_name(self, name: ast.Name, scope: Scope, depth: int) -> Type:
        found = self.bindings(name, scope)
        if found is None:
            return UNKNOWN
        owner, bindings = found
        types = [self._bound(binding, name.id, owner, depth) for binding in bindings]
        plain = len(types) == 1 and types[0].name != "|"
        found_type = types[0] if plain else union(*types)
        if NONE in found_type.members and isinstance(owner.node, FunctionNode):
            if self.flow(owner.node).is_not_none(name.id, name):
                return found_type.without_none
        return found_type

    def _bound(self, binding: Binding, name: str, owner: Scope, depth: int) -> Type:
        match binding.kind, binding.node:
            case Binds.PARAMETER, ast.arg() as parameter:
                return self._parameter(parameter, owner)
            case Binds.IMPORT, _:
                return self._elsewhere(binding.target, owner.module)
            case _, ast.AnnAssign(annotation=annotation):
                said = self.annotation(annotation, owner)
                return said if said.known else self.of(binding.value, owner, depth - 1)
            case Binds.ASSIGNMENT, _:
                value = binding.value
                if isinstance(value, ast.List) or _is_empty_list(value):
                    return self._collected(value, name, owner, depth)
                return self.of(value, owner, depth - 1)
            case Binds.OTHER, ast.comprehension(target=ast.Name(), iter=iterated):
                return element_of(self.of(iterated, owner, depth - 1))
            case Binds.OTHER, ast.For(target=ast.Name(), iter=iterated):
                return element_of(self.of(iterated, owner, depth - 1))
            case Binds.OTHER, ast.With(items=[item]) | ast.AsyncWith(items=[item]):
                return self.of(item.context_expr, owner, depth - 1)
        return UNKNOWN

    def _collected(self, value: ast.expr | None, name: str, owner: Scope, depth: int) -> Type:
        """A list that is filled later holds what is appended to it."""
        given = value.elts if isinstance(value, ast.List) else []
        types = [self.of(element, owner, depth - 1) for element in given]
        for call, scope in self.source.index.calls:
            match call.func:
                case ast.Attribute(value=ast.Name(id=target), attr=method) if target == name:
                    found = scope.lookup(name)
                    if found is None or found[0] is not owner:
                        continue
                    if method in ("append", "insert") and call.args:
                        types.append(self.of(call.args[-1], scope, depth - 1))
                    elif method == "extend" and call.args:
                        types.append(element_of(self.of(call.args[0], scope, depth - 1)))
        return list_of(union(*types)) if types else EMPTY_LIST

    def annotation(self, annotation: ast.expr | None, scope: Scope) -> Type:
        """Return the type that an annotation says, canonical, aliases followed."""
        return declared(read_annotation(self.project, annotation, scope))

    def _parameter(self, parameter: ast.arg, function: Scope) -> Type:
        node = function.node
        outer = function.parent or function
        if parameter.annotation is not None:
            said = self.annotation(parameter.annotation, outer)
            if said.name != "?":
                return said
        if not isinstance(node, FunctionNode):
            return UNKNOWN
        plain = [*node.args.posonlyargs, *node.args.args]
        if outer.is_class and plain and plain[0] is parameter:
            return Type(f"{outer.module}.{outer.qualname}")
        default = _default_of(node.args, parameter)
        match default:
            case ast.Call(args=[dependency, *_]) if resolve(default.func, outer) in _DEPENDS:
                return self._dependency(dependency, outer)
        return UNKNOWN

    def _dependency(self, dependency: ast.expr, scope: Scope) -> Type:
        name = resolve(dependency, scope)
        symbol = self.project.find(name, scope.module) if name else None
        if symbol is None:
            return UNKNOWN
        if isinstance(symbol.definition, ClassSummary):
            return Type(symbol.name)
        if not isinstance(symbol.definition, FunctionSummary):
            return UNKNOWN
        given = expand(self.project, symbol.definition.returns, symbol.module.name)
        return given.arguments[0] if given.name in _GENERATORS and given.arguments else given

    def _elsewhere(self, target: str, near: str) -> Type:
        """Return the type of a variable that another module defines."""
        symbol = self.project.find(target, near)
        if symbol is None or not isinstance(symbol.definition, VariableSummary):
            return UNKNOWN
        if symbol.definition.type is not None:
            return declared(expand(self.project, symbol.definition.type, symbol.module.name))
        return self.of_value(symbol.definition.value, symbol.module.name)

    def of_value(self, value: Value, near: str) -> Type:
        """Return the type of a value that a summary holds: of constructors only."""
        if isinstance(value, Call) and not value.subscript:
            symbol = self.project.find(value.name, near)
            if symbol is not None and isinstance(symbol.definition, ClassSummary):
                return Type(symbol.name)
        return UNKNOWN

    def _of_attribute(self, attribute: ast.Attribute, scope: Scope, depth: int) -> Type:
        owner = self.of(attribute.value, scope, depth - 1).without_none
        if owner.name in ("?", "|"):
            name = resolve(attribute, scope)
            return self._elsewhere(name, scope.module) if name else UNKNOWN
        return self.of_member(owner.name, attribute.attr, scope.module)

    def of_member(self, owner: str, name: str, near: str) -> Type:
        """Return the type of an attribute or property that a class of the service declares."""
        for ancestor in self.project.ancestors(owner, near):
            symbol = self.project.find(ancestor, near)
            if symbol is None or not isinstance(symbol.definition, ClassSummary):
                continue
            declaration = symbol.definition.attribute(name)
            if declaration is not None:
                return self._declared(declaration, symbol.module.name)
            method = symbol.module.functions.get(f"{symbol.qualname}.{name}")
            if method is not None:
                properties = [d for d in method.decorators if isinstance(d, Name)]
                if any(d.name.endswith("property") for d in properties):
                    return expand(self.project, method.returns, symbol.module.name)
                return UNKNOWN
        return UNKNOWN

    def _declared(self, attribute: AttributeSummary, near: str) -> Type:
        if attribute.type is None or not attribute.type.known:
            return UNKNOWN
        mapped = mapped_type(self.project, attribute.type, near)
        return expand(self.project, mapped or attribute.type, near)


def _of_constant(value: object) -> Type:
    if value is None:
        return NONE
    return UNKNOWN if value is ... else Type(f"builtins.{type(value).__name__}")


def _is_empty_list(value: ast.expr | None) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="list"), args=[], keywords=[]):
            return True
    return False


def _default_of(arguments: ast.arguments, parameter: ast.arg) -> ast.expr | None:
    plain = [*arguments.posonlyargs, *arguments.args]
    if parameter in plain:
        position = plain.index(parameter) - (len(plain) - len(arguments.defaults))
        return arguments.defaults[position] if position >= 0 else None
    if parameter in arguments.kwonlyargs:
        return arguments.kw_defaults[arguments.kwonlyargs.index(parameter)]
    return None
