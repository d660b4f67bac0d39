"""Types across modules: names made canonical, aliases of types followed to what they stand for."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from turnstay_lint.project.project import Project, Symbol, project_fact
from turnstay_lint.project.summaries.summary import VariableSummary
from turnstay_lint.project.summaries.values import Call, Items, Literal, Name, Value
from turnstay_lint.source.scopes import Scope
from turnstay_lint.source.types import NONE, UNKNOWN, Type, read_type

_MOST_HOPS = 6
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_MODERN = {
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.Tuple": "builtins.tuple",
}
_ITERABLES = frozenset(
    {
        "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "<Scalars>",
        "typing.Sequence", "typing.Iterable", "typing.Collection", "collections.abc.Sequence",
        "collections.abc.Iterable", "collections.abc.Collection",
    }
)  # fmt: skip
EMPTY_LIST = Type("builtins.list", (Type("typing.Never"),))
_ALIAS_TYPES = frozenset({"typing.TypeAlias", "typing_extensions.TypeAlias"})


def expand(project: Project, type_: Type, near: str, hops: int = _MOST_HOPS) -> Type:
    """Return a type with its names canonical and the service's aliases replaced.

    ``CompanyAccessDep = Annotated[CompanyAccess, Depends(...)]`` is a CompanyAccess.
    """
    if type_.name in ("?", "None", "..."):
        return type_
    if hops < _MOST_HOPS:
        return _expanded(project, type_, near, hops)
    known, key = _known(project), (type_, near)
    found = known.get(key)
    if found is None:
        found = known[key] = _expanded(project, type_, near, hops)
    return found


@project_fact
def _known(project: Project) -> dict[tuple[Type, str], Type]:
    """Types as they were expanded; the same few are said all over a module."""
    return {}


def _expanded(project: Project, type_: Type, near: str, hops: int) -> Type:
    arguments = tuple(expand(project, argument, near, hops) for argument in type_.arguments)
    if type_.name == "|":
        flat = tuple(dict.fromkeys(m for argument in arguments for m in argument.members))
        return flat[0] if len(flat) == 1 else Type("|", flat)
    symbol = project.find(type_.name, near)
    if symbol is not None and isinstance(symbol.definition, VariableSummary) and hops:
        aliased = _aliased(symbol)
        if aliased.name != "?":
            return expand(project, aliased, symbol.module.name, hops - 1)
    name = symbol.name if symbol is not None else project.canonical(type_.name, near)
    return Type(_MODERN.get(name, name), arguments)


def _aliased(symbol: Symbol) -> Type:
    assert isinstance(symbol.definition, VariableSummary)
    declared = symbol.definition.type
    if declared is not None and declared.name not in _ALIAS_TYPES:
        return UNKNOWN
    said = type_of_value(symbol.definition.value)
    return said if said.known else symbol.definition.alias or said


def read_annotation(project: Project, annotation: ast.expr | None, scope: Scope) -> Type:
    """Return what an annotation says, canonical, aliases followed.

    A name that nothing binds, as in a fragment, is the service's only class of that name.
    """
    return expand(project, _read(project, annotation, scope), scope.module)


def _read(project: Project, annotation: ast.expr | None, scope: Scope) -> Type:
    said = read_type(annotation, scope)
    if said.known:
        return said
    match annotation:
        case ast.Constant(value=value) if value is ...:
            return Type("...")
        case ast.Name():
            symbol = unbound_class(project, annotation, scope)
            return Type(symbol.name) if symbol is not None else said
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return union(_read(project, left, scope), _read(project, right, scope))
        case ast.Subscript(value=base, slice=index):
            outer = read_type(base, scope).name
            elements = index.elts if isinstance(index, ast.Tuple) else [index]
            inner = [_read(project, element, scope) for element in elements]
            if outer in _ANNOTATED:
                return inner[0]
            if outer == "typing.Optional":
                return union(*inner, NONE)
            return union(*inner) if outer == "typing.Union" else Type(outer, tuple(inner))
    return said


def unbound_class(project: Project, name: ast.expr, scope: Scope) -> Symbol | None:
    """Return the class that a name means which nothing binds: the only one called so."""
    if not isinstance(name, ast.Name) or scope.lookup(name.id) is not None:
        return None
    return project.class_named(name.id)


def type_of_value(value: Value) -> Type:
    """Return the type that an expression spells: ``Optional[Account]`` read from a constant."""
    match value:
        case Literal(value=None):
            return NONE
        case Name(name=name):
            return Type(_MODERN.get(name, name))
        case Items(items=items):
            return Type("()", tuple(map(type_of_value, items)))
        case Call(name=name, arguments=arguments, subscript=True):
            if name in _ANNOTATED:
                return type_of_value(arguments[0])
            inner = tuple(map(type_of_value, arguments))
            if name == "typing.Optional":
                return union(*inner, NONE)
            if name == "typing.Union":
                return union(*inner)
            return Type(_MODERN.get(name, name), inner)
    return UNKNOWN


def union(*types: Type) -> Type:
    """Return the union of types, each once; unknown if one of them is.

    An empty list is a list of whatever the others are lists of.
    """
    flat = tuple(dict.fromkeys(member for type_ in types for member in type_.members))
    if any(member != EMPTY_LIST and member.name == EMPTY_LIST.name for member in flat):
        flat = tuple(member for member in flat if member != EMPTY_LIST)
    if not flat or UNKNOWN in flat:
        return UNKNOWN
    return flat[0] if len(flat) == 1 else Type("|", flat)


def element_of(type_: Type) -> Type:
    """Return what iterating over a value of a type gives, or unknown."""
    return type_.arguments[0] if type_.name in _ITERABLES and type_.arguments else UNKNOWN


def substituted(type_: Type, bound: Mapping[str, Type]) -> Type:
    """Return a type with type variables replaced by what they are bound to."""
    if type_.name in bound and not type_.arguments:
        return bound[type_.name]
    arguments = tuple(substituted(argument, bound) for argument in type_.arguments)
    return union(*arguments) if type_.name == "|" else Type(type_.name, arguments)


def matched(pattern: Type, given: Type) -> dict[str, Type]:
    """Return what the names in a parameter's type stand for when it is given a type.

    ``T`` is what is given, in ``list[T]`` what it holds, in ``type[T]`` the class itself.
    """
    if given.name == "?":
        return {}
    if not pattern.arguments:
        return {pattern.name: given}
    if pattern.name == "builtins.type":
        return {pattern.arguments[0].name: given}
    inside = element_of(given)
    return matched(pattern.arguments[0], inside) if pattern.name in _ITERABLES else {}
