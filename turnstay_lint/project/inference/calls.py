"""What a call gives: an instance, what a function is annotated with, rows of a query, a page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from turnstay_lint.frameworks.pydantic import CONSTRUCTORS, COPIES, DICTS, SCHEMA_CLASSES, STRINGS
from turnstay_lint.frameworks.starlette import RESPONSE_MAKERS, is_response_name
from turnstay_lint.project.inference.flow import falls_through, is_generator, returns_of
from turnstay_lint.project.inference.query_types import (
    QUERY,
    SELECT,
    declared,
    is_select,
    list_of,
    of_method,
    of_session_method,
    optional,
)
from turnstay_lint.project.inference.types import (
    element_of,
    expand,
    matched,
    substituted,
    unbound_class,
    union,
)
from turnstay_lint.project.models.access import Absence, access
from turnstay_lint.project.models.models import orm_class
from turnstay_lint.project.project import Symbol
from turnstay_lint.project.summaries.summary import ClassSummary, FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import NONE, UNKNOWN, Type

if TYPE_CHECKING:
    from turnstay_lint.project.inference.expressions import Inference

PAGE = "fastapi_pagination.Page"
REFRESH_AND_RETURN = "refresh_and_return"
_TEMPLATE_RESPONSE = Type("starlette.templating._TemplateResponse")
_COLLECTIONS = frozenset({"builtins.list", "builtins.sorted", "builtins.reversed"})
_PLAIN = frozenset(
    f"builtins.{name}" for name in ("str", "int", "bool", "float", "bytes", "len", "repr", "dict")
)
_NEVER = frozenset({"typing.NoReturn", "typing.Never"})
_SELF = ("typing.Self", "typing_extensions.Self")
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})


class CallTypes(Struct, frozen=True):
    """Types of calls; ``depth`` is how much further may be followed."""

    inference: Inference
    depth: int

    def of(self, call: ast.Call, scope: Scope) -> Type:
        """Return the type of what a call gives, awaited if it is to be."""
        name = self._name(call.func, scope)
        if name is not None:
            known = self._of_known(call, name, scope)
            if known.name != "?":
                return known
            symbol = self.inference.project.find(name, scope.module)
            if symbol is not None:
                return self._of_symbol(call, symbol, scope)
            made = self._of_outsider(name, scope)
            if made.name != "?":
                return made
        return self._of_method(call, scope) if isinstance(call.func, ast.Attribute) else UNKNOWN

    def _argument(self, call: ast.Call, position: int, scope: Scope, name: str = "") -> Type:
        given: ast.expr | None = call.args[position] if len(call.args) > position else None
        if given is None and name:
            given = next((k.value for k in call.keywords if k.arg == name), None)
        return self.inference.of(given, scope, self.depth) if given is not None else UNKNOWN

    def _of_known(self, call: ast.Call, name: str, scope: Scope) -> Type:
        last = name.rpartition(".")[2]
        if last == REFRESH_AND_RETURN:
            return self._argument(call, 1, scope, "obj")
        if name in _CASTS and call.args:
            return self.inference.annotation(call.args[0], scope)
        if name in _COLLECTIONS:
            return list_of(element_of(self._argument(call, 0, scope)))
        if name in _PLAIN:
            return Type("builtins.int" if name == "builtins.len" else name)
        if is_select(name):
            return Type(SELECT, (self._entity(call, scope),))
        if name.startswith("fastapi_pagination.") and last in ("paginate", "apaginate"):
            return self._page(call, scope)
        return UNKNOWN

    def _entity(self, call: ast.Call, scope: Scope) -> Type:
        """``select(Account)`` is a query of accounts, ``select(Account.id)`` of something else."""
        if len(call.args) != 1 or isinstance(call.args[0], ast.Starred):
            return UNKNOWN
        return self._model(call.args[0], scope)

    def _model(self, expression: ast.expr, scope: Scope) -> Type:
        name = self._name(expression, scope)
        model = orm_class(self.inference.project, name, scope.module) if name else None
        return Type(model.name) if model is not None else UNKNOWN

    def _name(self, expression: ast.expr, scope: Scope) -> str | None:
        """Return a dotted name; in a fragment an unbound one is that of the class called so."""
        name = resolve(expression, scope)
        if name is not None or not isinstance(expression, ast.Name):
            return name
        symbol = unbound_class(self.inference.project, expression, scope)
        if symbol is not None:
            return symbol.name
        return expression.id if expression.id == REFRESH_AND_RETURN else None

    def _page(self, call: ast.Call, scope: Scope) -> Type:
        if any(keyword.arg in ("transformer", None) for keyword in call.keywords):
            return Type(PAGE, (UNKNOWN,))
        given = [*call.args, *(k.value for k in call.keywords if k.arg in ("query", "sequence"))]
        for argument in given:
            type_ = self.inference.of(argument, scope, self.depth)
            if type_.name in (SELECT, QUERY):
                return Type(PAGE, type_.arguments)
            element = element_of(type_)
            if element.name != "?":
                return Type(PAGE, (element,))
        return Type(PAGE, (UNKNOWN,))

    def _of_symbol(self, call: ast.Call, symbol: Symbol, scope: Scope) -> Type:
        if isinstance(symbol.definition, ClassSummary):
            return Type(symbol.name)
        if not isinstance(symbol.definition, FunctionSummary):
            return UNKNOWN
        receiver = UNKNOWN
        if isinstance(call.func, ast.Attribute):
            owner = resolve(call.func.value, scope)
            found = self.inference.project.find(owner, scope.module) if owner else None
            if found is not None and isinstance(found.definition, ClassSummary):
                receiver = Type(found.name)
        return self._of_function(call, symbol, symbol.definition, scope, receiver)

    def _of_function(
        self,
        call: ast.Call,
        symbol: Symbol,
        function: FunctionSummary,
        scope: Scope,
        receiver: Type = UNKNOWN,
    ) -> Type:
        """``receiver`` is the class that a method is called on, or on an instance of which."""
        if function.returns.name == "?":
            from_getter = self._of_getter(symbol)
            return from_getter if from_getter.name != "?" else self._of_unannotated(symbol)
        said = declared(expand(self.inference.project, function.returns, symbol.module.name))
        if said.name in _NEVER:
            return UNKNOWN
        variables = {n for n in _names(said) if self._is_variable(n, symbol.module.name)}
        if not variables:
            return said
        bound = self._bound_to(call, symbol, function, scope, receiver)
        known = {name: bound.get(name, UNKNOWN) for name in variables}
        return substituted(said, known)

    def _is_variable(self, name: str, near: str) -> bool:
        if name in _SELF:
            return True
        symbol = self.inference.project.find(name, near)
        held = symbol.definition if symbol is not None else None
        made = held.value if isinstance(held, VariableSummary) else None
        return isinstance(made, Call) and made.name.endswith(".TypeVar")

    def _bound_to(
        self,
        call: ast.Call,
        symbol: Symbol,
        function: FunctionSummary,
        scope: Scope,
        receiver: Type,
    ) -> dict[str, Type]:
        """``def saved(session, obj: T) -> T`` gives what it is given."""
        bound = dict.fromkeys(_SELF, receiver)
        position = 0
        for parameter in function.parameters:
            pattern = expand(self.inference.project, parameter.type, symbol.module.name)
            if parameter.name in ("self", "cls"):
                bound |= matched(pattern, receiver)
                continue
            if pattern.known:
                bound |= matched(pattern, self._argument(call, position, scope, parameter.name))
            position += 1
        return bound

    def _of_getter(self, symbol: Symbol) -> Type:
        """A getter of the access class is known by the helper that it calls."""
        known = access(self.inference.project)
        owner, _, name = symbol.name.rpartition(".")
        getter = known.getters.get(name) if known is not None and known.name == owner else None
        if getter is None:
            return UNKNOWN
        if getter.many:
            return list_of(Type(getter.model))
        model = Type(getter.model)
        return optional(model) if getter.absence is Absence.NONE else model

    def _of_unannotated(self, symbol: Symbol) -> Type:
        """A function of this file that says nothing of what it returns shows it."""
        functions = self.inference.source.index.functions
        found = [f for f in functions if f"{f.module}.{f.qualname}" == symbol.name]
        if len(found) != 1 or self.depth < 2:
            return UNKNOWN
        node = found[0].node
        assert isinstance(node, FunctionNode)
        if is_generator(node) or node.decorator_list:
            return UNKNOWN
        types = [
            self.inference.of(r.value, found[0], self.depth - 2) if r.value is not None else NONE
            for r in returns_of(node)
        ]
        return union(*types, *([NONE] if falls_through(node) else []))

    def _of_outsider(self, name: str, scope: Scope) -> Type:
        """What is not of the project: a response, or a class method that makes a schema."""
        canonical = self.inference.project.canonical(name, scope.module)
        if canonical in RESPONSE_MAKERS:
            return Type("fastapi.Response")
        if is_response_name(canonical):
            return Type(canonical)
        owner, _, method = name.rpartition(".")
        project = self.inference.project
        if method in CONSTRUCTORS and project.derives(owner, scope.module, *SCHEMA_CLASSES):
            return Type(project.canonical(owner, scope.module))
        last = canonical.rpartition(".")[2]
        return Type(canonical) if last[:1].isupper() and not last.isupper() else UNKNOWN

    def _of_method(self, call: ast.Call, scope: Scope) -> Type:
        assert isinstance(call.func, ast.Attribute)
        method = call.func.attr
        if method == "TemplateResponse":
            return _TEMPLATE_RESPONSE
        owner = self.inference.of(call.func.value, scope, self.depth).without_none
        from_query = of_method(owner, method)
        if from_query.name != "?":
            return from_query
        if owner.name not in ("?", "|"):
            found = self._of_declared_method(call, owner, method, scope)
            if found.name != "?":
                return found
        return self._of_session(call, method, scope)

    def _of_declared_method(self, call: ast.Call, owner: Type, method: str, scope: Scope) -> Type:
        project = self.inference.project
        symbol = project.find(f"{owner.name}.{method}", scope.module)
        if symbol is not None and isinstance(symbol.definition, FunctionSummary):
            return self._of_function(call, symbol, symbol.definition, scope, owner)
        of_schemas = method in COPIES or method in DICTS or method in STRINGS
        if of_schemas and project.derives(owner.name, scope.module, *SCHEMA_CLASSES):
            if method in COPIES:
                return owner
            if method in DICTS:
                return Type("builtins.dict")
            if method in STRINGS:
                return Type("builtins.str")
        return UNKNOWN

    def _of_session(self, call: ast.Call, method: str, scope: Scope) -> Type:
        """A session is known by what it is asked for: an ORM class, or a query of one."""
        if not call.args:
            return UNKNOWN
        if method in ("get", "get_one", "query"):
            model = self._model(call.args[0], scope)
            if model.name == "?":
                return UNKNOWN
            if method == "query":
                return Type(QUERY, (model,)) if len(call.args) == 1 else UNKNOWN
            return optional(model) if method == "get" else model
        arguments = [self.inference.of(a, scope, self.depth) for a in call.args[:1]]
        if method == "merge":
            return arguments[0]
        return of_session_method(method, arguments)


def _names(type_: Type) -> Iterator[str]:
    yield type_.name
    for argument in type_.arguments:
        yield from _names(argument)
