"""What a function knows when it begins: its parameters, by their types, names and defaults.

In an endpoint FastAPI fills them: a dependency gives what it gives, and everything else is what
the client sent.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from turnstay_lint.project.dataflow.environment import Environment, ObjectState
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Collection,
    Instance,
    Object,
    Raw,
    Record,
    TenantId,
    Value,
)
from turnstay_lint.project.summaries.summary import FunctionSummary, VariableSummary
from turnstay_lint.project.summaries.values import Call, Name
from turnstay_lint.source.bindings import Binds
from turnstay_lint.source.names import resolve
from turnstay_lint.source.scopes import FunctionNode, Scope
from turnstay_lint.source.types import UNKNOWN as UNKNOWN_TYPE
from turnstay_lint.source.types import Type, read_type

if TYPE_CHECKING:
    from turnstay_lint.project.dataflow.expressions import Evaluator

_ANNOTATED = ("typing.Annotated", "typing_extensions.Annotated")
_BESIDE_THE_BODY = ("fastapi.Header", "fastapi.Cookie")
_OWNED = ObjectState(owned=True)
_PYDANTIC = ("pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel")


def parameters(scope: Scope, evaluator: Evaluator, outer: Environment | None) -> Environment:
    """Return the environment in which a function's body begins."""
    node = scope.node
    assert isinstance(node, FunctionNode)
    environment = Environment(outer=outer)
    if outer is not None:
        environment.loading = outer.loading
    is_endpoint = evaluator.endpoint(scope) is not None
    plain = [*node.args.posonlyargs, *node.args.args]
    defaults = [*[None] * (len(plain) - len(node.args.defaults)), *node.args.defaults]
    pairs = [*zip(plain, defaults, strict=True)]
    pairs += zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    reader = _Parameters(evaluator, scope, environment, is_endpoint)
    for position, (parameter, default) in enumerate(pairs):
        if position == 0 and scope.parent is not None and _is_method(scope, scope.parent):
            environment.names[parameter.arg] = reader.own(parameter.arg, scope.parent)
            continue
        environment.names[parameter.arg] = reader.value(parameter, default)
    if node.args.vararg is not None:
        environment.names[node.args.vararg.arg] = Collection((UNKNOWN,), open=True)
    if node.args.kwarg is not None:
        environment.names[node.args.kwarg.arg] = Record((), open=True)
    return environment


def _is_method(scope: Scope, owner: Scope) -> bool:
    """Tell whether a function of a class gets the instance, or the class, first."""
    decorators = getattr(scope.node, "decorator_list", [])
    return owner.is_class and not any(
        resolve(decorator, owner) == "builtins.staticmethod" for decorator in decorators
    )


class _Parameters:
    """Reads the parameters of one function."""

    def __init__(
        self, evaluator: Evaluator, scope: Scope, environment: Environment, is_endpoint: bool
    ) -> None:
        self._evaluator = evaluator
        self._words = evaluator.words
        self._outer = scope.parent or scope
        self._environment = environment
        self._is_endpoint = is_endpoint

    def own(self, name: str, owner: Scope) -> Value:
        """``self`` is an instance of the class, ``cls`` the class."""
        dotted = f"{owner.module}.{owner.qualname}"
        if name == "cls":
            model = self._words.models.classes.get(dotted)
            return self._words.entity(dotted) if model is not None else UNKNOWN
        attributes = self._evaluator.attributes_of(owner)
        self._environment.names.update(attributes.names)
        self._environment.objects.update(attributes.objects)
        place = self._evaluator.place(f"self {dotted}")
        self._environment.objects[place] = ObjectState(owned=True)
        value = self._words.of_class(dotted, owner.module, place)
        return value if not isinstance(value, Raw) else Instance(dotted)

    def value(self, parameter: ast.arg, default: ast.expr | None) -> Value:
        """Return what a parameter holds."""
        near, annotation = self._evaluator.module, parameter.annotation
        type_ = read_type(annotation, self._outer)
        place = self._evaluator.place(parameter)
        self._environment.objects[place] = _OWNED
        said = [e for e in (default, *self._metadata(annotation)) if type(e) is ast.Call]
        depends, given = self._dependency(annotation, said)
        if depends:
            return self._given(given, type_, near, place, parameter.arg)
        if self._is_endpoint and said and self._is_beside_the_body(said):
            return Raw()
        alias = self._is_alias(annotation)
        found = self._plain(parameter.arg, type_, near, place)
        return self._of_alias(found) if alias else found

    @staticmethod
    def _of_alias(found: Value) -> Value:
        match found:
            case Raw(schema=""):
                return replace(found, alias=True)
            case Collection(items=items):
                raw = (replace(i, alias=True) if isinstance(i, Raw) else i for i in items)
                return replace(found, items=tuple(raw))
        return found

    def _given(
        self, dependency: str | None, type_: Type, near: str, place: int, name: str
    ) -> Value:
        """What a dependency gives was found by the service itself."""
        if dependency is not None:
            found = self._words.of_dependency(dependency, near, place)
            if found is not None:
                return found
        found = self._words.of_type(type_, near, place)
        if isinstance(found, Instance) and self._is_schema(found.type):
            if dependency is None or self._words.project.canonical(dependency, near) == found.type:
                return Raw(self._is_endpoint, found.type, name)
        if dependency is None and isinstance(found, Raw | Instance):
            return Raw(self._is_endpoint, origin=name)
        return UNKNOWN if isinstance(found, Raw) else found

    def _plain(self, name: str, type_: Type, near: str, place: int) -> Value:
        meant = None if self._is_endpoint else self._words.of_parameter_name(name)
        found = self._words.of_type(type_, near, place) if type_ != UNKNOWN_TYPE else UNKNOWN
        if isinstance(meant, TenantId):
            return meant
        if isinstance(found, Instance) and self._is_schema(found.type):
            return Raw(self._is_client(found.type), found.type, name)
        if isinstance(found, Object) and self._is_endpoint:
            return Raw(client=True)
        if isinstance(found, Collection):
            return self._filled(found, name)
        if found not in (UNKNOWN, Raw()):
            return found
        if meant is not None and type_ in (UNKNOWN_TYPE, Type("typing.Any")):
            return meant
        return Raw(client=self._is_endpoint, origin=name)

    def _is_beside_the_body(self, said: list[ast.Call]) -> bool:
        """A header or a cookie may be set, and checked, by what stands before the service."""
        names = (resolve(expression.func, self._outer) or "" for expression in said)
        return any(self._canonical(name) in _BESIDE_THE_BODY for name in names)

    def _filled(self, given: Collection, name: str) -> Collection:
        """``list[int]`` is a list of what the caller, or the client, chose."""
        raw = Raw(client=self._is_endpoint, origin=f"{name}[]")
        items: list[Value] = []
        for item in given.items:
            if isinstance(item, Instance) and self._is_schema(item.type):
                item = Raw(self._is_client(item.type), item.type, f"{name}[]")
            items.append(raw if item in (UNKNOWN, Raw()) else item)
        return Collection(tuple(items), given.open)

    def _is_alias(self, annotation: ast.expr | None) -> bool:
        """``list[Key]`` for ``Key: TypeAlias = int``, or for ``Key = TypeVar("Key")``."""
        while type(annotation) is ast.Attribute:
            annotation = annotation.value
        if type(annotation) is ast.Name:
            return self._is_variable(annotation.id)
        names = ast.walk(annotation) if annotation is not None else ()
        return any(self._is_variable(node.id) for node in names if type(node) is ast.Name)

    def _is_variable(self, name: str) -> bool:
        """Tell whether a name is a variable's of a module, this one or another."""
        found = self._outer.lookup(name)
        if found is None or not found[0].is_module:
            return False
        last = found[1][-1]
        if last.kind is Binds.ASSIGNMENT:
            return True
        symbol = self._words.symbol(last.target) if last.kind is Binds.IMPORT else None
        return symbol is not None and isinstance(symbol.definition, VariableSummary)

    def _is_schema(self, name: str) -> bool:
        return self._words.project.derives(name, "", *_PYDANTIC)

    def _is_client(self, name: str) -> bool:
        """What an endpoint is sent, and what is called a request wherever it is handed on."""
        return self._is_endpoint or name.endswith("Request")

    def _dependency(
        self, annotation: ast.expr | None, said: list[ast.Call]
    ) -> tuple[bool, str | None]:
        """Return whether a parameter is a dependency, and the dotted name of what gives it."""
        for expression in said:
            name = resolve(expression.func, self._outer)
            if name is not None and self._words.is_depends(self._canonical(name)):
                return True, self._depended(expression)
            if name is not None and self._may_depend(self._canonical(name)):
                return True, ""
        alias = resolve(annotation, self._outer) if annotation is not None else None
        return self._aliased(alias) if alias else (False, None)

    def _may_depend(self, name: str) -> bool:
        """``Annotated[Role, RoleACL(...)]``: a function of the service may give a ``Depends``."""
        symbol = self._words.symbol(name) if name else None
        return symbol is not None and isinstance(symbol.definition, FunctionSummary)

    def _canonical(self, name: str) -> str:
        return self._words.project.canonical(name, self._evaluator.module)

    def _metadata(self, annotation: ast.expr | None) -> list[ast.expr]:
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            if resolve(annotation.value, self._outer) in _ANNOTATED:
                return annotation.slice.elts[1:]
        return []

    def _depended(self, call: ast.Call) -> str | None:
        arguments = [*call.args, *(k.value for k in call.keywords if k.arg == "dependency")]
        if not arguments:
            return None
        given = arguments[0].func if isinstance(arguments[0], ast.Call) else arguments[0]
        return resolve(given, self._outer) or ""

    def _aliased(self, alias: str) -> tuple[bool, str | None]:
        """``SessionDep`` is ``Annotated[AsyncSession, Depends(get_session)]`` somewhere."""
        symbol = self._words.symbol(alias, self._evaluator.module)
        if symbol is None or not isinstance(symbol.definition, VariableSummary):
            return False, None
        value = symbol.definition.value
        if not isinstance(value, Call) or value.name not in _ANNOTATED:
            return False, None
        for extra in value.arguments[1:]:
            made = extra.name if isinstance(extra, Call) else ""
            named = self._words.project.canonical(made, symbol.module.name) if made else ""
            if self._may_depend(named):
                return True, ""
            if isinstance(extra, Call) and self._words.is_depends(named):
                first = extra.arguments[0] if extra.arguments else None
                return True, first.name if isinstance(first, Name | Call) else None
        return False, None
